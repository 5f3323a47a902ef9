"""The Rego that every bundle holds: verifies tokens and approvals without a call."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

ROOTS = ("scopeward", "system/log")
"""What a bundle owns; other bundles of the same OPA stay out of it."""


@cache
def rules() -> Mapping[str, bytes]:
    """Return the files by their names in a bundle; the tests of the rules are not among them."""
    folder = files("policy.opa").joinpath("rego")
    return MappingProxyType(
        {
            f"scopeward/{entry.name}": entry.read_bytes()
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
            if entry.name.endswith(".rego") and not entry.name.endswith("_test.rego")
        }
    )
