"""Bars as numbers: where each stands in an SVG of a fixed size. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 180
BASELINE = 150
ROW = 28
LABELS = 220
VALUES = 70
MOST_TICKS = 6


@dataclass(frozen=True)
class Bar:
    """A rectangle with its label and value."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str
    has_label: bool = True


@dataclass(frozen=True)
class Chart:
    """Bars, and the size of the drawing."""

    bars: list[Bar]
    height: int
    top: str = ""
    """The value at the upper edge."""
    width: int = WIDTH

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars


def columns(values: Sequence[tuple[str, int]]) -> Chart:
    """Return upright bars side by side, the highest as high as the drawing."""
    most = max((value for _, value in values), default=0)
    if not most:
        return Chart([], HEIGHT)
    step = WIDTH / len(values)
    every = -(-len(values) // MOST_TICKS)
    bars = []
    for place, (label, value) in enumerate(values):
        height = _rounded((BASELINE - 20) * value / most)
        x, y = _rounded(place * step + 1), _rounded(BASELINE - height)
        shown = place % every == 0
        bars.append(Bar(x, y, _rounded(step - 2), height, label, str(value), has_label=shown))
    return Chart(bars, HEIGHT, str(most))


def rows(values: Sequence[tuple[str, float, str]], most: float) -> Chart:
    """Return lying bars one under the other, `(label, value, value in words)`."""
    room = WIDTH - LABELS - VALUES
    bars = [
        Bar(LABELS, place * ROW + 6, _rounded(room * value / most if most else 0), 16, label, words)
        for place, (label, value, words) in enumerate(values)
    ]
    return Chart(bars, len(bars) * ROW + 4)


def _rounded(number: float) -> float:
    return round(number, 1)
