"""The types of authorization details, kept in process under the configuration epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from jsonschema import Draft202012Validator

from claims.catalogue.details.defaults import DEFAULT_TYPES
from claims.catalogue.models import AuthorizationDetailsType
from claims.catalogue.models.details_schema import validator_of
from foundation.base.configuration.kept import Kept


@dataclass(frozen=True)
class DetailsType:
    """One type of authorization details. Durations are seconds."""

    type: str
    version: int
    resource_server: str
    """The audience it is for; empty when each detail names its own in `locations`."""
    single_use: bool
    token_lifetime: int
    """Never longer than that of other access tokens, nor than what was approved may be used."""
    approval_lifetime: int
    """How long it may be used from its first token on."""
    request_lifetime: int
    """How long a request may wait for approval."""
    may_be_narrowed: bool
    minimum_acr: str
    maximum_age: int | None
    """Age of the approver's sign-in, or None: any."""
    needs_signature: bool
    """Whether a yes is a passkey's signature under what was shown."""
    description: str
    documentation_uri: str
    is_active: bool
    schema: Mapping[str, Any] = field(repr=False, hash=False)
    example: Mapping[str, Any] = field(repr=False, hash=False)
    texts: Mapping[str, Mapping[str, str]] = field(repr=False, hash=False)
    """`{language: {"title": …, "sentence": …}}`; English, under "en", is complete."""

    @property
    def title(self) -> str:
        """A few words, in the language of the reader."""
        return self.text("title", get_language())

    @cached_property
    def validator(self) -> Draft202012Validator:
        """The schema, ready to be applied."""
        return validator_of(self.schema)

    def text(self, part: str, locale: str | None) -> str:
        """Return "title" or "sentence" in a language, in English when there is none."""
        language = (locale or "en").lower()
        for candidate in (language, language.partition("-")[0]):
            if text := self.texts.get(candidate, {}).get(part):
                return text
        return self.texts["en"][part]


def all_types() -> Mapping[str, DetailsType]:
    """Return every type by its identifier, inactive ones too. Warm: no statement."""
    return _types.get()


def known_type(identifier: Any) -> DetailsType | None:
    """Return an active type; None for everything else, of whatever kind it is."""
    entry = all_types().get(identifier) if isinstance(identifier, str) else None
    return entry if entry is not None and entry.is_active else None


def install_defaults(model: type[AuthorizationDetailsType] = AuthorizationDetailsType) -> None:
    """Add the default types that are missing; existing ones are left as they are.

    `model` lets a migration pass the model as it was then.
    """
    for identifier, values in DEFAULT_TYPES.items():
        model.objects.get_or_create(type=identifier, defaults=values)


def entry_of(row: AuthorizationDetailsType) -> DetailsType:
    """Return a row as the catalogue holds it; it need not have been saved."""
    token_lifetime = min(row.token_lifetime, settings.SCOPEWARD.access_token_lifetime)
    approval_lifetime = token_lifetime if row.single_use else row.approval_lifetime
    return DetailsType(
        type=row.type,
        version=row.version,
        resource_server=row.resource_server,
        single_use=row.single_use,
        token_lifetime=min(token_lifetime, approval_lifetime),
        approval_lifetime=approval_lifetime,
        request_lifetime=row.request_lifetime,
        may_be_narrowed=row.may_be_narrowed,
        minimum_acr=row.minimum_acr,
        maximum_age=row.maximum_age,
        needs_signature=row.needs_signature,
        description=row.description,
        documentation_uri=row.documentation_uri,
        is_active=row.is_active,
        schema=row.schema,
        example=row.example,
        texts=_texts(row),
    )


def _load() -> Mapping[str, DetailsType]:
    rows = AuthorizationDetailsType.objects.all()
    return MappingProxyType({row.type: entry_of(row) for row in rows})


def _texts(row: AuthorizationDetailsType) -> Mapping[str, Mapping[str, str]]:
    translations: dict[str, Any] = row.translations
    texts = {language.lower(): texts for language, texts in translations.items()}
    return MappingProxyType(texts | {"en": {"title": row.title, "sentence": row.sentence}})


_types = Kept(_load)
