"""AWS session tags: facts about a person that IAM policies compare (`aws:PrincipalTag`).

AWS reads them from the token that is given to AssumeRoleWithWebIdentity. It refuses the whole call
for one tag outside its limits, so a value that does not fit is left out here, never shortened:
policies have to give nothing to a session without the tag.
"""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

CLAIM = "https://aws.amazon.com/tags"
PREFIX = f"{CLAIM}/principal_tags/"
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
"""The limits of the STS API: tags, characters, characters."""

PUNCTUATION = frozenset("_.:/=+-@")
RESERVED_PREFIX = "aws:"


def complaint(key: str, others: Collection[str]) -> str | None:
    """Say in one sentence why `key` cannot be a tag beside the others; None when it can."""
    if not 0 < len(key) <= LONGEST_KEY:
        return _("The name of a tag has 1 to %(n)d characters.") % {"n": LONGEST_KEY}
    if not _is_allowed(key):
        return _("The name of a tag has letters, digits, and _ . : / = + - @ only.")
    if key.casefold().startswith(RESERVED_PREFIX):
        return _("Names of tags that begin with aws: belong to AWS.")
    # "Department" and "department" are one tag to AWS, and it refuses a token with both.
    if key.casefold() in {other.casefold() for other in others}:
        return _("There is a tag of this name; capital letters make no difference.")
    if len(others) >= MOST_TAGS:
        return _("A session has %(n)d tags at most.") % {"n": MOST_TAGS}
    return None


def carried(value: Any) -> str | None:
    """Return the one text that stands for a claim's value; None when there is no such text.

    A level is its position and a flag `true` or `false`. A tag has one value, so a list of one is
    that one, and a list of several is no tag: to choose for the person, or to join what a policy
    compares as a whole, would decide access by accident.
    """
    if isinstance(value, list):
        return carried(value[0]) if len(value) == 1 else None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if 0 < len(text) <= LONGEST_VALUE and _is_allowed(text) else None


def whole(parts: Mapping[str, str]) -> dict[str, Any]:
    """Return the claim's object. All tags are transitive.

    A transitive tag goes along when the session assumes another role, and that call cannot give it
    another value.
    """
    return {
        "principal_tags": {key: [value] for key, value in parts.items()},
        "transitive_tag_keys": list(parts),
    }


def _is_allowed(text: str) -> bool:
    """Whether STS takes these characters: letters, spaces, numbers (`L`, `Z`, `N`) and a few.

    None of them is a wildcard or opens a variable in a policy.
    """
    return all(char in PUNCTUATION or unicodedata.category(char)[0] in "LZN" for char in text)
