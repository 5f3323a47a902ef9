"""The card of one detail: what would be done, in words, exact, and nothing hidden.

It needs no approval: the consent screen shows the same card for what the person who asks decides.
As HTML: `consent/approvals/card/drawn.py`.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import translation

from claims.catalogue.details.catalogue import known_type
from claims.catalogue.details.wording import in_parts
from claims.catalogue.models import Level, SensitivityLabel
from claims.catalogue.patterns import ANYTHING, touches
from consent.approvals.card.facts import labels_told
from consent.approvals.card.highlight import Piece, pieces
from consent.approvals.models import Approval
from consent.approvals.terms import ApprovalTerms, terms_of
from foundation.base.configuration.kept import Kept
from foundation.base.texts.durations import in_words as duration
from foundation.base.texts.legible import visible
from foundation.directory.resource_servers import resource_server
from foundation.journal.chain.canonical import sha256

ORDER = [level.value for level in Level]
USUAL = ApprovalTerms()


@dataclass(frozen=True)
class Column:
    """One column that is read or written; `level` is a value of `Level`, or empty: not labelled."""

    name: str
    level: str = ""
    level_title: str = ""
    label: str = ""


@dataclass(frozen=True)
class CardTable:
    """One table with what is touched of it; without columns, all of it."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class ApprovalCard:
    """Everything that is shown of a detail. All of it is text: the template escapes it."""

    title: str
    sentence: tuple[tuple[str, bool], ...]
    """In parts, each with whether it is a value of the detail."""
    audience: str
    audience_name: str
    actions: tuple[str, ...]
    tables: tuple[CardTable, ...]
    statement: tuple[Piece, ...]
    parameters: tuple[tuple[str, str], ...]
    max_rows: int | None
    purpose: str
    single_use: bool
    use_words: str
    """How long it may be used, from its first token on."""
    facts: tuple[str, ...]
    """What of the person who asks the token tells the resource server, in words."""
    exact: str
    """The JSON, indented."""

    @property
    def highest(self) -> Column | None:
        """The most sensitive column, if any has a label."""
        labelled = [column for table in self.tables for column in table.columns if column.level]
        return max(labelled, key=lambda column: ORDER.index(column.level), default=None)


def detail_card(
    detail: Mapping[str, Any],
    audience: str,
    terms: ApprovalTerms = USUAL,
    *,
    for_person: bool = True,
) -> ApprovalCard:
    """Return the card of an `authorization_details` object for one resource server.

    `for_person` says that somebody asks, and not a client for itself.
    """
    entry = known_type(detail.get("type"))
    locale = translation.get_language()
    max_rows = detail.get("max_rows")
    return ApprovalCard(
        title=entry.title if entry else visible(str(detail.get("type", ""))),
        sentence=in_parts(entry.text("sentence", locale), detail, locale) if entry else (),
        audience=audience,
        audience_name=resource_server(audience).name,
        actions=_texts(detail.get("actions")),
        tables=tuple(_tables(_texts(detail.get("datatypes")), audience)),
        statement=pieces(str(detail.get("statement", ""))),
        parameters=tuple(_parameters(detail.get("parameters"))),
        max_rows=max_rows if isinstance(max_rows, int) else None,
        purpose=visible(str(detail.get("purpose", ""))),
        single_use=terms.single_use,
        use_words=duration(terms.use_seconds),
        facts=labels_told(audience) if for_person else (),
        exact=visible(json.dumps(dict(detail), indent=2, ensure_ascii=False)),
    )


def card_of(approval: Approval) -> ApprovalCard:
    """Return the card of what was lodged."""
    return detail_card(
        approval.detail,
        approval.audience,
        terms_of(approval),
        for_person=approval.requester_id is not None,
    )


def shown_digest(approval: Approval, locale: str, card: ApprovalCard | None = None) -> str:
    """Return the digest (SHA-256, hexadecimal) of all that a screen in this language shows.

    A form sends it back; if it has changed by then, the person has not seen what they approve.
    `card` is the one that is shown, when it is at hand.
    """
    return sha256(shown_members(approval, locale, card))


def shown_members(
    approval: Approval, locale: str, card: ApprovalCard | None = None
) -> dict[str, Any]:
    """Return all that a screen in this language shows, as JSON."""
    with translation.override(locale or "en"):
        said = asdict(card or card_of(approval))
    about = {
        "approval": str(approval.pk),
        "detail": approval.detail_digest,
        "application": approval.client.name,
        "requester": str(approval.requester_id),
        "code": approval.binding_code,
        "address": approval.address or "",
        "locale": locale,
    }
    return {"card": said, "about": about}


def _tables(names: Sequence[str], audience: str) -> Iterable[CardTable]:
    labels = _labels.get().get(audience, ())
    tables: dict[str, list[Column]] = defaultdict(list)
    for name in names:
        table, _, column = name.rpartition(".")
        tables[table or name].append(_column(column or ANYTHING, name, labels))
    return [CardTable(visible(name), tuple(columns)) for name, columns in tables.items()]


def _load_labels() -> Mapping[str, list[SensitivityLabel]]:
    labels: dict[str, list[SensitivityLabel]] = defaultdict(list)
    for label in SensitivityLabel.objects.all():
        labels[label.resource_server].append(label)
    return dict(labels)


_labels = Kept(_load_labels)


def _column(shown: str, name: str, labels: Collection[SensitivityLabel]) -> Column:
    touching = [label for label in labels if touches(label.pattern, name)]
    if not touching:
        return Column(visible(shown))
    # The loudest counts: a label that says less must not hide one that says more.
    loudest = max(touching, key=lambda label: ORDER.index(label.level))
    title = str(loudest.get_level_display())
    return Column(visible(shown), loudest.level, title, loudest.label)


def _parameters(found: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(found, Mapping):
        return []
    return [
        (visible(str(name)), visible(json.dumps(value, ensure_ascii=False)))
        for name, value in found.items()
    ]


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(visible(str(text)) for text in found) if isinstance(found, list | tuple) else ()
