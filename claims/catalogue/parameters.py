"""Scopes with parameters: `report:{id}` in the catalogue is asked for as `report:2026-q3`.

A name falls into segments at `:` and `/`. A parameter is a whole segment and never the first one,
and no value contains a delimiter: so a name fits at most one template, and which one does not
depend on the order in which they are tried.
"""

import re
from collections.abc import Iterable, Mapping

LONGEST_NAME = 100
"""Characters of a scope, concrete ones too: the width of the columns they are kept in."""
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")
"""What may stand for a parameter: nothing that a sentence, a page or a query could trip over."""
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9]{0,30})\}")
BRACE = re.compile(r"[{}]")
_DELIMITERS = re.compile(r"([:/])")


def is_template(name: str) -> bool:
    """Say whether a name of the catalogue has parameters."""
    return BRACE.search(name) is not None


def is_well_formed(template: str) -> bool:
    """Say whether parameters are whole segments, each with a name of its own, none in front."""
    first, *others = _segments(template)
    names = [segment[1:-1] for segment in others if PLACEHOLDER.fullmatch(segment)]
    literals = [first, *(segment for segment in others if not PLACEHOLDER.fullmatch(segment))]
    return (
        bool(first)
        and len(names) == len(set(names))
        and not any(BRACE.search(literal) for literal in literals)
    )


def placeholders(text: str) -> frozenset[str]:
    """Return the names of the parameters that a name or a sentence speaks of."""
    return frozenset(PLACEHOLDER.findall(text))


def values_in(name: str, template: str) -> Mapping[str, str] | None:
    """Return the values with which a template becomes a name, None when it does not."""
    said, meant = _segments(name), _segments(template)
    if len(said) != len(meant) or len(name) > LONGEST_NAME:
        return None
    values = {}
    for word, place in zip(said, meant, strict=True):
        if parameter := PLACEHOLDER.fullmatch(place):
            if not VALUE.fullmatch(word):
                return None
            values[parameter[1]] = word
        elif word != place:
            return None
    return values


def overlap(one: str, other: str) -> bool:
    """Say whether some name could be meant by both of two names of the catalogue."""
    pairs = list(zip(_segments(one), _segments(other), strict=False))
    return len(_segments(one)) == len(_segments(other)) and all(
        left == right or PLACEHOLDER.fullmatch(left) or PLACEHOLDER.fullmatch(right)
        for left, right in pairs
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the values in the places of its parameters; others stay as they are."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def example_of(template: str) -> str:
    """Return a name that the template stands for: every parameter's own name as its value."""
    return PLACEHOLDER.sub(r"\1", template)


def complaints(name: str, title: str, sentence: str) -> Iterable[tuple[str, frozenset[str]]]:
    """Yield (part, parameters) where texts and name disagree.

    A sentence tells of every parameter, a title of those it likes, and neither of any other; a
    brace that is part of no parameter is one too many (an empty set).
    """
    known = placeholders(name)
    for part, text in (("title", title), ("sentence", sentence)):
        said = placeholders(text)
        missing = known - said if part == "sentence" and text else frozenset()
        if wrong := (said - known) | missing:
            yield part, wrong
        elif BRACE.search(PLACEHOLDER.sub("", text)):
            yield part, frozenset()


def _segments(name: str) -> list[str]:
    """Return the segments with the delimiters between them."""
    return _DELIMITERS.split(name)
