"""The library for resource servers, against a provider that is a function."""
