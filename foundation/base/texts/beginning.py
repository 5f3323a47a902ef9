"""Indexes that find texts by how they begin, among millions."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table


class BeginningIndex(models.Index):
    """Finds the rows whose one column begins with a text, in capitals or not (`istartswith`).

    PostgreSQL compares beginnings by index only where the index compares characters, and not by
    the rules of a language: `text_pattern_ops`. What SQLite compares it reads, so there it only
    keeps the schema the same.
    """

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        """Return the statement that makes it."""
        quote = schema_editor.quote_name
        ((field, _),) = self.fields_orders
        (column,) = (one.column for one in model._meta.fields if one.name == field)  # noqa: SLF001
        pattern = schema_editor.connection.vendor == "postgresql"
        return Statement(
            "CREATE INDEX %(name)s ON %(table)s (%(beginning)s)",
            name=quote(self.name),
            table=Table(model._meta.db_table, quote),  # noqa: SLF001
            beginning=f"UPPER({quote(str(column))}){' text_pattern_ops' if pattern else ''}",
        )
