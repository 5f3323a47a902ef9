"""Policies that come with Scopeward: Cedar text, with a TOML file beside it that explains it.

policy/gallery/business_hours.cedar     the policies; $name stands for a parameter
policy/gallery/business_hours.toml      title, explanation, parameters, cases; other languages
                                        in tables of their own, such as [de]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from django.utils.translation import get_language

from policy.parameters import Parameter, Value

FOLDER = Path(__file__).parent
MONDAY_NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
"""When a case asks that says nothing of time, so that it answers the same tomorrow."""
Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class GalleryPolicy:
    """Policies that somebody may take over, with everything that is said of them."""

    name: str
    source: str
    words: Mapping[str, Json]
    parameters: tuple[Parameter, ...]
    cases: tuple[Json, ...]
    """Columns of `PolicyCase`, true of the policies with the values they suggest."""
    data: Mapping[str, list[str]] = field(default_factory=dict)
    """The tables and columns there are, where the policies are for data that is known."""

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return str(self._said("title"))

    @property
    def explanation(self) -> str:
        """What it does, in the language of the page."""
        return str(self._said("explanation"))

    def text(self, values: Mapping[str, Value] | None = None) -> str:
        """Return the policies with these values, or with the suggested ones.

        Raises ValidationError for a value that its parameter does not take.
        """
        given = values or {}
        literals = {
            parameter.name: parameter.literal(given.get(parameter.name, parameter.default))
            for parameter in self.parameters
        }
        return Template(self.source).substitute(literals)

    def _said(self, name: str) -> Any:
        language = (get_language() or "en").partition("-")[0]
        return self.words.get(language, {}).get(name) or self.words["en"][name]


@cache
def gallery() -> tuple[GalleryPolicy, ...]:
    """Return every policy of the gallery, in the order of the files' names."""
    return tuple(read(path) for path in sorted((FOLDER / "gallery").glob("*.cedar")))


@cache
def starter(name: str) -> GalleryPolicy:
    """Return a starter set: `provider`, or `resource_server` for anything else's."""
    return read(FOLDER / "starter" / f"{name}.cedar")


def read(path: Path) -> GalleryPolicy:
    """Return the policies of a file, with what the TOML file beside it says."""
    said = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    return GalleryPolicy(
        name=path.stem,
        source=path.read_text(encoding="utf-8"),
        words={"en": said, **{key: said[key] for key in said if isinstance(said[key], dict)}},
        parameters=tuple(Parameter(**entry) for entry in said.get("parameters", ())),
        cases=tuple(_case(entry) for entry in said.get("cases", ())),
        data=said.get("data", {}),
    )


def _case(entry: Json) -> dict[str, Any]:
    context = {
        name: int(value.timestamp()) if isinstance(value, datetime) else value
        for name, value in entry.get("context", {}).items()
    }
    evaluation = {
        "subject": {"type": "user", "id": "ada", "properties": {}, **entry.get("subject", {})},
        "action": {"name": entry["action"], "properties": {}},
        "resource": {"properties": {}, **entry["resource"]},
        "context": {"scopes": [], "time": MONDAY_NOON, **context},
    }
    return {
        "title": entry["title"],
        "evaluation": evaluation,
        "permit": entry["permit"],
        "expected": entry.get("expected", {}),
    }
