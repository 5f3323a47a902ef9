"""A person's history as HTML. What its entries have in common is rendered once."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent.my_access.timeline import TimelineEntry
from foundation.base.texts.dates import DatesInWords
from foundation.base.texts.fragments import Fragment, joined
from foundation.base.texts.legible import visible

OPTIONAL = ("quote", "shared_email", "scopes", "reason", "address", "browser")
MOMENT = Fragment(
    "consent/moment.html",
    texts=["sentence", *OPTIONAL, "moment", "machine_readable"],
    conditions=[
        "has_quote", "has_email", "has_scopes", "has_reason", "has_address", "has_browser",
    ],
)  # fmt: skip


def moments_drawn(entries: Iterable[TimelineEntry]) -> SafeString:
    """Return the entries of one page, in their order."""
    language, dates = get_language() or "", DatesInWords()
    return joined(_drawn(entry, language, dates) for entry in entries)


def _drawn(entry: TimelineEntry, language: str, dates: DatesInWords) -> SafeString:
    texts = {
        "sentence": entry.sentence,
        "quote": entry.quote,
        "shared_email": entry.shared_email,
        "scopes": entry.scopes,
        "reason": visible(entry.reason) if entry.reason else "",
        "address": entry.address,
        "browser": entry.browser,
        "moment": dates.minute(entry.at),
        "machine_readable": dates.machine_readable(entry.at),
    }
    return MOMENT.draw(language, texts, *(bool(texts[name]) for name in OPTIONAL))
