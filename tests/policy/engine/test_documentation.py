"""What docs/policy.md shows is true."""

import re
from pathlib import Path

import pytest

from scopeward_guard.cedar._language.obligations import DUTIES
from tests.guard.cedar.asking import asked, decided, query

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "policy.md").read_text(encoding="utf-8")
KIND = r"^\| (\w+: .+) \| `(.+)` \(\[.+\]\((.+)\)\) \| `(.+)` \| `(.+)::(.+)` \| (.+) \|$"
KINDS = {"RBAC", "ABAC", "context", "method", "field", "record"}
VALUES = {"role": '"analyst"', "closing": "18"}
SECTION = PAGE.partition("## Reasons")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| `(.+)` \| (.+\.) \|$", SECTION, re.MULTILINE)
FACTS = {"subject": {"clearance": 1}, "time": 0}


def test_page_knows_every_annotation() -> None:
    assert [name for name in DUTIES if f"| `@{name}(" not in PAGE] == []


@pytest.mark.parametrize(("condition", "sentence"), ROWS, ids=[row[0] for row in ROWS])
def test_condition_is_refused_in_the_words_of_the_page(condition: str, sentence: str) -> None:
    head = '@id("a") permit(principal is User, action, resource is Query)'
    text = f"{head} when {{ {condition} }};"

    decision = decided(text, asked(resource=query(), **FACTS), timezone="Europe/Berlin")

    assert decision.reasons == (sentence,)


def test_every_kind_has_its_policy_its_test_and_its_picture() -> None:
    rows = re.findall(KIND, PAGE, re.MULTILINE)

    assert {row[0].partition(":")[0] for row in rows} == KINDS
    for _, policy, file, says, tests, test, seen in rows:
        text = (DOCS / file).resolve().read_text(encoding="utf-8")
        assert f'@id("{policy}")' in text
        assert says in re.sub(r"\$(role|closing)", lambda found: VALUES[found[1]], text)
        assert f"def {test}(" in (DOCS.parent / tests).read_text(encoding="utf-8")
        assert all((DOCS / picture).is_file() for picture in re.findall(r"\((.+)\)", seen))


def test_page_shows_some_sentences() -> None:
    assert len(ROWS) >= 4
