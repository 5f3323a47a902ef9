"""The scope catalogue, kept in process under the configuration epoch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language

from claims.epoch import Kept
from claims.standard import SCOPE_CLAIMS
from consent.default_scopes import DEFAULT_SCOPES
from consent.models import Policy, Scope


@dataclass(frozen=True)
class CatalogueEntry:
    """One scope: what it means, and how it is put to people."""

    name: str
    policy: str
    """A value of `consent.models.Policy`."""
    card: str
    """A value of `consent.models.Card`."""
    ticked: bool
    resource_server: str
    """The audience it is for; empty when it is for no particular one."""
    minimum_acr: str
    maximum_lifetime: int | None
    """Seconds it may be granted for, or None: no limit."""
    text_version: int
    is_active: bool
    texts: Mapping[str, Mapping[str, str]] = field(repr=False, hash=False)
    """`{language: {"title": …, "sentence": …}}`; English, under "en", is complete."""

    @property
    def title(self) -> str:
        """A few words, in the language of the reader."""
        return self._text("title")

    @property
    def sentence(self) -> str:
        """What the application may do, in the language of the reader."""
        return self._text("sentence")

    @property
    def claims(self) -> tuple[str, ...]:
        """The standard claims it releases (OIDC Core §5.4)."""
        return SCOPE_CLAIMS.get(self.name, ())

    @property
    def is_implicit(self) -> bool:
        """Granted without a question of its own."""
        return self.policy == Policy.IMPLICIT

    @property
    def is_required(self) -> bool:
        """To refuse it is to refuse the whole request."""
        return self.policy == Policy.REQUIRED

    @property
    def is_emphasised(self) -> bool:
        """Asked with a warning."""
        return self.policy == Policy.EMPHASISED

    @property
    def is_for_clients(self) -> bool:
        """Only for clients that act for themselves."""
        return self.policy == Policy.CLIENT

    @property
    def is_for_people(self) -> bool:
        """Whether people can grant it now."""
        return self.is_active and not self.is_for_clients

    def _text(self, part: str) -> str:
        language = (get_language() or "en").lower()
        for candidate in (language, language.partition("-")[0]):
            if text := self.texts.get(candidate, {}).get(part):
                return text
        return self.texts["en"][part]


def all_scopes() -> Mapping[str, CatalogueEntry]:
    """Return every entry by name, inactive ones too, in catalogue order. Warm: no statement."""
    return _catalogue.get()


def known(names: Collection[str]) -> tuple[CatalogueEntry, ...]:
    """Return what people can grant of these names, in catalogue order; others are left out."""
    return tuple(
        entry for entry in all_scopes().values() if entry.is_for_people and entry.name in names
    )


def install_defaults(scope_model: type[Scope] = Scope) -> None:
    """Add the default scopes that are missing; existing ones are left as they are.

    `scope_model` lets a migration pass the model as it was then.
    """
    for position, (name, values) in enumerate(DEFAULT_SCOPES.items(), start=1):
        scope_model.objects.get_or_create(name=name, defaults={"position": position * 10, **values})


def _load() -> Mapping[str, CatalogueEntry]:
    return MappingProxyType({scope.name: _entry(scope) for scope in Scope.objects.all()})


def _entry(scope: Scope) -> CatalogueEntry:
    return CatalogueEntry(
        name=scope.name,
        policy=scope.policy,
        card=scope.card,
        ticked=scope.ticked,
        resource_server=scope.resource_server,
        minimum_acr=scope.minimum_acr,
        maximum_lifetime=scope.maximum_lifetime,
        text_version=scope.text_version,
        is_active=scope.is_active,
        texts=_texts(scope),
    )


def _texts(scope: Scope) -> Mapping[str, Mapping[str, str]]:
    translations: dict[str, Any] = scope.translations
    texts = {language.lower(): texts for language, texts in translations.items()}
    return MappingProxyType(texts | {"en": {"title": scope.title, "sentence": scope.sentence}})


_catalogue = Kept(_load)
