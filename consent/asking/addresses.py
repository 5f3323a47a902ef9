"""Which verified e-mail address an application gets, where a person has several."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims.addresses import EMAIL_SCOPE, other_addresses, verified_addresses
from claims.subject import Subject
from consent.asking.prompts import ConsentQuestions, ScopeQuestion, ScopeState
from consent.errors import AddressNotOfferedError


@dataclass(frozen=True)
class AddressChoice:
    """One address that may be shared; `value` is what the form sends, empty for the main one."""

    value: str
    text: str
    chosen: bool


def address_choices(question: ScopeQuestion, subject: Subject) -> tuple[AddressChoice, ...]:
    """Return the addresses to choose from; none where there is nothing to choose.

    The one chosen last time is suggested. When it is gone none is: another is never put in its
    place. One statement for the scope `email`, none for others.
    """
    if question.entry.name != EMAIL_SCOPE or not (others := other_addresses(subject.id)):
        return ()
    suggested = None if question.state is ScopeState.ADDRESS_GONE else question.shared_email
    main = _("%(address)s (your main address)") % {"address": subject.standard["email"]}
    offered = (("", main), *((address, address) for address in others))
    return tuple(AddressChoice(value, text, value == suggested) for value, text in offered)


def chosen_address(
    questions: ConsentQuestions, granted: Collection[str], person_pk: Any, sent: str | None
) -> str:
    """Return the address to share, empty for the main one; `sent` is None when nothing was chosen.

    Only a verified address of this very person counts, and nothing only where there is no choice:
    raises AddressNotOfferedError. What was sent beside a scope that is not granted is ignored.
    """
    is_asked = any(question.entry.name == EMAIL_SCOPE for question in questions.asked)
    if not is_asked or EMAIL_SCOPE not in granted:
        return ""
    if sent is None and other_addresses(person_pk):
        raise AddressNotOfferedError
    if sent and sent not in verified_addresses(person_pk):
        raise AddressNotOfferedError
    return sent or ""
