"""Which operation is an HTTP request: method and path template, read in one way only.

What a proxy, a framework and this table read differently is how access rules are walked around. So
the path is decoded once, and whatever could be read in a second way is refused with 400 instead of
being repaired. A request that no template matches is denied.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_to_bytes

from scopeward_guard._challenges.challenge import access_denied, request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.requirements import Requirement

MAX_PATH_CHARACTERS = 4_096
MAX_PARAMETERS = 200

OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_AMBIGUOUS_ESCAPE = re.compile(r"%(?:2f|5c|2e|25|00)|%(?![0-9a-f]{2})", re.IGNORECASE)
_AMBIGUOUS_MARK = re.compile(r"[\x00-\x1f\x7f-\x9f\\;?#]|//")
Shape = tuple[str | None, ...]
"""The segments of a template, None where any segment fits."""

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONVERTER = re.compile(r"<(?:[^<>:]+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. A `{name}` in the template stands for one whole segment.

    `public` lets everybody in, without a token.
    """

    method: str
    template: str
    requirement: Requirement = field(default_factory=Requirement)
    public: bool = False


@dataclass(frozen=True, slots=True)
class Matched:
    """The operation that a request is, and the values of its path parameters."""

    route: Route
    parameters: Mapping[str, str]


class Routes:
    """The table of operations. Raises `ValueError` for templates that exclude each other."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[str, Shape], Route] = {}
        for route in routes:
            key = (route.method, _shape(route.template))
            if route.method != route.method.upper() or key in self._routes:
                raise ValueError(f"{route.method} {route.template}: not upper case, or there twice")
            self._routes[key] = route

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that some operation demands, sorted."""
        return tuple(sorted({s for r in self._routes.values() for s in r.requirement.scopes}))

    def match(self, request: PresentedRequest) -> Matched:
        """Return the operation; raises `RefusedError`: 400 if ambiguous, 403 if there is none."""
        check_unambiguous(request)
        segments = tuple(normalised_path(request.path)[1:].split("/"))
        for (method, shape), route in self._candidates(request.method):
            if method == request.method and _fits(shape, segments):
                names = _PARAMETER.findall(route.template)
                values = [s for s, part in zip(segments, shape, strict=True) if part is None]
                return Matched(route, dict(zip(names, values, strict=True)))
        raise RefusedError(access_denied("no_such_operation"))

    def _candidates(self, method: str) -> list[tuple[tuple[str, Shape], Route]]:
        """Return the rows of a method; fixed segments win over parameters, from the left."""
        mine = [entry for entry in self._routes.items() if entry[0][0] == method]
        return sorted(mine, key=lambda entry: [part is None for part in entry[0][1]])


def normalised_path(raw: str) -> str:
    """Return the decoded path; raises `RefusedError` for what could be read in two ways.

    Refused: encoded slashes, dots, percent signs and NUL, backslashes, `//`, `.` and `..`, path
    parameters (`;`), control characters, anything but UTF-8 in NFKC (compatibility forms such as a
    full-width slash become others elsewhere).
    """
    if len(raw) > MAX_PATH_CHARACTERS or not raw.startswith("/"):
        raise _ambiguous("path")
    if _AMBIGUOUS_ESCAPE.search(raw) or _AMBIGUOUS_MARK.search(raw):
        raise _ambiguous("path")
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeError as error:
        raise _ambiguous("path") from error
    if _AMBIGUOUS_MARK.search(path) or not unicodedata.is_normalized("NFKC", path):
        raise _ambiguous("path")
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise _ambiguous("path")
    return path


def template_of(rule: str) -> str:
    """Return a rule of Flask or Django, such as `/payments/<int:id>`, as `/payments/{id}`."""
    return _CONVERTER.sub(r"{\1}", rule)


def check_unambiguous(request: PresentedRequest) -> None:
    """Refuse methods that frameworks read differently, and queries that cannot be read (400)."""
    if any(name.replace("_", "-") in OVERRIDES for name, _ in request.headers):
        raise _ambiguous("method")
    try:
        names = [
            name
            for name, _ in parse_qsl(
                request.query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS,
                errors="strict",
            )
        ]  # fmt: skip
    except ValueError as error:
        raise _ambiguous("query") from error
    if "_method" in names:
        raise _ambiguous("query")


def _ambiguous(part: str) -> RefusedError:
    return RefusedError(request_invalid(f"The {part} of the request is ambiguous."))


def _shape(template: str) -> Shape:
    """Return the segments, None for a parameter; raises `ValueError`."""
    names = _PARAMETER.findall(template)
    if not template.startswith("/") or len(names) != len(set(names)):
        raise ValueError(f"{template}: begins with a slash, and no parameter comes twice")
    segments = template[1:].split("/")
    shape = tuple(None if _PARAMETER.fullmatch(segment) else segment for segment in segments)
    for part in shape:
        if part is not None and ("{" in part or (not part and template != "/")):
            raise ValueError(f"{template}: a parameter is a whole segment, and none is empty")
    return shape


def _fits(shape: Shape, segments: tuple[str, ...]) -> bool:
    return len(shape) == len(segments) and all(
        bool(segment) if part is None else segment == part
        for part, segment in zip(shape, segments, strict=True)
    )
