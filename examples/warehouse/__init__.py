"""Warehouse: a resource server over finance and HR data, protected by `scopeward_guard`."""
