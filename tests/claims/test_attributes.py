"""How values of an attribute are understood, and how those of person and groups are combined."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from claims.attributes import Definition, combine, complaint
from claims.models import AttributeKind

LEVELS = ("public", "internal", "confidential", "secret")
TEXT = Definition("department", "Department", AttributeKind.TEXT)
LIST = Definition("roles", "Roles", AttributeKind.LIST)
LEVEL = Definition("clearance", "Clearance", AttributeKind.LEVEL, LEVELS)
FLAG = Definition("contractor", "Contractor", AttributeKind.FLAG)
EVERY_KIND = [TEXT, LIST, LEVEL, FLAG]

words = st.text(alphabet="abcd", min_size=1, max_size=3)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(own=st.none() | words, groups=st.lists(st.none() | words))
def test_a_text_is_the_persons_own_else_the_first_groups(
    own: str | None, groups: list[str | None]
) -> None:
    candidates = [value for value in [own, *groups] if value]

    assert combine(TEXT, own, groups) == (candidates[0] if candidates else None)


@given(own=st.lists(words), groups=st.lists(st.lists(words)))
def test_a_list_is_the_union_and_keeps_its_order(own: list[str], groups: list[list[str]]) -> None:
    everything = [item for values in [own, *groups] for item in values]

    combined = combine(LIST, own, groups)

    assert set(combined or ()) == set(everything)
    assert list(combined or ()) == sorted(set(everything), key=everything.index)


@given(own=st.none() | st.sampled_from(LEVELS), groups=st.lists(st.sampled_from(LEVELS)))
def test_a_level_is_the_highest_of_all(own: str | None, groups: list[str]) -> None:
    values = [value for value in [own, *groups] if value]

    combined = combine(LEVEL, own, groups)

    assert combined == (max(values, key=LEVELS.index) if values else None)


@given(groups=st.lists(st.sampled_from(LEVELS), min_size=1), data=st.data())
def test_leaving_a_group_never_raises_a_level(groups: list[str], data: st.DataObject) -> None:
    left = data.draw(st.integers(0, len(groups) - 1))
    rest = [value for index, value in enumerate(groups) if index != left]

    before, after = combine(LEVEL, None, groups), combine(LEVEL, None, rest)

    assert after is None or LEVELS.index(after) <= LEVELS.index(before)


@given(own=st.none() | st.booleans(), groups=st.lists(st.booleans()))
def test_a_flag_is_set_when_anyone_says_yes(own: bool | None, groups: list[bool]) -> None:
    values = [value for value in [own, *groups] if value is not None]

    assert combine(FLAG, own, groups) is (any(values) if values else None)


@pytest.mark.parametrize("definition", EVERY_KIND, ids=lambda definition: definition.kind)
@given(own=junk, groups=st.lists(junk, max_size=4))
def test_malformed_values_never_raise_and_are_worth_nothing(
    definition: Definition, own: Any, groups: list[Any]
) -> None:
    combined = combine(definition, own, groups)

    fitting = {
        AttributeKind.TEXT: isinstance(combined, str),
        AttributeKind.LIST: isinstance(combined, tuple)
        and all(isinstance(item, str) for item in combined),
        AttributeKind.LEVEL: combined in LEVELS,
        AttributeKind.FLAG: isinstance(combined, bool),
    }
    assert combined is None or fitting[definition.kind]


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (TEXT, ""),
        (TEXT, 1),
        (TEXT, ["finance"]),
        (LIST, "analyst"),
        (LIST, ["analyst", 1]),
        (LIST, ["analyst", ""]),
        (LIST, {"analyst": True}),
        (LEVEL, "Secret"),
        (LEVEL, 3),
        (LEVEL, True),
        (LEVEL, ["secret"]),
        (FLAG, "yes"),
        (FLAG, 1),
    ],
)
def test_a_value_of_the_wrong_kind_is_complained_about(definition: Definition, value: Any) -> None:
    sentence = complaint(definition, value)

    assert sentence is not None
    assert sentence.startswith(definition.title)
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("definition", "value"),
    [(TEXT, "finance"), (LIST, ["analyst"]), (LIST, []), (LEVEL, "secret"), (FLAG, False)],
)
def test_a_value_of_the_right_kind_is_accepted(definition: Definition, value: Any) -> None:
    assert complaint(definition, value) is None


def test_a_level_outside_the_list_names_the_allowed_ones() -> None:
    sentence = complaint(LEVEL, "cosmic")

    assert sentence == "Clearance has to be one of: public, internal, confidential, secret."
