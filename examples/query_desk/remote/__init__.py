"""The provider and the Warehouse, asked over HTTP."""
