"""The cards of the consent screen as HTML. What rows have in common is rendered once."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from claims.display.value_list import AT_ONCE, value_list
from consent.asking.addresses import AddressChoice
from consent.asking.claim_choices import ClaimChoice
from consent.screen.layout import Badge, CardOfGroups, Group, ScreenRow
from foundation.base.texts.fragments import Fragment, joined
from foundation.directory.resource_servers import ResourceServer

CARD = Fragment("consent/card.html", texts=["title", "groups"], conditions=["name"])
GROUP = Fragment("consent/group.html", texts=["rows"])
HEADED_GROUP = Fragment(
    "consent/headed_group.html",
    texts=["group", "receiver", "id", "size"],
    conditions=["is_folding"],
)
RECEIVER = Fragment(
    "consent/receiver.html", texts=["name", "audience"], conditions=["has_name", "has_address"]
)
REQUIRED = Fragment("consent/required.html", texts=["name"])
ROW = Fragment(
    "components/scope_item.html",
    texts=["name", "title", "sentence", "badges", "content", "note"],
    conditions=["is_asked", "is_ticked", "has_badges", "has_note", "is_emphasised"],
)
BADGE = Fragment("components/badge.html", texts=["text"], conditions=["kind"])
CLAIMS = Fragment(
    "components/claims.html", texts=["title", "first", "labels", "others"], conditions=["more"]
)
CLAIM = Fragment(
    "components/claim_item.html",
    texts=["label", "text", "value"],
    conditions=["is_locked", "is_ticked"],
)
ADDRESSES = Fragment("components/address_choice.html", texts=["name", "addresses"])
ADDRESS = Fragment(
    "components/address_item.html", texts=["value", "text"], conditions=["is_chosen"]
)
NOBODY = ResourceServer("", "")
"""A scope for no resource server in particular is for the application itself."""


def drawn_cards(cards: Iterable[CardOfGroups], *, are_folding: bool) -> SafeString:
    """Return the cards in the active language; `are_folding`: so long that groups can be folded."""
    drawing = _Drawing(get_language() or "")
    return joined(drawing.card(card, are_folding=are_folding) for card in cards)


class _Drawing:
    def __init__(self, language: str) -> None:
        self.language = language

    def card(self, card: CardOfGroups, *, are_folding: bool) -> SafeString:
        is_headed = are_folding or card.has_receivers
        groups = (
            self._headed(group, f"receiver-{card.name}-{number}", is_folding=are_folding)
            if is_headed
            else self._group(group)
            for number, group in enumerate(card.groups, start=1)
        )
        texts = {"title": card.title, "groups": joined(groups)}
        return CARD.draw(self.language, texts, card.name)

    def _headed(self, group: Group, receiver_id: str, *, is_folding: bool) -> SafeString:
        texts = {
            "group": self._group(group),
            "receiver": self._receiver(group.receiver or NOBODY),
            "id": receiver_id,
            "size": group.size,
        }
        return HEADED_GROUP.draw(self.language, texts, is_folding)

    def _receiver(self, receiver: ResourceServer) -> SafeString:
        texts = {"name": receiver.name, "audience": receiver.audience}
        has_address = receiver.name != receiver.audience
        return RECEIVER.draw(self.language, texts, bool(receiver.audience), has_address)

    def _group(self, group: Group) -> SafeString:
        """Return its scopes: what is not up to the person first."""
        required, language = group.required, self.language
        rows = [self._row(row, is_asked=False) for row in (*group.implicit, *required)]
        rows += [self._row(row, is_asked=True) for row in group.choices]
        sent = [REQUIRED.draw(language, {"name": row.entry.name}) for row in required]
        return joined([GROUP.draw(language, {"rows": joined(rows)}), *sent])

    def _row(self, row: ScreenRow, *, is_asked: bool) -> SafeString:
        texts = {
            "name": row.entry.name,
            "title": row.title,
            "sentence": row.sentence,
            "badges": joined(self._badge(badge) for badge in row.badges),
            "content": self._content(row),
            "note": row.note,
        }
        conditions = (
            is_asked,
            is_asked and row.ticked,
            bool(row.badges),
            bool(row.note),
            row.entry.is_emphasised,
        )
        return ROW.draw(self.language, texts, *conditions)

    def _badge(self, badge: Badge) -> SafeString:
        return BADGE.draw(self.language, {"text": badge.text}, badge.kind)

    def _content(self, row: ScreenRow) -> SafeString:
        """Return the values, or what there is to choose instead of only being read."""
        addresses = self._addresses(row) if row.addresses else SafeString("")
        if row.claims:
            return joined([self._claims(row), addresses])
        return addresses or value_list(self.language, row.title, row.values)

    def _claims(self, row: ScreenRow) -> SafeString:
        drawn = [self._claim(choice) for choice in row.claims]
        texts = {
            "title": row.title,
            "first": joined(drawn[:AT_ONCE]),
            "labels": ", ".join(choice.label for choice in row.claims[AT_ONCE:]),
            "others": joined(drawn[AT_ONCE:]),
        }
        return CLAIMS.draw(self.language, texts, len(drawn) > AT_ONCE)

    def _claim(self, choice: ClaimChoice) -> SafeString:
        texts = {"label": choice.label, "text": choice.text, "value": choice.value}
        return CLAIM.draw(self.language, texts, choice.locked, choice.ticked)

    def _addresses(self, row: ScreenRow) -> SafeString:
        drawn = joined(self._address(choice) for choice in row.addresses)
        return ADDRESSES.draw(self.language, {"name": row.entry.name, "addresses": drawn})

    def _address(self, choice: AddressChoice) -> SafeString:
        texts = {"value": choice.value, "text": choice.text}
        return ADDRESS.draw(self.language, texts, choice.chosen)
