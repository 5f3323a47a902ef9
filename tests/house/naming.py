"""A house with a name of its own, and pictures for it."""

import struct
import zlib
from typing import Any

from foundation.base.house.models import THE_ONE, House
from foundation.base.house.pictures import Picture, checked
from foundation.base.house.services import save_house

NAME = "Meadow & Sons"
ESCAPED = "Meadow &amp; Sons"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg>'


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a grey picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x7f" * min(width, 8) for _ in range(min(height, 8))))
    parts = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def name_house(*pictures: Picture, **columns: Any) -> House:
    """Give the house a name, and what else is said."""
    row = House(pk=THE_ONE, **{"product_name": NAME, **columns})
    save_house(row, pictures)
    return row


def logo(content: bytes = SVG) -> Picture:
    """Return a picture that was checked."""
    return checked(content)
