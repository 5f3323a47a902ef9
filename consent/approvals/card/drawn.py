"""The card of one detail as HTML: what cards have in common is rendered once."""

from django.utils.formats import localize
from django.utils.safestring import SafeString

from consent.approvals.card.contents import ApprovalCard, CardTable, Column
from foundation.base.texts.fragments import Fragment, escaped, joined

CARD = Fragment(
    "consent/approvals/card.html",
    texts=[
        "title", "sentence", "purpose", "statement", "parameters", "tables", "actions", "max_rows",
        "audience_name", "audience", "duration", "facts", "exact",
    ],
    conditions=[
        "has_sentence", "has_purpose", "has_statement", "has_parameters", "has_tables",
        "has_actions", "has_max_rows", "has_name", "is_single_use", "has_facts",
    ],
)  # fmt: skip
PIECE = Fragment("consent/approvals/piece.html", texts=["text"], conditions=["kind"])
PARAMETER = Fragment("consent/approvals/parameter.html", texts=["name", "value"])
TABLE = Fragment("consent/approvals/table.html", texts=["name", "columns"])
COLUMN = Fragment(
    "consent/approvals/column.html",
    texts=["name", "level_title", "label"],
    conditions=["level", "has_label"],
)


def card_drawn(language: str, card: ApprovalCard) -> SafeString:
    """Return a card as HTML in the active language, which is `language`."""
    texts = {
        "title": card.title,
        "sentence": _sentence(language, card),
        "purpose": card.purpose,
        "statement": joined(
            PIECE.draw(language, {"text": piece.text}, piece.kind) for piece in card.statement
        ),
        "parameters": joined(
            PARAMETER.draw(language, {"name": name, "value": value})
            for name, value in card.parameters
        ),
        "tables": joined(_table(language, table) for table in card.tables),
        "actions": ", ".join(card.actions),
        "max_rows": localize(card.max_rows) if card.max_rows else "",
        "audience_name": card.audience_name,
        "audience": card.audience,
        "duration": card.use_words,
        "facts": ", ".join(card.facts),
        "exact": card.exact,
    }
    there = ("sentence", "purpose", "statement", "parameters", "tables", "actions", "max_rows")
    conditions = (
        *(bool(texts[name]) for name in there),
        card.audience_name != card.audience,
        card.single_use,
        bool(card.facts),
    )
    return CARD.draw(language, texts, *conditions)


def _sentence(language: str, card: ApprovalCard) -> SafeString:
    """Return the sentence; what are values of the detail stand on their own, whatever they are."""
    return joined(
        PIECE.draw(language, {"text": part}, "") if is_value else SafeString(escaped(part))
        for part, is_value in card.sentence
    )


def _table(language: str, table: CardTable) -> SafeString:
    columns = joined(_column(language, column) for column in table.columns)
    return TABLE.draw(language, {"name": table.name, "columns": columns})


def _column(language: str, column: Column) -> SafeString:
    texts = {"name": column.name, "level_title": column.level_title, "label": column.label}
    return COLUMN.draw(language, texts, column.level, bool(column.label))
