"""The exported end of the chain."""

from pathlib import Path

import pytest
from django.core.management import call_command

from foundation.base.keys.ring import rotate_due_keys
from foundation.journal.acts import Actor, Entry, Kind, export_head, link, record
from foundation.journal.models import Act
from idp import tasks
from tests.consent.history.reading import findings
from tests.jwt import header_of, verified

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def lines(folder: Path) -> list[str]:
    return [line for path in sorted(folder.glob("*.jws")) for line in path.read_text().split()]


def append() -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    link()


def test_a_head_is_signed_with_the_published_key(chain: list[Act], heads: Path) -> None:
    export_head()

    (jws,) = lines(heads)
    said = verified(jws)
    assert (said["number"], said["hash"]) == (6, chain[-1].hash)
    assert header_of(jws)["typ"] == "history-head+jwt"


def test_an_empty_chain_has_no_head(provider: None, heads: Path) -> None:
    assert export_head() is None
    assert not heads.exists()


def test_the_same_head_is_exported_once_a_day(chain: list[Act], heads: Path) -> None:
    assert export_head() is not None
    assert export_head() is None
    append()
    tasks.export_history_head()

    assert [verified(jws)["number"] for jws in lines(heads)] == [6, 7]
    assert findings() == []


def test_heads_of_a_key_that_was_retired_still_count(chain: list[Act]) -> None:
    export_head()
    rotate_due_keys(force=True)
    append()
    export_head()

    assert findings() == []


def test_a_head_of_another_history_is_named(chain: list[Act], heads: Path) -> None:
    export_head()
    (path,) = heads.glob("*.jws")
    path.write_text("not a JWS\n")

    assert "cannot be relied on" in findings()[0]


def test_heads_out_of_order_are_named(chain: list[Act], heads: Path) -> None:
    export_head()
    append()
    export_head()
    (path,) = heads.glob("*.jws")
    path.write_text("\n".join(reversed(path.read_text().split())) + "\n")

    assert "names row 6, out of order" in findings()[0]


def test_the_command_links_and_exports(chain: list[Act], heads: Path) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])

    call_command("export_history_head")

    assert verified(lines(heads)[-1])["number"] == 7
