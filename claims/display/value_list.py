"""Released values as a list in HTML: the first three, the others behind their labels."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from foundation.base.texts.fragments import Fragment, joined

AT_ONCE = 3
"""So many are seen without unfolding."""

ALONE = Fragment("components/value_alone.html", texts=["text"])
PAIR = Fragment("components/value_pair.html", texts=["label", "text"])
LIST = Fragment("components/values.html", texts=["first", "labels", "others"], conditions=["more"])
NOTHING = SafeString("")


def value_list(language: str, title: str, values: Sequence[tuple[str, str]]) -> SafeString:
    """Return (label, value) pairs of what is called `title`; one called like it needs no label."""
    if not values:
        return NOTHING
    if len(values) == 1 and values[0][0] == title:
        return ALONE.draw(language, {"text": values[0][1]})
    pairs = [PAIR.draw(language, {"label": label, "text": text}) for label, text in values]
    texts = {
        "first": joined(pairs[:AT_ONCE]),
        "labels": ", ".join(label for label, _ in values[AT_ONCE:]),
        "others": joined(pairs[AT_ONCE:]),
    }
    return LIST.draw(language, texts, len(values) > AT_ONCE)
