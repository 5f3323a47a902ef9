"""Four invented people who differ in everything that decides access.

Every one has all standard claims (OIDC Core §5.1). Names, addresses and numbers belong to nobody:
the domains are those of RFC 2606, the telephone numbers those set aside for films.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

PASSWORD = "everybody-may-know-this"  # noqa: S105 - printed by the launcher: everybody may know it

GROUPS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "Atlas": {"projects": ["atlas"]},
        "Engineering": {"department": "engineering"},
        "Finance": {"department": "finance"},
    }
)
"""Attributes that every member has."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody to sign in as; attributes of the groups come on top of the person's own."""

    username: str
    summary: str
    claims: Mapping[str, Any]
    attributes: Mapping[str, Any]
    groups: tuple[str, ...] = ()
    is_superuser: bool = False

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.username}@example.com"


def _address(street: str, postal_code: str, locality: str, region: str, country: str) -> Any:
    return {
        "formatted": f"{street}\n{postal_code} {locality}\n{country}",
        "street_address": street,
        "postal_code": postal_code,
        "locality": locality,
        "region": region,
        "country": country,
    }


ADA = Person(
    username="ada",
    summary="finance analyst, clearance confidential, project atlas",
    claims={
        "name": "Ada Maria Kessler",
        "given_name": "Ada",
        "middle_name": "Maria",
        "family_name": "Kessler",
        "nickname": "Addy",
        "gender": "female",
        "birthdate": "1990-12-10",
        "zoneinfo": "Europe/Berlin",
        "locale": "de-DE",
        "phone_number": "+493023125014",
        "address": _address("Ahornweg 14", "10115", "Berlin", "Berlin", "Germany"),
    },
    attributes={"roles": ["analyst"], "clearance": "confidential"},
    groups=("Atlas", "Finance"),
)
GRACE = Person(
    username="grace",
    summary="data owner, clearance secret, projects atlas and borealis",
    claims={
        "name": "Grace Ama Mensah",
        "given_name": "Grace",
        "middle_name": "Ama",
        "family_name": "Mensah",
        "nickname": "Gracie",
        "gender": "female",
        "birthdate": "1978-12-09",
        "zoneinfo": "Europe/London",
        "locale": "en-GB",
        "phone_number": "+442079460118",
        "address": _address("3 Harbour Row", "E14 1AA", "London", "England", "United Kingdom"),
    },
    attributes={
        "roles": ["analyst", "data-owner"],
        "department": "data governance",
        "projects": ["borealis"],
        "clearance": "secret",
    },
    groups=("Atlas",),
)
LINUS = Person(
    username="linus",
    summary="engineer, clearance internal, projects borealis and cirrus",
    claims={
        "name": "Linus Erik Holm",
        "given_name": "Linus",
        "middle_name": "Erik",
        "family_name": "Holm",
        "nickname": "Lino",
        "gender": "male",
        "birthdate": "1999-08-25",
        "zoneinfo": "America/New_York",
        "locale": "en-US",
        "phone_number": "+12025550143",
        "address": _address("77 Alder Street", "20001", "Washington", "DC", "United States"),
    },
    attributes={
        "roles": ["engineer"],
        "projects": ["borealis", "cirrus"],
        "clearance": "internal",
    },
    groups=("Engineering",),
)
ADMIN = Person(
    username="admin",
    summary="administrator of the provider",
    claims={
        "name": "Robin Sam Vale",
        "given_name": "Robin",
        "middle_name": "Sam",
        "family_name": "Vale",
        "nickname": "Rob",
        "gender": "non-binary",
        "birthdate": "1985",
        "zoneinfo": "UTC",
        "locale": "en",
        "phone_number": "+442079460200",
        "address": _address("1 Quay Lane", "BS1 1AA", "Bristol", "England", "United Kingdom"),
    },
    attributes={
        "roles": ["administrator"],
        "department": "operations",
        "projects": ["atlas", "borealis", "cirrus"],
        "clearance": "public",
    },
    is_superuser=True,
)
PEOPLE = (ADA, GRACE, LINUS, ADMIN)
