"""The whole day in one test: three people, three browsers, four programs, one history.

It ends as days do, by Ctrl-C, and another one begins: starting a demo is dear.
"""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import follow
from tests.demo.conftest import DEMO, PASSWORD, Demo, place_for_a_demo, processes_of
from tests.fingers import Finger
from tests.services.processes import Program, run, running

pytestmark = pytest.mark.browser

LATER = """
import time
from django.contrib.sessions.models import Session
from importlib import import_module
from django.conf import settings
store = import_module(settings.SESSION_ENGINE).SessionStore
aged = 0
for row in Session.objects.all():
    session = store(row.session_key)
    for record in session.get("account_authentication_methods", []):
        record["at"] = time.time() - 3600
        aged += 1
    session.save()
print(f"aged {aged}")
"""
"""An hour passes for everybody who is signed in at the provider."""


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, page: Page, demo: Demo, username: str) -> None:
        self.page, self.demo, self.username = page, demo, username

    def press(self, name: str) -> None:
        follow(self.page.get_by_role("button", name=name, exact=True))

    def give_password(self) -> None:
        self.page.locator("[name=password]").fill(PASSWORD)

    def sign_in_to_query_desk(self) -> None:
        self.page.goto(self.demo.query_desk)
        self.press("Sign in")
        self.page.locator("[name=login]").fill(self.username)
        self.give_password()
        self.press("Sign in")

    def ask(self, pick: str) -> None:
        """Run one of the prepared queries at Query Desk."""
        self.page.goto(f"{self.demo.query_desk}/query?pick={pick}")
        self.press("Run it")

    @property
    def heading(self):
        """What the query page says came of it."""
        return self.page.locator("#outcome h2")

    def column(self, number: int) -> list[str]:
        return self.page.locator(f".result tbody td:nth-child({number})").all_inner_texts()


@pytest.fixture(scope="module")
def demo(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]
) -> Iterator[Demo]:
    """A demo in which nothing has happened yet."""
    folder = tmp_path_factory.mktemp("day")
    migrated(folder)
    place = place_for_a_demo(folder)
    with running(DEMO, place) as program:
        yield Demo(place, program)


@pytest.fixture
def people(chromium: Browser, demo: Demo) -> Iterator[dict[str, Person]]:
    with ExitStack() as stack:
        found = {}
        for username in ("ada", "grace", "linus", "admin"):
            context = stack.enter_context(chromium.new_context(locale="en"))
            found[username] = Person(context.new_page(), demo, username)
        yield found


def test_the_day(people: dict[str, Person], demo: Demo):
    ada, grace, linus, admin = people.values()

    signs_in_and_leaves_one_scope_off(ada)
    is_answered_at_once(ada)
    makes_her_sign_in_stronger_in_the_middle_of_a_query(ada)
    pass_an_hour(demo)
    approves_her_own_query_after_signing_in_again(ada)
    has_to_wait_for_the_owner(ada)
    finds_it_in_her_inbox(grace, ada)
    gets_the_numbers_masked(ada)
    is_refused_without_an_offer(linus)
    reads_what_happened(admin)
    assert verified(demo)
    ends_by_ctrl_c(demo)
    starts_again_and_ends_with_any_program(demo.environment)


def signs_in_and_leaves_one_scope_off(ada: Person) -> None:
    ada.sign_in_to_query_desk()
    expect(ada.page.get_by_text("Ada Maria Kessler").first).to_be_visible()
    expect(ada.page.get_by_label("Finance data")).to_be_checked()
    ada.page.get_by_label("Phone number").uncheck()
    ada.page.get_by_label("Clearance").check()
    ada.press("Allow")

    expect(ada.page).to_have_url(f"{ada.demo.query_desk}/desk")
    assert ada.page.locator("li.withheld").count() == 1
    assert ada.page.locator("tr[data-claim=phone_number]").count() == 0


def is_answered_at_once(ada: Person) -> None:
    ada.ask("regions")

    expect(ada.heading).to_have_text("5 rows")
    assert len(ada.column(1)) == 5
    assert all(re.fullmatch(r"\d+\.\d\d", total) for total in ada.column(3))
    expect(ada.page.locator(".policy")).to_contain_text("rows of your projects: atlas")
    expect(ada.page.locator(".policy")).to_contain_text("without an approval")
    assert ada.page.locator("#again").count() == 0


def makes_her_sign_in_stronger_in_the_middle_of_a_query(ada: Person) -> None:
    """RFC 9470: the challenge of the guard, what is missing, a token, the rows."""
    ada.ask("budgets")
    expect(ada.heading).to_have_text("The Warehouse wants a stronger sign-in")
    ada.press("Sign in more strongly")

    # She has nothing beside the password, and may add it there and then.
    expect(ada.page.locator("main")).to_contain_text("This needs a second factor")
    expect(ada.page.get_by_role("button", name="Go on without it")).to_be_visible()
    with adds_a_passkey(ada).touching():
        follow(ada.page.get_by_role("button", name="Confirm with a passkey"))

    expect(ada.heading).to_contain_text("7 rows")
    expect(ada.page.locator(".policy")).to_contain_text("without an approval")


def adds_a_passkey(person: Person) -> Finger:
    """From the page that says that nothing is strong enough, and back to what it was for."""
    finger, page = Finger(person.page), person.page
    follow(page.get_by_role("link", name="Add a passkey or security key"))
    # Nobody adds a key to an account whose password they have not given a moment ago.
    person.give_password()
    person.press("Confirm")
    with finger.touching(), page.expect_navigation():
        page.get_by_role("button", name="Add it").click()
    follow(page.get_by_role("link", name="I have kept them: go on"))
    return finger


def pass_an_hour(demo: Demo) -> None:
    done = run(["python", "manage.py", "shell", "-v0", "-c", LATER], demo.environment)
    assert re.fullmatch(r"aged [1-9]", done.stdout.strip()), done.stderr


def approves_her_own_query_after_signing_in_again(ada: Person) -> None:
    ada.ask("salaries")
    expect(ada.heading).to_have_text("This query needs an approval of its own")
    expect(ada.page.locator(".columns")).to_contain_text("hr.employees.salary")
    ada.press("Ask for approval")

    expect(ada.page).to_have_url(re.compile(f"^{ada.demo.issuer}/consent/"))
    # Nothing is approved with an old sign-in: the screen says so and leads to a new one.
    follow(ada.page.get_by_role("link", name="Confirm that it is you"))
    ada.give_password()
    follow(ada.page.locator("form:has([name=password]) button"))
    shown = ada.page.locator("main")
    for said in ("SELECT name, title, salary", "Confidential", "Yearly salary review"):
        expect(shown).to_contain_text(said)
    ada.press("Approve once")

    expect(ada.heading).to_contain_text("10 rows")
    assert all(float(salary) > 100_000 for salary in ada.column(3))
    expect(ada.page.locator("#again")).to_contain_text("is used up")
    ada.press("Run it again with the same token")
    expect(ada.page.locator("#again [role=status]")).to_contain_text("401 invalid_token")


def has_to_wait_for_the_owner(ada: Person) -> None:
    ada.ask("cards")
    ada.press("Ask for approval")
    expect(ada.page.locator("main")).to_contain_text("Grace Ama Mensah")
    ada.press("Ask for approval")

    expect(ada.page).to_have_url(re.compile("/approvals/.+/waiting/"))
    expect(ada.page.locator("main")).to_contain_text("Grace Ama Mensah")


def finds_it_in_her_inbox(grace: Person, ada: Person) -> None:
    code = ada.page.get_by_text(re.compile(r"^[0-9A-Z]{3}-[0-9A-Z]{3}$")).first.inner_text()
    grace.page.goto(f"{grace.demo.issuer}/approvals/")
    grace.page.locator("[name=login]").fill(grace.username)
    grace.give_password()
    grace.press("Sign in")
    follow(grace.page.get_by_role("link", name="Ada Maria Kessler").first)

    for said in (code, "Ada Maria Kessler", "card_number", "Highly sensitive", "Chargeback"):
        expect(grace.page.locator("main")).to_contain_text(said)
    expect(grace.page.locator("main")).to_contain_text("This needs a passkey")
    finger = makes_a_passkey_on_the_way(grace)
    with finger.touching():
        grace.press("Sign and approve")
    expect(grace.page.locator("main")).to_contain_text("Your answer has been counted")


def makes_a_passkey_on_the_way(grace: Person) -> Finger:
    """What is restricted wants more than her password; she has nothing more yet."""
    follow(grace.page.get_by_role("link", name="Confirm that it is you"))
    finger = adds_a_passkey(grace)
    follow(grace.page.get_by_role("link", name="Confirm that it is you"))
    with finger.touching():
        follow(grace.page.get_by_role("button", name="Confirm with a passkey"))
    return finger


def gets_the_numbers_masked(ada: Person) -> None:
    expect(ada.page).to_have_url(re.compile(f"^{ada.demo.query_desk}/query"))
    expect(ada.heading).to_contain_text("10 rows")
    assert all(re.fullmatch(r"•••• \d{4}", number) for number in ada.column(4))
    expect(ada.page.locator(".policy")).to_contain_text("card_number is masked")
    expect(ada.page.locator("#again")).to_contain_text("Approved by somebody else")
    # Who it was, the provider tells her; Query Desk was told an identifier.
    follow(ada.page.get_by_role("link", name="who it was, and what they saw"))
    expect(ada.page.locator("main")).to_contain_text("Grace Ama Mensah")


def is_refused_without_an_offer(linus: Person) -> None:
    linus.sign_in_to_query_desk()
    linus.page.get_by_label("Clearance").check()
    linus.press("Allow")
    linus.ask("cards")

    expect(linus.heading).to_have_text("The Warehouse says no")
    expect(linus.page.locator("#outcome")).to_contain_text("card_number is restricted")
    assert linus.page.locator("#outcome button").count() == 0


def reads_what_happened(admin: Person) -> None:
    """Administrators find who asked, approved and ran what, and what the chain says of it."""
    admin.page.goto(f"{admin.demo.issuer}/admin/history/")
    admin.page.locator("[name=login]").fill(admin.username)
    admin.give_password()
    admin.press("Sign in")
    # Administrators owe a second factor, in some days.
    follow(admin.page.get_by_role("link", name="Later"))

    acts = admin.page.locator("li.act")
    happened = acts.locator(".act-head .mark:first-child").all_inner_texts()
    for kind, times in {
        "Approval requested": 2,
        "Approval given": 2,
        "Token of an approval used": 2,
        "Executed": 2,
        "Second use refused": 1,
    }.items():
        assert happened.count(kind) == times, happened
    for person in ("Ada Maria Kessler", "Linus Erik Holm"):
        expect(acts.filter(has_text=person).first).to_be_visible()
    assert admin.page.locator("li.act .bad").count() == 0


def verified(demo: Demo) -> bool:
    """Whether `verify_history` finds every act in its place."""
    done = run(["python", "manage.py", "verify_history"], demo.environment)
    assert done.returncode == 0, done.stderr
    return "The history verifies" in done.stdout


def ends_by_ctrl_c(demo: Demo) -> None:
    assert len(processes_of(demo.environment)) >= 4
    demo.program.process.send_signal(signal.SIGINT)
    assert demo.program.process.wait(timeout=30) == 0
    assert processes_of(demo.environment) == {}


def starts_again_and_ends_with_any_program(place: dict[str, str]) -> None:
    with running(DEMO, place) as second:
        second.wait_for("ready ")
        kill_the_provider(place)
        assert_all_stop_with_its_log(second)

    assert processes_of(place) == {}


def kill_the_provider(place: dict[str, str]) -> None:
    provider = min(pid for pid, command in processes_of(place).items() if "idp.front" in command)
    subprocess.run(["kill", str(provider)], check=True)


def assert_all_stop_with_its_log(program: Program) -> None:
    program.wait_for("provider stopped")
    program.wait_for("Granian shutdown completed")
    assert program.process.wait(timeout=30) == 1
