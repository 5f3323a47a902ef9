"""Colours of the house, computed with and held against what they are used with (WCAG 2.2 §1.4)."""

import colorsys
from dataclasses import dataclass
from functools import lru_cache

LEAST_TEXT = 4.5
"""Contrast of text (WCAG 2.2 §1.4.3)."""
LEAST_EDGE = 3.0
"""Contrast of what shows where a control is, and where the focus is (WCAG 2.2 §1.4.11)."""
STEPS = 250
"""Of lightness, in which a colour that passes is looked for."""


@dataclass(frozen=True)
class Scheme:
    """Light or dark: what an accent is used with. Values of `static/css/tokens.css`."""

    name: str
    backgrounds: tuple[str, ...]
    """`--surface`, `--ground`, `--sunken`."""
    ink: str
    away: str
    """Towards this a colour gains contrast."""
    strong: float
    """So far `--accent-strong` goes there."""
    tint: float
    """So much of the accent is in `--tint`; the rest is surface."""


LIGHT = Scheme("light", ("#ffffff", "#f4f3ef", "#f0f2f1"), "#16201f", "#000000", 0.25, 0.1)
DARK = Scheme("dark", ("#182022", "#0f1415", "#121a1b"), "#e9eeed", "#ffffff", 0.4, 0.16)


@dataclass(frozen=True)
class Shades:
    """All that follows from one accent in one scheme."""

    accent: str
    strong: str
    on: str
    """Text on either."""
    tint: str


@dataclass(frozen=True)
class Figures:
    """The least contrast in each use of an accent."""

    button: float
    """Of the text on a button."""
    link: float
    """Of a link on every background."""
    tint: float
    """Of what stands on the tint."""

    @property
    def focus(self) -> float:
        """Of the ring around what has the focus: it is the accent on the same backgrounds."""
        return self.link

    @property
    def pass_all(self) -> bool:
        """Whether each is enough."""
        text = min(self.button, self.link, self.tint)
        return text >= LEAST_TEXT and self.focus >= LEAST_EDGE


def shades(accent: str, scheme: Scheme) -> Shades:
    """Return what follows from `#rrggbb`."""
    on = "#ffffff" if scheme is LIGHT else mixed(accent, "#000000", 0.85)
    tint = mixed(scheme.backgrounds[0], accent, scheme.tint)
    return Shades(accent, mixed(accent, scheme.away, scheme.strong), on, tint)


def figures(accent: str, scheme: Scheme) -> Figures:
    """Return how well an accent can be told from what it is used with."""
    own = shades(accent, scheme)
    return Figures(
        button=min(contrast(own.on, own.accent), contrast(own.on, own.strong)),
        link=min(contrast(own.accent, background) for background in scheme.backgrounds),
        tint=min(contrast(own.strong, own.tint), contrast(scheme.ink, own.tint)),
    )


@lru_cache(maxsize=64)
def nearest(accent: str, scheme: Scheme) -> str:
    """Return the colour of the same hue that passes and whose lightness is nearest."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(accent)))
    for step in range(STEPS + 1):
        for way in (step / STEPS, -step / STEPS):
            if not 0 <= lightness + way <= 1:
                continue
            parts = colorsys.hls_to_rgb(hue, lightness + way, saturation)
            found = accent if step == 0 else _hexadecimal(*(part * 255 for part in parts))
            if figures(found, scheme).pass_all:
                return found
    return scheme.ink  # no hue is left at the end of the scale


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, share: float) -> str:
    """Return one colour with so much of the other in it."""
    both = zip(_parts(one), _parts(other), strict=True)
    return _hexadecimal(*(mine + (theirs - mine) * share for mine, theirs in both))


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _hexadecimal(red: float, green: float, blue: float) -> str:
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"
