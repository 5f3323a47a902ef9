"""What a page tells somebody to type does what the page says, from the first line to the last."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import Block, blocks
from tests.docs.session import Session
from tests.docs.shell import Command, commands
from tests.factories import make_person, make_relying_party, make_resource_server
from tests.relying_party import CHALLENGE

DEMO_WAREHOUSE = "http://localhost:8002"
WAREHOUSE = "https://warehouse.example"
CIBA = "urn:openid:params:grant-type:ciba"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"

NEED_MORE: dict[str, str] = {
    "archive_history": "acts of a year ago: tests/consent/history",
    "--archive": "an archive",
    "--trust-seals-until": "an archive",
}
"""Words of commands that are only parsed here (test_commands.py), and what they would need."""


def is_ours(command: Command) -> bool:
    words = (command.program, *command.arguments)
    return (command.managing is not None or command.program == "curl") and not (
        NEED_MORE.keys() & set(words)
    )


OURS = [(block, [c for c in commands(block) if is_ours(c)]) for block in blocks("sh", "console")]
PLAYED = [(block, typed) for block, typed in OURS if typed]


# --- what is there before -------------------------------------------------------------------------


def somebody(session: Session) -> None:
    make_person()


def demo_catalogue(session: Session) -> None:
    """The resource servers and scopes that the commands name."""
    make_resource_server(audience=DEMO_WAREHOUSE, scopes=["warehouse:finance"])
    make_resource_server(audience=WAREHOUSE)


def own_application(session: Session) -> None:
    party = make_relying_party(grant_types=("authorization_code", "refresh_token", EXCHANGE))
    tokens = party.obtain_tokens(make_person(), scope="openid email")
    session.variables |= {
        "ID": party.client.client_id, "SECRET": party.secret or "", "STATE": "a-state",
        "CALLBACK": party.client.redirect_uris, "CHALLENGE": CHALLENGE.decode(),
        "TOKEN": tokens["access_token"],
    }  # fmt: skip


def warehouse_server(session: Session) -> None:
    client, secret = make_resource_server(client_id="warehouse")
    session.variables |= {"CLIENT_ID": client.client_id, "CLIENT_SECRET": secret or ""}


PRELUDES: dict[str, Callable[[Session], None]] = {
    "--resource http": demo_catalogue,
    "login_hint=ada": somebody,
    "erase_history_of ada": somebody,
    "/par": own_application,
    "subject_token=$TOKEN": own_application,
    "opa_config warehouse": warehouse_server,
    "/access/v1/evaluation": warehouse_server,
}
"""What has to be there before a block, by words in it."""


# --- what is said of an answer --------------------------------------------------------------------


def one_client(printed: str, command: Command) -> None:
    """One JSON object under the names of RFC 7591, and the secret of who can keep one."""
    client = json.loads(printed)
    assert client["client_id"]
    assert ("client_secret" in client) == ("none" not in command.arguments)


def one_person(printed: str, command: Command) -> None:
    assert json.loads(printed)["username"] in command.arguments


def one_object(printed: str, command: Command) -> None:
    assert isinstance(json.loads(printed), dict)


def words(*expected: str) -> Callable[[str, Command], None]:
    def compare(printed: str, command: Command) -> None:
        assert [word for word in expected if word not in printed] == []

    return compare


SAYS: dict[str, Callable[[str, Command], None]] = {
    "create_client": one_client,
    "create_user": one_person,
    "opa_config": one_object,
    "rotate_keys": one_object,
    "rotate_secret": words("key", "TOKEN_PEPPER_OLDER"),
    "database_connections": words("for 4 web processes", "at most"),
    "first_administrator": words("Administrator admin created."),
    "verify_history": words("The history verifies: "),
    "export_history_head": words("Nothing new."),
    "erase_history_of": words("have been erased"),
    "curl": one_object,
}


@pytest.fixture
def session(
    provider: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> Session:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADMIN_EMAIL", "admin@example.org")
    monkeypatch.setenv("ADMIN_PASSWORD", "a-password-nobody-guesses-7")
    settings.HISTORY_HEADS_DIR = str(tmp_path / "heads")
    return Session()


@pytest.mark.parametrize(("block", "typed"), PLAYED, ids=lambda value: str(value)[:40])
def test_block_can_be_typed(block: Block, typed: list[Command], session: Session) -> None:
    for said, prepare in PRELUDES.items():
        if said in block.text:
            prepare(session)
    for command in typed:
        name, printed = session.type(command)
        SAYS[name](printed, command)
