"""Levels of sign-in under other names."""

from foundation.directory.models import SignInLevel


def name_levels(*values: str) -> None:
    """Let these be the levels, weakest first."""
    SignInLevel.objects.all().delete()
    for takes, value in enumerate(values, 1):
        SignInLevel.objects.create(takes=takes, value=value, title=f"Level {takes}")
