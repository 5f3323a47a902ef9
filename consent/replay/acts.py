"""Reading acts: ids as text, whoever they are about, and what is known of the tables."""

from django.db.models import Model

from foundation.directory.models import Client, User
from foundation.journal.chain.rows import ChainRow


def person_of(row: ChainRow) -> str | None:
    """Return the key of the person; None when it was erased, or is in a file that is not here."""
    return (row.personal or {}).get("person") or None


def said_of(row: ChainRow, name: str) -> str | None:
    """Return a member of the personal part; None when nobody can know any more."""
    if row.erased_in or row.personal is None:
        return None
    value = row.personal.get(name, "")
    return str(value)


def keys_of(model: type[Model]) -> set[str]:
    """Return all keys of a table, as acts write them."""
    keys = model._default_manager.values_list("pk", flat=True)  # noqa: SLF001 - documented
    return {str(key) for key in keys.iterator()}


def people() -> set[str]:
    """Return the keys of everybody who has an account."""
    return keys_of(User)


def applications() -> set[str]:
    """Return the keys of all applications."""
    return keys_of(Client)
