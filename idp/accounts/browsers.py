"""What to call a browser, from its User-Agent header: enough to recognise one's own devices."""

from django.utils.translation import gettext as _

# Order is meaning: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
LOOKED_AT = 512
"""Characters of the header; browsers say who they are well before."""


def describe(user_agent: str) -> str:
    """Return words such as "Firefox on Linux"."""
    return in_words(*recognise(user_agent))


def recognise(user_agent: str) -> tuple[str, str]:
    """Return the names of browser and system; empty where unknown."""
    start = user_agent[:LOOKED_AT]
    return _first(BROWSERS, start), _first(SYSTEMS, start)


def in_words(browser: str, system: str) -> str:
    """Return words for the names of browser and system."""
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or _("Unknown browser")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
