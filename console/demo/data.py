"""The demo's Warehouse as the provider has to know it: scopes, policies, and what is sensitive."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from consent.approvals.sensitive_data import Level, SensitiveData
from foundation.directory.levels import levels
from foundation.directory.models import User
from policy import library

QUERY = "urn:scopeward:query:1"

SCOPES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "warehouse:finance": {
            "title": "Finance data",
            "sentence": "Read payments, customers and budgets in the Warehouse, as far as you may.",
            "translations": {
                "de": {
                    "title": "Finanzdaten",
                    "sentence": "Zahlungen, Kunden und Budgets im Warehouse lesen, soweit Sie es "
                    "dürfen.",
                }
            },
        },
        "warehouse:hr": {
            "title": "Staff data",
            "sentence": "Read employees and absences in the Warehouse, as far as you may.",
            "translations": {
                "de": {
                    "title": "Personaldaten",
                    "sentence": "Beschäftigte und Abwesenheiten im Warehouse lesen, soweit Sie es "
                    "dürfen.",
                }
            },
        },
    }
)

CONFIDENTIAL = MappingProxyType(
    {
        "hr.employees.salary": "Salary",
        "hr.absences.kind": "Reason of absence",
        "finance.customers.email": "Customer's e-mail address",
    }
)
RESTRICTED = MappingProxyType(
    {
        "finance.payments.card_number": "Card number",
        "finance.payments.iban": "Account number",
        "hr.employees.iban": "Account number",
    }
)


def sensitive_data(owner: User) -> Iterable[SensitiveData]:
    """Yield what whoever asks approves, then what its owner signs."""
    for pattern, label in CONFIDENTIAL.items():
        yield SensitiveData(pattern=pattern, level=Level.CONFIDENTIAL, label=label)
    for pattern, label in RESTRICTED.items():
        yield SensitiveData(
            pattern=pattern,
            level=Level.SECRET,
            label=label,
            owner=owner,
            minimum_acr=levels()[-1],
            needs_signature=True,
        )


def warehouse_policies() -> library.GalleryPolicy:
    """Return the Warehouse's policies as they come with the demo, and their test cases."""
    return library.read(Path(__file__).parent / "policies" / "warehouse.cedar")
