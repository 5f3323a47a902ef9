"""WCAG 2.2 §1.4.3 and §1.4.11, computed from the tokens in both schemes."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "static/css"
TOKENS = (STYLES / "tokens.css").read_text()
SCHEMES = ("light", "dark")
BACKGROUNDS = ("ground", "surface", "sunken")
TEXT = [
    *(
        (text, background)
        for text in ("ink", "muted", "accent", "bad")
        for background in BACKGROUNDS
    ),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-counter", "counter"),
    ("on-counter", "counter-strong"),
    ("on-bad", "bad"),
    ("on-bad", "bad-strong"),
    ("accent-strong", "tint"),
    *(("ink", f"{kind}tint") for kind in ("", "good-", "warn-", "bad-")),
    ("muted", "warn-tint"),
    *((kind, f"{kind}-tint") for kind in ("good", "warn", "bad")),
]
RULES = [
    rule for path in STYLES.rglob("*.css") for rule in re.findall(r"{([^{}]+)}", path.read_text())
]
TOGETHER = [
    [re.search(rf"\b{name}: var\(--([\w-]+)\)", rule) for name in ("(?<!-)color", "background")]
    for rule in RULES
]
DRAWN = {(text.group(1), ground.group(1)) for text, ground in TOGETHER if text and ground}
"""What some rule says of text and what is behind it."""
CONTROLS = [
    *((edge, background) for edge in ("control-line", "accent") for background in BACKGROUNDS),
]


def colour(token: str, scheme: str) -> str:
    one = r"(#\w{6}|var\(--[\w-]+\))"
    found = re.search(rf"--{token}: light-dark\({one}, {one}\);", TOKENS)
    assert found is not None, token
    value = found.group(1 + SCHEMES.index(scheme))
    return value if value.startswith("#") else step(value)


def step(of_a_ramp: str) -> str:
    found = re.search(rf"{of_a_ramp.removeprefix('var(').removesuffix(')')}: (#\w{{6}});", TOKENS)
    assert found is not None, of_a_ramp
    return found.group(1)


def luminance(hexadecimal: str) -> float:
    channels = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: str) -> float:
    darker, lighter = sorted(luminance(colour(name, scheme)) for name in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.spec("WCAG 2.2", "1.4.3")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "background"), sorted(DRAWN | set(TEXT)))
def test_text_can_be_read(text: str, background: str, scheme: str) -> None:
    assert contrast(text, background, scheme) >= 4.5


@pytest.mark.spec("WCAG 2.2", "1.4.11")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "background"), CONTROLS)
def test_controls_and_focus_can_be_seen(edge: str, background: str, scheme: str) -> None:
    assert contrast(edge, background, scheme) >= 3


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#000000") == 0
    assert luminance("#777777") == pytest.approx(0.184, abs=0.001)
