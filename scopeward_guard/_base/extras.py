"""What to install where something that is optional is missing."""


def missing_extra(error: ImportError, extra: str) -> ImportError:
    """Return an error that says which extra of this package has what could not be imported."""
    return ImportError(
        f'{error.name or error} is not installed: pip install "scopeward-guard[{extra}]"',
        name=error.name,
    )
