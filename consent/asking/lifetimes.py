"""How long a person may grant something for. All durations are seconds."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from consent.asking.prompts import ConsentQuestions
from foundation.base.texts.durations import DAY, YEAR, in_words

USUAL = (30 * DAY, 90 * DAY, YEAR)
FOR_AGENTS = 30 * DAY
UNTIL_TAKEN_BACK = ""
"""The form value of the choice that has no end."""

Choice = tuple[int | str, str]


def choices(questions: ConsentQuestions) -> list[Choice]:
    """Return (value, label) pairs, shortest first; none is longer than every asked scope allows."""
    longest = _longest(questions)
    if longest is None:
        usual: list[Choice] = [(seconds, in_words(seconds)) for seconds in USUAL]
        return [*usual, (UNTIL_TAKEN_BACK, _("Until I take it back"))]
    shorter: list[Choice] = [(seconds, in_words(seconds)) for seconds in USUAL if seconds < longest]
    label = _("%(duration)s, the longest possible") % {"duration": in_words(longest)}
    return [*shorter, (longest, label)]


def suggested(offered: Collection[Choice], *, is_agent: bool = False) -> int | str:
    """Return the choice made at first: what nobody takes back should end some day, too.

    For a program that acts on its own, soon.
    """
    limit = FOR_AGENTS if is_agent else YEAR
    finite = [value for value, _label in offered if isinstance(value, int)]
    within = [value for value in finite if value <= limit]
    return max(within, default=min(finite, default=UNTIL_TAKEN_BACK))


def _longest(questions: ConsentQuestions) -> int | None:
    maximums = [question.entry.maximum_lifetime for question in questions.asked]
    finite = [maximum for maximum in maximums if maximum is not None]
    return max(finite) if finite and len(finite) == len(maximums) else None
