"""Pictures that may be a logo: PNG as it is, SVG of which nothing runs and nothing is fetched.

They are shown as images, in which no script runs anyway, and are sent with a policy that forbids
all of it to whoever opens them by themselves. What stands here keeps them from being stored.
"""

import base64
import hashlib
import re
import struct
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.base.house.models import HousePicture

LARGEST = 100 * 1024
"""Bytes."""
WIDEST = 4096
"""Pixels of a PNG, either way."""
PNG_BEGINNING = b"\x89PNG\r\n\x1a\n"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
NOT_A_PICTURE = _("It is neither a PNG nor an SVG.")
DRAWING = frozenset(
    {
        "svg", "g", "defs", "title", "desc", "metadata", "path", "rect", "circle", "ellipse",
        "line", "polyline", "polygon", "text", "tspan", "clipPath", "mask", "linearGradient",
        "radialGradient", "stop", "style",
    }
)  # fmt: skip
"""Elements that draw. Not `script`, `foreignObject`, `image`, `a`, `animate`; nor `use`, with which
a few lines draw for hours."""
NOTES = (
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://purl.org/dc/",
    "http://ns.adobe.com/",
)
"""Namespaces in which programs for drawing leave notes, which nobody draws."""
REACHING_OUT = re.compile(r"@import|url\(\s*['\"]?\s*(?!['\"#\s])|javascript:|\\", re.IGNORECASE)
"""In styles and attributes: what another address, or a program, is named by."""


class Picture(NamedTuple):
    """A picture that may be shown."""

    digest: str
    media_type: str
    content: bytes

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"{PATH}{self.digest[:32]}.{EXTENSIONS[self.media_type]}"

    @property
    def inline(self) -> str:
        """Its bytes as an address, for a page that shows it before it is stored."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"


PATH = "/house/"
"""Below it is what the house looks like, each under what it is made of."""
EXTENSIONS = {"image/png": "png", "image/svg+xml": "svg"}


def checked(content: bytes) -> Picture:
    """Return a picture that was sent. Raises ValidationError for what is none of ours."""
    if len(content) > LARGEST:
        raise ValidationError(_("It is larger than %(size)d KB."), params={"size": LARGEST // 1024})
    if content.startswith(PNG_BEGINNING):
        _check_png(content)
        media_type = "image/png"
    else:
        _check_svg(content)
        media_type = "image/svg+xml"
    return Picture(hashlib.sha256(content).hexdigest(), media_type, content)


def store(picture: Picture) -> None:
    """Have the picture in the database."""
    HousePicture.objects.get_or_create(
        digest=picture.digest,
        defaults={"media_type": picture.media_type, "content": picture.content},
    )


def stored(*digests: str) -> dict[str, Picture]:
    """Return the pictures with these digests whose bytes still are what the digest says."""
    wanted = [digest for digest in digests if digest]
    if not wanted:
        return {}
    rows = HousePicture.objects.filter(pk__in=wanted).values_list("digest", "content")
    found = {}
    for digest, content in rows:
        try:
            picture = checked(bytes(content))
        except ValidationError:
            continue
        if picture.digest == digest:
            found[digest] = picture
    return found


def _check_png(content: bytes) -> None:
    """Look at the header chunk (PNG §11.2.1): its size is that of the picture."""
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise ValidationError(NOT_A_PICTURE)
    width, height = struct.unpack(">II", content[16:24])
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise ValidationError(_("It has more than %(most)d pixels."), params={"most": WIDEST})


def _check_svg(content: bytes) -> None:
    try:
        content.decode("utf-8")
        _Drawing().read(content)
    except (UnicodeDecodeError, expat.ExpatError) as error:
        raise ValidationError(NOT_A_PICTURE) from error


class _Drawing:
    """Reads an SVG and takes offence at all that does not draw."""

    def __init__(self) -> None:
        # Of an encoding that is said in the document, only ours counts.
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self.parser.buffer_text = True
        # Without a DOCTYPE there are no entities: none is ever expanded.
        self.parser.StartDoctypeDeclHandler = lambda *_said: _refuse("DOCTYPE")
        self.parser.ProcessingInstructionHandler = lambda target, _data: _refuse(target)
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._say
        self.path: list[str] = []

    def read(self, content: bytes) -> None:
        self.parser.Parse(content, True)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _space, local = name.rpartition(" ")
        draws = namespace == SVG_NAMESPACE and local in DRAWING
        if not self.path and not (draws and local == "svg"):
            raise ValidationError(NOT_A_PICTURE)
        if not draws and not namespace.startswith(NOTES):
            _refuse(local)
        self.path.append(local)
        for attribute, value in attributes.items():
            _check_attribute(attribute.rpartition(" ")[2].lower(), value)

    def _end(self, _name: str) -> None:
        self.path.pop()

    def _say(self, text: str) -> None:
        if "style" in self.path and REACHING_OUT.search(text):
            _refuse("style")


def _check_attribute(name: str, value: str) -> None:
    leads_away = name in {"href", "src"} and not value.startswith("#")
    if name.startswith("on") or leads_away or REACHING_OUT.search(value):
        _refuse(name)


def _refuse(what: str) -> NoReturn:
    raise ValidationError(
        _("There is more in this SVG than a drawing: %(what)s."), params={"what": what}
    )
