"""What every part needs is written once: each of these has one home, and nobody writes it anew."""

import re

import pytest

from tests.architecture.test_modules import modules, relative

HOMES = {
    "base64url (RFC 7515 §2)": (
        r"urlsafe_b64|base64url_(?:en|de)code",
        {"scopeward_guard/_base/strict_json.py"},
    ),
    "canonical JSON (RFC 8785)": (r"\brfc8785\.", {"scopeward_guard/_binding/digest.py"}),
    "strict JSON (RFC 8259 §4)": (
        r"object_pairs_hook|parse_constant",
        {"scopeward_guard/_base/strict_json.py"},
    ),
    "text that databases take": (
        r'(?:replace\(|in \w+ |^\s*return )"\\(?:0|x00)"|"\\(?:0|x00)" (?:not )?in\b',
        {"foundation/base/texts/storable.py"},
    ),
    "the list of what is denied": (r"^class DenyList\b", {"scopeward_guard/_tokens/deny_list.py"}),
}
ELSEWHERE = {
    "scopeward_guard/sql/": "a NUL in SQL is no question of storing: names and statements end there"
}
"""Where the same letters mean something else, with the reason."""


@pytest.mark.parametrize("thing", HOMES)
def test_it_is_written_in_its_home_alone(thing: str) -> None:
    pattern, homes = HOMES[thing]
    found = {
        relative(path)
        for path in modules()
        if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
        and not relative(path).startswith(tuple(ELSEWHERE))
    }

    assert found <= homes
    assert thing == "text that databases take" or found == homes
