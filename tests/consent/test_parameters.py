"""Names with parameters: what a template stands for, and what it never does."""

import pytest
from hypothesis import given, strategies as st

from claims.catalogue import scopes as catalogue
from claims.catalogue.models import Scope
from claims.catalogue.parameters import (
    LONGEST_NAME,
    complaints,
    example_of,
    filled,
    is_well_formed,
    overlap,
    values_in,
)

SEGMENT = st.text("abz019.~-", min_size=1, max_size=6)
TEMPLATES = st.lists(st.one_of(SEGMENT, st.sampled_from(["{id}", "{amount}"])), max_size=4).map(
    lambda segments: ":".join(["scope", *segments])
)


@pytest.mark.parametrize(
    "template", ["report:{id}", "transfer:{amount}:{currency}", "a/{b}/c", "https://x.example/{id}"]
)
def test_well_formed(template: str) -> None:
    assert is_well_formed(template)


@pytest.mark.parametrize(
    "template",
    [
        *("{id}", "{id}:report", "report-{id}", "report:{id}x", "report:{}", "report:{Id}"),
        *("report:{id", "report:id}", "report:{{id}}", "report:{a}:{a}", "report:{a b}", ":{id}"),
        *("report:{a.b}", "report:{0}", "report:{a!r}", "report:{a}{b}"),
    ],
)
def test_ill_formed(template: str) -> None:
    assert not is_well_formed(template)


@pytest.mark.parametrize(
    "value", ["2026-q3", "12.50", "a", "A~b_c".replace("_", "."), "x" * 64, "0"]
)
def test_value_is_taken(value: str) -> None:
    assert values_in(f"report:{value}", "report:{id}") == {"id": value}


UNSAFE = ["", ".", "..", "-x", "~x", "a b", "a\n", "a:b", "a/b", "<b>", "&amp", '"', "'", "\\"]
FOREIGN = ["%41", "{id}", "ä", "٣", "a\0", "x" * 65, "a\u202eb"]


@pytest.mark.parametrize("value", [*UNSAFE, *FOREIGN])
def test_value_is_refused(value: str) -> None:
    assert values_in(f"report:{value}", "report:{id}") is None


def test_a_name_is_never_longer_than_its_column() -> None:
    template = "report:" + ":".join(f"{{p{number}}}" for number in range(3))
    name = "report:" + ":".join("x" * 40 for _ in range(3))

    assert len(name) > LONGEST_NAME
    assert values_in(name, template) is None


def test_values_are_put_in_once() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "x"}) == "{b} x {c}"


def test_example_is_a_name_that_the_template_stands_for() -> None:
    assert values_in(example_of("t:{amount}:{to}"), "t:{amount}:{to}") == {
        "amount": "amount",
        "to": "to",
    }


@given(TEMPLATES, TEMPLATES, st.lists(SEGMENT, min_size=4, max_size=4))
def test_names_of_templates_that_do_not_overlap_are_different(
    one: str, other: str, words: list[str]
) -> None:
    name = ":".join(
        word if place.startswith("{") else place
        for place, word in zip(one.split(":"), ["", *words], strict=False)
    )

    if values_in(name, one) is not None and values_in(name, other) is not None:
        assert overlap(one, other)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("report:{id}", "report:all", True),
        ("report:{id}", "report:{name}", True),
        ("a:{x}:b", "a:c:{y}", True),
        ("report:{id}", "report", False),
        ("report:{id}", "report/{id}", False),
        ("report:{id}", "report:{id}:{part}", False),
        ("report:{id}", "reports:{id}", False),
    ],
)
def test_overlap(one: str, other: str, both: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is both


@pytest.mark.parametrize(
    ("name", "title", "sentence", "wrong"),
    [
        ("report:{id}", "Report", "Read {id}.", {}),
        ("report:{id}", "Report {id}", "Read {id}.", {}),
        ("report:{id}", "Report", "", {}),
        ("report:{id}", "Report", "Read.", {"sentence": {"id"}}),
        ("report:{id}", "{no}", "Read {id}.", {"title": {"no"}}),
        ("report:{id}", "Report", "{id} {no}", {"sentence": {"no"}}),
        ("report:{id}", "Report", "{id} {", {"sentence": set()}),
        ("report:{id}", "Report", "{{id}}", {"sentence": set()}),
        ("report:{id}", "Report", "{id!r} {id}", {"sentence": set()}),
        ("profile", "Profile", "See {id}.", {"sentence": {"id"}}),
        ("profile", "Profile", "See {.", {"sentence": set()}),
    ],
)
def test_texts_and_names_agree(
    name: str, title: str, sentence: str, wrong: dict[str, set[str]]
) -> None:
    assert dict(complaints(name, title, sentence)) == wrong


def test_order_is_that_of_the_catalogue(db: None) -> None:
    Scope(name="report:{id}", title="Report", sentence="Read {id}.", position=1).save()
    names = ["phone", "gone", "report:b", "openid", "report:a"]

    assert catalogue.in_order(names) == ["report:a", "report:b", "openid", "phone", "gone"]
    assert [entry.name for entry in catalogue.known(names)] == catalogue.in_order(names)[:-1]


def test_claims_go_by_the_template(db: None) -> None:
    Scope(name="report:{id}", title="Report", sentence="Read {id}.").save()

    assert catalogue.templates_of(["report:a", "report:b", "email", "gone", "report:{id}"]) == {
        "report:{id}",
        "email",
    }
