"""What one request walks through: files, functions, calls, and how often a call leaves its place.

    .venv/bin/python bench/in_process/ways.py

One person, every scope that people are asked for, a throw-away SQLite file, everything warm: each
step is walked once before it is counted. A call counts when it enters a function of ours; it moves
between files or crosses between packages when the nearest function of ours below it on the stack
is in another one.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="scopeward-bench-")
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("RATE_LIMITS", "no")

import django

django.setup()

from django.core.management import call_command
from django.test.utils import setup_test_environment

PACKAGES = ("console", "idp", "consent", "policy", "claims", "foundation", "scopeward_guard")


class Walk:
    """Counts what happens while it is entered."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.functions: set[tuple[str, int]] = set()
        self.calls = self.moves = self.crossings = 0

    def __enter__(self) -> "Walk":
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: Any) -> None:
        here = _place(frame) if event == "call" else None
        if here is None:
            return
        caller = frame.f_back
        while caller is not None and _place(caller) is None:
            caller = caller.f_back
        before = _place(caller) if caller else None
        self.files.add(here)
        self.functions.add((here, frame.f_code.co_firstlineno))
        self.calls += 1
        self.moves += before not in {None, here}
        self.crossings += before is not None and _package(before) != _package(here)


_places: dict[str, str | None] = {}


def _place(frame: FrameType) -> str | None:
    name = frame.f_code.co_filename
    if name not in _places:
        path = Path(name)
        is_ours = path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES
        _places[name] = str(path.relative_to(ROOT)) if is_ours else None
    return _places[name]


def _package(place: str) -> str:
    return place.partition("/")[0]


def main() -> None:
    """Walk twice, and print what was counted the second time."""
    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("rotate_keys", verbosity=0)
    from tests.factories import make_person, make_relying_party

    scopes = "openid profile email phone address roles department projects clearance offline_access"
    ada = make_person()
    for is_counted in (False, True):
        party = make_relying_party(
            scope=scopes, grant_types=("authorization_code", "refresh_token")
        )
        for step, walk in steps(party, ada, scopes):
            if is_counted:
                print(
                    f"{step:28} {len(walk.files):4} files {len(walk.functions):5} functions "
                    f"{walk.calls:6} calls {walk.moves:5} moves {walk.crossings:5} crossings"
                )


def steps(party: Any, person: Any, scopes: str) -> Any:
    """Yield each step of a first sign-in with what was counted on it."""
    from tests.html_forms import form_with
    from tests.relying_party import answer_of

    def counted(act: Callable[[], Any]) -> tuple[Any, Walk]:
        with Walk() as walk:
            result = act()
        return result, walk

    page, walk = counted(party.authorize)
    yield "GET /authorize", walk
    page = party._sign_in_unseen(person, page["Location"])  # noqa: SLF001 - looks at no page
    page, walk = counted(lambda: party.browser.get(page["Location"]))
    yield "resume, consent opened", walk
    address = page["Location"]
    page, walk = counted(lambda: party.browser.get(address))
    yield "GET consent", walk
    form = form_with(page.content.decode(), "decision")
    answer = {**form.data, "scope": scopes.split(), "decision": "allow"}
    page, walk = counted(lambda: party.browser.post(address, answer))
    yield "POST consent", walk
    page, walk = counted(lambda: party.browser.get(page["Location"]))
    yield "resume, code", walk
    code = answer_of(page)["code"]
    tokens, walk = counted(lambda: party.exchange(code))
    yield "POST /token, code", walk
    tokens, walk = counted(lambda: party.refresh(tokens.json()["refresh_token"]))
    yield "POST /token, refresh", walk
    _, walk = counted(lambda: party.userinfo(tokens.json()["access_token"]))
    yield "userinfo", walk


if __name__ == "__main__":
    main()
