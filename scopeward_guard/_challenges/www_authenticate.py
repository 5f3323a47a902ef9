"""The grammar of `WWW-Authenticate` (RFC 9110 §11.6.1), written and read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scopeward_guard._base.errors import MalformedError

MAX_CHARACTERS = 32_768

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_PARAMETER = re.compile(rf'({_WORD})[ \t]*+=[ \t]*+(?:({_WORD})|"((?:[^"\\]|\\.)*+)")', re.DOTALL)
_SCHEME = re.compile(rf"({_WORD})(?:[ ]+|(?=[ \t]*,)|$)")
_TOKEN68 = re.compile(r"([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)")
_SEPARATORS = re.compile(r"[ \t,]*")


@dataclass(slots=True)
class AuthChallenge:
    """One challenge as it stands in the header; parameter names in lower case."""

    scheme: str
    parameters: dict[str, str] = field(default_factory=dict)
    token68: str = ""


def write_challenge(scheme: str, parameters: Mapping[str, str]) -> str:
    """Return one challenge, every value quoted."""
    return f"{scheme} " + ", ".join(f"{name}={quoted(v)}" for name, v in parameters.items())


def quoted(value: str) -> str:
    """Return a quoted-string of printable ASCII; anything else becomes a question mark.

    RFC 6750 §3 allows neither quotes nor backslashes in most values, and a line end would begin
    another header.
    """
    plain = "".join(mark if " " <= mark <= "~" and mark not in '"\\' else "?" for mark in value)
    return f'"{plain}"'


def read_challenges(header: str) -> list[AuthChallenge]:
    """Return every challenge of a header, or of several joined by commas, in their order.

    Raises `MalformedError` when it cannot be read, or a parameter comes twice.
    """
    if len(header) > MAX_CHARACTERS:
        raise MalformedError("too long")
    found: list[AuthChallenge] = []
    position = _skip(header, 0)
    while position < len(header):
        parameter = _PARAMETER.match(header, position) if found else None
        if parameter is not None:
            _add(found[-1], parameter)
            position = _after_item(header, parameter.end())
        else:
            position = _begin(header, position, found)
    return found


def _begin(header: str, position: int, found: list[AuthChallenge]) -> int:
    scheme = _SCHEME.match(header, position)
    if scheme is None:
        raise MalformedError(f"unreadable at {position}")
    challenge = AuthChallenge(scheme.group(1))
    found.append(challenge)
    position = scheme.end()
    if _PARAMETER.match(header, position) is None and (t := _TOKEN68.match(header, position)):
        challenge.token68 = t.group(1)
        position = t.end()
    return _skip(header, position)


def _add(challenge: AuthChallenge, parameter: re.Match[str]) -> None:
    name, token, text = parameter.groups()
    if name.lower() in challenge.parameters or challenge.token68:
        raise MalformedError(f"{name} comes twice, or where it cannot")
    value = token if token is not None else re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
    challenge.parameters[name.lower()] = value


def _after_item(header: str, position: int) -> int:
    after = _skip(header, position)
    if after < len(header) and "," not in header[position:after]:
        raise MalformedError(f"no comma at {position}")
    return after


def _skip(header: str, position: int) -> int:
    match = _SEPARATORS.match(header, position)
    return match.end() if match else position
