"""What is said of how often and how long something may be used is so, for every kind of type.

Pages, states and mails are walked, not listed: the next one is covered without anybody thinking of
it.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from consent.approvals import timeline, urls
from consent.approvals.models import Approval, ApprovalState, Approvers
from consent.approvals.terms import ApprovalTerms
from foundation.base.texts.durations import in_words
from foundation.directory.models import Client, User
from foundation.journal.models import Kind
from tests.approvals.asking import Asking, make_rule, make_someone
from tests.approvals.test_pages import signed_in

pytestmark = pytest.mark.django_db

ONCE = re.compile(
    r"(?<!at )\bonce\b|\bone use\b|\bone time\b|single[- ]use|\beinmal|\b(eine|einer) Verwendung",
    re.IGNORECASE,
)
"""Words that say that something works one time."""
DURATION = re.compile(r"\b\d+ (?:second|minute|hour|day|Sekunde|Minute|Stunde|Tag)\w*")
SAID_ONLY_OF_ONE_USE = {
    "Approve once",
    "Approve this, once",
    "It has been approved, for one use. Go back to the application.",
    "once, exactly this; the token for it lives %(duration)s",
}
"""Each is behind `single_use`: the test of pages says so."""
SAID_OF_THE_SETTING = {
    "good for one use",
    (
        "From its first token on, by any number of tokens. "
        "What is good for one use ends with its token."
    ),
}
OF_SOMETHING_ELSE = re.compile(r"asked once you|once more|Once|once it|once the|once a")
HOURS = ApprovalTerms(single_use=False, use_seconds=8 * 3600)
USES = [
    ("en", ApprovalTerms()),
    ("en", ApprovalTerms(use_seconds=45)),
    ("en", HOURS),
    ("en", ApprovalTerms(single_use=False, use_seconds=90)),
    ("de", ApprovalTerms()),
    ("de", HOURS),
]
TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture
def ada() -> User:
    return make_someone("ada", name="Ada Lovelace")


@pytest.fixture
def grace() -> User:
    return make_someone("grace", name="Grace Hopper")


def told(html: str) -> str:
    """Return what somebody reads, but for the request itself."""
    shown = re.sub(r"<(head|details|pre|script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def pages_of(approval: Approval) -> tuple[list[str], list[str]]:
    """Return the addresses of all pages that can be looked at: of this one, and of many."""
    own, general = [], [reverse("consent:history")]
    for pattern in urls.urlpatterns:
        if "uuid:" in str(pattern.pattern):
            own.append(reverse(f"consent:{pattern.name}", args=[approval.pk]))
        elif "int:" not in str(pattern.pattern):
            general.append(reverse(f"consent:{pattern.name}"))
    return own, general


def read(browser: Browser, address: str, language: str) -> str:
    response = browser.get(address, HTTP_ACCEPT_LANGUAGE=language)
    return told(response.content.decode()) if response.status_code == 200 else ""


def sentences_of_consent() -> str:
    """Return the sources of all that is said about consent, sentences as the catalogue has them."""
    base = Path(settings.BASE_DIR)
    programs = [base / "consent", base / "claims/catalogue"]
    found = [path for folder in programs for path in folder.rglob("*.py")]
    found += (TEMPLATES / "consent").rglob("*.*")
    text = " ".join(" ".join(path.read_text(encoding="utf-8") for path in found).split())
    return re.sub(r"{{ (\w+) }}", r"%(\1)s", text).replace('" "', "")


@pytest.mark.parametrize(
    ("language", "terms"), USES, ids=[f"{tag}-{t.single_use}-{t.use_seconds}" for tag, t in USES]
)
def test_every_page_says_of_every_type_what_is_so(
    language: str, terms: ApprovalTerms, client: Client, ada: User, grace: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    approval = Asking(client, ada, terms).lodge()
    browsers = [signed_in(ada), signed_in(grace)]
    with translation.override(language):
        duration = in_words(terms.use_seconds)
    own, general = pages_of(approval)
    said = []
    for state in ApprovalState:
        Approval.objects.update(state=state, expires_at=timezone.now() + timedelta(days=400))
        said += [read(browser, address, language) for browser in browsers for address in own]
    said += [read(browser, address, language) for browser in browsers for address in general]

    cards = [page for page in said if duration in page]
    assert len(cards) >= 2 * len(ApprovalState)
    assert all(set(DURATION.findall(page)) <= {duration} for page in said)
    of_once = [page for page in said if ONCE.search(page)]
    assert len(of_once) == (len(cards) if terms.single_use else 0)


@pytest.mark.parametrize("language", ["en", "de"])
def test_mails_history_and_kinds_say_nothing_that_is_not_so_of_all(
    language: str, client: Client, ada: User
) -> None:
    approval = Asking(client, ada).lodge()
    about: dict[str, Any] = {"approval": approval, "person": ada, "url": "https://x.example/"}
    mails = sorted((TEMPLATES / "consent" / "approvals" / "mail").iterdir())
    with translation.override(language):
        said = [
            *(render_to_string(str(mail.relative_to(TEMPLATES)), about) for mail in mails),
            *(say() for say in timeline.SENTENCES.values()),
            *(say() for say in timeline.OF_ANOTHER.values()),
            *(str(kind.label) for kind in Kind),
            *(str(state.label) for state in ApprovalState),
        ]

    assert len(mails) >= 4
    assert [text for text in said if ONCE.search(text) or DURATION.search(text)] == []


def test_every_sentence_about_one_use_is_known() -> None:
    """A new one has to stand behind the question whether it is so."""
    catalogue = Path(settings.BASE_DIR) / "locale" / "de" / "LC_MESSAGES" / "django.po"
    entries = re.findall(r'^msgid "(.+)"$', catalogue.read_text(encoding="utf-8"), re.MULTILINE)
    source = sentences_of_consent()
    claims = {
        text
        for text in entries
        if ONCE.search(text) and not OF_SOMETHING_ELSE.search(text) and text in source
    }

    assert claims == SAID_ONLY_OF_ONE_USE | SAID_OF_THE_SETTING
