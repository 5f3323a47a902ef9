"""Every mail that is sent to people: when, and what it is made of.

A mail has a template of its own; whoever adds one adds it here, and the house can say it in words
of its own (`tests/house/test_mail_texts.py` walks the templates).
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.base.house.letter_parts import Letter, Placeholder


def _link(path: str = "", route: str = "") -> Placeholder:
    return Placeholder("link", _("where it leads"), "", path or "link", route, is_link=True)


USERNAME = Placeholder("username", _("the username"), "ada", "person.username")
UNTIL = Placeholder("until", _("until when"), "3. 2. 2031, 04:05")
HAPPENED = (
    Placeholder("when", _("when it happened"), "3. 2. 2031, 04:05", "timestamp"),
    Placeholder("address", _("from which network address"), "192.0.2.7", "ip"),
    Placeholder("browser", _("with which browser"), "Firefox", "user_agent"),
)
WAY = Placeholder("way", _("the way of signing in"), "Security key", "name")
NAME = Placeholder("name", _("the name"), "Ada Lovelace")
APPLICATION = Placeholder("application", _("the application"), "Query Desk")
CODE = Placeholder("code", _("the code of the request"), "K7M-2XQ")
EMAIL = Placeholder("email", _("the e-mail address"), "ada@example.org")
SECURITY, THE_URL = _link(route="security"), _link("url")


def _notice(event: str, title: Any, subject: Any, *own: Placeholder) -> Letter:
    template = f"consent/approvals/mail/{event}.txt"
    return Letter(f"approval_{event}", title, (NAME, APPLICATION, CODE, *own), template, subject)


def _all() -> Iterator[Letter]:
    yield Letter(
        "invitation",
        _("Somebody is invited"),
        (
            _link(),
            USERNAME,
            UNTIL,
            Placeholder("application", APPLICATION.label, "Query Desk", "application.name"),
        ),
    )
    yield Letter("password_link", _("Somebody is to choose a password"), (_link(), USERNAME))
    yield Letter(
        "password_reset_key",
        _("Somebody forgot the password"),
        (_link("password_reset_url"), Placeholder("username", USERNAME.label, "ada")),
    )
    yield Letter("unknown_account", _("A forgotten password of nobody here"), (EMAIL,))
    yield Letter("password_reset", _("A password was reset"), HAPPENED)
    yield Letter("password_changed", _("A password was changed"), HAPPENED)
    yield Letter("password_set", _("A first password was chosen"), HAPPENED)
    yield Letter(
        "email_confirmation",
        _("An e-mail address is to be confirmed"),
        (
            Placeholder("name", NAME.label, NAME.example, "user.get_full_name"),
            _link("activate_url"),
        ),
    )
    yield Letter("email_confirm", _("An e-mail address was confirmed"), HAPPENED)
    yield Letter(
        "email_changed",
        _("The main e-mail address was changed"),
        (
            Placeholder("before", _("the address before"), "ada@example.org", "from_email"),
            Placeholder("after", _("the address now"), "lovelace@example.org", "to_email"),
            *HAPPENED,
        ),
    )
    yield Letter(
        "email_deleted",
        _("An e-mail address was removed"),
        (Placeholder("email", EMAIL.label, EMAIL.example, "deleted_email"), *HAPPENED),
    )
    yield Letter("factor_added", _("A way of signing in was added"), (WAY, USERNAME, SECURITY))
    yield Letter("factor_removed", _("A way of signing in was removed"), (WAY, USERNAME, SECURITY))
    yield Letter("factor_copied", _("A key may have a copy"), (WAY, USERNAME, SECURITY))
    yield Letter("recovery_codes_made", _("New recovery codes were made"), (USERNAME, SECURITY))
    yield Letter(
        "recovery_code_used",
        _("A recovery code was used"),
        (USERNAME, Placeholder("left", _("how many are left"), 7), SECURITY),
    )
    yield Letter(
        "signed_out", _("Somebody was signed out everywhere"), (USERNAME, _link(route="account"))
    )
    history = _link(route="consent:history")
    yield Letter(
        "set_by_another_password", _("Somebody else set a password"), (USERNAME, UNTIL, history)
    )
    yield Letter(
        "set_by_another_address",
        _("Somebody else changed an e-mail address"),
        (
            USERNAME,
            Placeholder("email", EMAIL.label, EMAIL.example, "person.email"),
            UNTIL,
            history,
        ),
    )
    yield Letter(
        "reset_asked",
        _("Somebody asked to reset how you sign in"),
        (
            USERNAME,
            UNTIL,
            Placeholder("reason", _("the reason given"), "…"),
            _link(),
            Placeholder("security", SECURITY.label, "", route="security", is_link=True),
        ),
    )
    yield Letter("reset_done", _("How you sign in was reset"), (USERNAME, _link(route="account")))
    yield Letter("reset_stopped", _("The reset of your sign-in was stopped"), (USERNAME, SECURITY))
    yield Letter("let_go", _("Somebody's access was ended"), (USERNAME,))
    yield Letter(
        "succeeds",
        _("Somebody answers for data in the place of another"),
        (
            Placeholder("before", _("who did before"), "Grace Hopper", "before.get_full_name"),
            _link(route="account"),
        ),
    )
    yield _notice("waiting", _("A request waits"), _("A request waits for you"), THE_URL)
    yield _notice(
        "decided",
        _("A request was decided"),
        _("Your request has been decided"),
        Placeholder("state", _("what became of it"), _("Allowed")),
        THE_URL,
    )
    yield _notice(
        "break_glass",
        _("Somebody went ahead alone"),
        _("Somebody went ahead alone"),
        Placeholder("requester", _("who asked"), "Grace Hopper"),
        Placeholder("justification", _("the reason given"), "…"),
        THE_URL,
    )
    yield _notice(
        "asked", _("An application asks"), _("An application asks you for access"), THE_URL
    )


LETTERS = {letter.name: letter for letter in _all()}
"""In the order in which they are listed."""
