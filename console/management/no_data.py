"""What a command says where there is no data yet: a fresh clone, or another data folder."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper


def is_empty(database: BaseDatabaseWrapper = connection) -> bool:
    """Say whether a database has no tables; one that cannot be asked does not count as empty."""
    try:
        return not database.introspection.table_names()
    except DatabaseError:
        return False


def no_data() -> str:
    """Return the sentence that says where to look."""
    return (
        f"There is no data in {settings.DATA_DIR} yet. `make run` makes it. "
        "The demo keeps its own: DATA_DIR=var/demo manage.py …"
    )
