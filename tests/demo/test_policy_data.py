"""What the demo's policies may name is what the Warehouse has."""

from warehouse.catalogue import TABLES

from console.demo.data import warehouse_policies


def test_policies_know_the_tables_and_columns_of_the_warehouse() -> None:
    known = {table: list(columns) for table, columns in TABLES.items()}

    assert dict(warehouse_policies().data) == known
