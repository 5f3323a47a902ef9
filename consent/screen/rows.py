"""What the consent screen shows: rows in words, values to be released, where it all goes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from claims import subject as subjects
from claims.catalogue.scopes import CatalogueEntry
from claims.contents import ShownClaim, claims_of, labels_of, shown_claims
from claims.subject import Subject
from consent.asking.addresses import address_choices
from consent.asking.claim_choices import claim_choices, essential_claims
from consent.asking.prompts import ConsentQuestions, ScopeQuestion, ScopeState
from consent.models import ConsentRequest
from consent.screen.layout import Badge, CardOfGroups, ScreenRow, cards
from foundation.base.texts.durations import in_words

AT_ONE_GLANCE = 10
"""So many scopes are read one by one; more are folded and can be searched."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Screen:
    """Everything about the scopes that the page shows."""

    cards: tuple[CardOfGroups, ...]
    kept: tuple[ScreenRow, ...]
    beyond_reach: tuple[ScreenRow, ...]
    """What needs a stronger sign-in: no values, nothing to tick."""
    destination: str

    @property
    def is_long(self) -> bool:
        """Whether there are too many scopes to see them at one glance."""
        groups = (group for card in self.cards for group in card.groups)
        return sum(group.size for group in groups) > AT_ONE_GLANCE


def screen(request: ConsentRequest, questions: ConsentQuestions) -> Screen:
    """Put the questions into words, with the values of the person they are asked of."""
    subject = subjects.load(request.user_id)
    is_first = questions.grant is None or questions.reopened
    stated = [_row(entry, shown_claims(subject, entry.template)) for entry in questions.implicit]
    essential = essential_claims(request.requested_claims)
    asked = [
        _asked_row(question, subject, essential, is_first=is_first) for question in questions.asked
    ]
    kept = [_kept_row(question, subject) for question in questions.kept]
    return Screen(
        cards=tuple(cards(stated if is_first else [], asked)),
        kept=tuple(kept if is_first else [*stated, *kept]),
        beyond_reach=tuple(ScreenRow(entry=entry, values=[]) for entry in questions.beyond_reach),
        destination=destination(request.redirect_origin),
    )


def destination(redirect_origin: str) -> str:
    """Say where the browser goes after the answer: a domain, or a program on this device."""
    address = urlsplit(redirect_origin)
    if not address.hostname:
        scheme = redirect_origin.rstrip(":")
        return _("an app on this device (%(scheme)s)") % {"scheme": scheme} if scheme else ""
    if address.hostname in LOOPBACK:
        return _("a program on this computer (%(host)s)") % {"host": address.netloc}
    return address.netloc


def _row(entry: CatalogueEntry, shown: Iterable[ShownClaim], **more: Any) -> ScreenRow:
    values = [(claim.label, claim.text) for claim in shown]
    return ScreenRow(entry=entry, values=values, **more)


def _asked_row(
    question: ScopeQuestion, subject: Subject, essential: frozenset[str], *, is_first: bool
) -> ScreenRow:
    shown = shown_claims(subject, question.entry.template)
    return _row(
        question.entry,
        shown,
        badges=tuple(_badges(question, essential, is_first=is_first)),
        note=" ".join(filter(None, _notes(question, shown))),
        ticked=question.ticked,
        claims=claim_choices(question, shown, essential),
        addresses=address_choices(question, subject),
    )


def _kept_row(question: ScopeQuestion, subject: Subject) -> ScreenRow:
    parts = (_shared(question.shared_email), _without(question.withheld), _until(question))
    shown = shown_claims(subject, question.entry.template)
    return _row(question.entry, shown, note=" ".join(filter(None, parts)))


def _badges(
    question: ScopeQuestion, essential: frozenset[str], *, is_first: bool
) -> Iterable[Badge]:
    if question.entry.is_required:
        yield Badge(_("Required"))
    if not essential.isdisjoint(claims_of(question.entry.name) if question.is_single else ()):
        yield Badge(_("Essential to the application"))
    if question.entry.is_emphasised:
        yield Badge(_("Sensitive"), "warning")
    yield from _state_badges(question, is_first=is_first)


def _state_badges(question: ScopeQuestion, *, is_first: bool) -> Iterable[Badge]:
    match question.state:
        case ScopeState.NEW if not is_first:
            yield Badge(_("New"), "accent")
        case ScopeState.CHANGED:
            yield Badge(_("Changed since you agreed"), "accent")
        case ScopeState.EXPIRED if question.expires_at:
            ended = {"date": date_format(question.expires_at, "DATE_FORMAT")}
            yield Badge(_("Ended on %(date)s") % ended)
        case ScopeState.DENIED:
            yield Badge(_("You said no before"))
        case ScopeState.ADDRESS_GONE:
            yield Badge(_("Address gone"), "accent")
        case ScopeState.GRANTED:
            yield Badge(_("Allowed before"))


def _notes(question: ScopeQuestion, shown: Sequence[ShownClaim]) -> Iterable[str]:
    entry = question.entry
    yield _gone(question)
    if claims_of(entry.template) and not shown:
        yield _("At the moment nothing about you is recorded here.")
    yield _limit(entry.maximum_lifetime)


def _limit(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return _("For %(duration)s at most.") % {"duration": in_words(seconds)}


def _gone(question: ScopeQuestion) -> str:
    if question.state is not ScopeState.ADDRESS_GONE:
        return ""
    words = _("Until now it was %(address)s, which is no longer confirmed as yours.")
    return words % {"address": question.shared_email}


def _shared(address: str) -> str:
    return _("Shared: %(address)s.") % {"address": address} if address else ""


def _without(claims: Collection[str]) -> str:
    details = ", ".join(labels_of(sorted(claims)))
    return _("Without: %(details)s.") % {"details": details} if details else ""


def _until(question: ScopeQuestion) -> str:
    if question.expires_at is None:
        return _("Until you take it back.")
    return _("Until %(date)s.") % {"date": date_format(question.expires_at, "DATE_FORMAT")}
