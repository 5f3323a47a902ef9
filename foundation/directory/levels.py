"""How strong a sign-in is: the one order of levels, and the one comparison.

The levels are `acr` values (OIDC Core §2), weakest first, each of them for one strength. They are
named in the administration and kept under the configuration epoch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps as installed
from django.utils.translation import get_language

from foundation.base.configuration.kept import Derived, Kept
from foundation.directory.factors.proofs import Strength

ACR_ONE_FACTOR = "urn:scopeward:acr:1"
"""The level of a password alone, as it is called where nobody has named the levels anew."""


@dataclass(frozen=True, slots=True)
class KnownLevel:
    """One level; its place in the order is its strength."""

    value: str
    title: str
    translations: Mapping[str, Mapping[str, str]]

    def in_words(self) -> str:
        """Return its title in the active language, and its value."""
        said = self.translations.get(get_language() or "", {}).get("title") or self.title
        return f"{said} ({self.value})"


def _level(place: int, title: str, german: str) -> KnownLevel:
    return KnownLevel(f"urn:scopeward:acr:{place}", title, {"de": {"title": german}})


DEFAULTS = (
    _level(1, "One factor", "Ein Faktor"),
    _level(2, "Two factors", "Zwei Faktoren"),
    _level(3, "Passkey, resistant to phishing", "Passkey, gegen Phishing gefeit"),
)


def install_defaults(apps: Any = installed) -> None:
    """Create the levels where there are none; `apps` as in migrations."""
    model = apps.get_model("directory", "SignInLevel")
    if not model.objects.exists():
        rows = (
            model(takes=place, value=each.value, title=each.title, translations=each.translations)
            for place, each in enumerate(DEFAULTS, 1)
        )
        model.objects.bulk_create(rows)


def known_levels() -> tuple[KnownLevel, ...]:
    """Return the levels, weakest first. Warm: no statement."""
    return _known.get()


def levels() -> tuple[str, ...]:
    """Return their values, weakest first. Warm: no statement."""
    return _values.get()


def satisfies(acr: str, minimum: str) -> bool:
    """Say whether a sign-in is strong enough. A level that nobody knows never is, nor satisfied."""
    if not minimum:
        return True
    order = levels()
    return acr in order and minimum in order and order.index(acr) >= order.index(minimum)


def acr_of(strength: Strength) -> str:
    """Return the level that a sign-in of this strength has reached."""
    order = levels()
    return order[min(strength, len(order)) - 1]


def strength_for(acr: str) -> Strength:
    """Return the strength that a level needs; the least for one that nobody knows."""
    order = levels()
    return Strength(min(order.index(acr) + 1, len(Strength))) if acr in order else Strength(1)


def _load() -> tuple[KnownLevel, ...]:
    """Return the levels from the weakest up to the first strength that has none.

    A gap would move what is above it down by one strength.
    """
    columns = ("takes", "value", "title", "translations")
    rows = _model().objects.order_by("takes").values_list(*columns)
    unbroken = (KnownLevel(*said) for place, (takes, *said) in enumerate(rows, 1) if takes == place)
    return tuple(unbroken) or DEFAULTS


def _model() -> Any:
    return installed.get_model("directory", "SignInLevel")


_known = Kept(_load)
_values = Derived(lambda: tuple(level.value for level in _known.get()))
