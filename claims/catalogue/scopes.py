"""The scope catalogue, kept in process under the configuration epoch."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.utils.translation import get_language

from claims.catalogue import parameters
from claims.catalogue.default_scopes import DEFAULT_SCOPES
from claims.catalogue.models import Scope, ScopePolicy
from claims.names.standard import SCOPE_CLAIMS
from foundation.base.configuration.kept import Kept


@dataclass(frozen=True)
class CatalogueEntry:
    """One scope: what it means, and how it is put to people."""

    name: str
    """As it is asked for and granted: `report:2026-q3`."""
    template: str
    """As it stands in the catalogue: `report:{id}`; most scopes have no parameters, so the name."""
    policy: str
    """A value of `claims.catalogue.models.Policy`."""
    card: str
    """A value of `claims.catalogue.models.Card`."""
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
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What stands for the parameters."""

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
        return SCOPE_CLAIMS.get(self.template, ())

    @cached_property
    def is_implicit(self) -> bool:
        """Granted without a question of its own."""
        return self.policy == ScopePolicy.IMPLICIT

    @cached_property
    def is_required(self) -> bool:
        """To refuse it is to refuse the whole request."""
        return self.policy == ScopePolicy.REQUIRED

    @cached_property
    def is_emphasised(self) -> bool:
        """Asked with a warning."""
        return self.policy == ScopePolicy.EMPHASISED

    @cached_property
    def is_for_clients(self) -> bool:
        """Only for clients that act for themselves."""
        return self.policy == ScopePolicy.CLIENT

    @cached_property
    def is_for_people(self) -> bool:
        """Whether people can grant it now."""
        return self.is_active and not self.is_for_clients

    def _text(self, part: str) -> str:
        language = (get_language() or "en").lower()
        for candidate in (language, language.partition("-")[0], "en"):
            if text := self.texts.get(candidate, {}).get(part):
                return parameters.filled(text, self.values)
        return ""


def all_scopes() -> Mapping[str, CatalogueEntry]:
    """Return every entry by its name in the catalogue, inactive ones too, in catalogue order.

    Templates are among them; what a request or a grant speaks of goes through `find`.
    """
    return _catalogue.get().by_name


def find(name: str) -> CatalogueEntry | None:
    """Return what a scope means, also one made from a template; None for an unknown one.

    The name of a template is no scope itself. Warm: no statement.
    """
    return _catalogue.get().find(name)


def found(names: Iterable[str]) -> tuple[CatalogueEntry, ...]:
    """Return what these names mean, in their order; unknown ones are left out."""
    kept = _catalogue.get()
    return tuple(entry for name in names if (entry := kept.find(name)))


def templates_of(names: Collection[str]) -> frozenset[str]:
    """Return the catalogue's names of scopes: what claims go by. Unknown ones are left out."""
    return frozenset(entry.template for entry in found(names))


def known(names: Collection[str]) -> tuple[CatalogueEntry, ...]:
    """Return what people can grant of these names, in catalogue order; others are left out."""
    return askable(found(set(names)))


def askable(entries: Iterable[CatalogueEntry]) -> tuple[CatalogueEntry, ...]:
    """Return the entries that people can grant, in catalogue order."""
    places = _catalogue.get().places
    return tuple(sorted((e for e in entries if e.is_for_people), key=lambda e: _place(e, places)))


def in_order(names: Collection[str]) -> list[str]:
    """Return names in catalogue order, those that nobody knows any more last."""
    order = _catalogue.get().places
    places = {entry.name: _place(entry, order) for entry in found(names)}
    return sorted(names, key=lambda name: places.get(name, (len(order), "")))


def install_defaults(scope_model: type[Scope] = Scope) -> None:
    """Add the default scopes that are missing; existing ones are left as they are.

    `scope_model` lets a migration pass the model as it was then.
    """
    for position, (name, values) in enumerate(DEFAULT_SCOPES.items(), start=1):
        scope_model.objects.get_or_create(name=name, defaults={"position": position * 10, **values})


@dataclass(frozen=True)
class _Catalogue:
    by_name: Mapping[str, CatalogueEntry]
    plain: Mapping[str, CatalogueEntry]
    """Those that are scopes as they stand: no templates."""
    places: Mapping[str, int]
    templates: tuple[CatalogueEntry, ...]

    def find(self, name: str) -> CatalogueEntry | None:
        if name in self.by_name:
            return self.plain.get(name)
        for template in self.templates:
            values = parameters.values_in(name, template.name)
            if values is not None:
                return replace(template, name=name, values=values)
        return None


def _load() -> _Catalogue:
    entries = {scope.name: _entry(scope) for scope in Scope.objects.all()}
    templates = tuple(e for e in entries.values() if parameters.is_template(e.name))
    return _Catalogue(
        by_name=MappingProxyType(entries),
        plain={name: entry for name, entry in entries.items() if entry not in templates},
        places={name: place for place, name in enumerate(entries)},
        templates=templates,
    )


def _place(entry: CatalogueEntry, order: Mapping[str, int]) -> tuple[int, str]:
    return order.get(entry.template, 0), entry.name


def _entry(scope: Scope) -> CatalogueEntry:
    return CatalogueEntry(
        name=scope.name,
        template=scope.name,
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
