"""Where networks are, if the operator says so. Nothing is bundled, nothing is asked online.

The setting NETWORK_LOCATOR names a file that ends in `.csv`, or the dotted path of a function that
takes nothing and returns a `Locator`. Each line of the file has network, latitude and longitude,
such as `192.0.2.0/24,51.5,-0.12`; the most specific network wins. A first line of titles and empty
lines are passed over.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from foundation.directory.risk.context import Coordinates, Locator, nowhere

Key = tuple[int, int, int]
"""IP version, prefix length, the leading bits."""


def current_locator() -> Locator:
    """Return the locator that the settings name, made once; one that knows nothing without any.

    Raises `ImproperlyConfigured` when there is none by that name or the file is malformed.
    """
    return _made(settings.NETWORK_LOCATOR)


@lru_cache(maxsize=4)
def _made(name: str) -> Locator:
    if not name:
        return nowhere
    try:
        if not name.endswith(".csv"):
            locator: Locator = import_string(name)()
            return locator
        with Path(name).open(encoding="utf-8", newline="") as file:
            return NetworkTable(read_places(csv.reader(file))).locate
    except (OSError, ImportError, UnicodeDecodeError, csv.Error) as error:
        raise ImproperlyConfigured(f"NETWORK_LOCATOR cannot be used: {error}") from error


@dataclass(frozen=True, slots=True)
class NetworkTable:
    """Places by network."""

    places: Mapping[Key, Coordinates]

    def locate(self, network: str) -> Coordinates | None:
        """Return the place of the smallest network around this one."""
        try:
            wanted = ip_network(network)
        except ValueError:
            return None
        for length in range(wanted.prefixlen, -1, -1):
            found = self.places.get(_key(int(wanted.network_address), wanted.version, length))
            if found is not None:
                return found
        return None


def read_places(rows: Iterable[list[str]]) -> dict[Key, Coordinates]:
    """Return the places of a file; raises `ImproperlyConfigured` for a line that is none."""
    found: dict[Key, Coordinates] = {}
    for number, row in enumerate(rows, 1):
        if not row or (number == 1 and row[0].strip().lower() == "network"):
            continue
        try:
            network, latitude, longitude = (cell.strip() for cell in row)
            parsed, place = ip_network(network), Coordinates(float(latitude), float(longitude))
        except ValueError as error:
            raise _malformed(number) from error
        if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
            raise _malformed(number)
        found[_key(int(parsed.network_address), parsed.version, parsed.prefixlen)] = place
    return found


def _key(address: int, version: int, length: int) -> Key:
    return version, length, address >> ((32 if version == 4 else 128) - length)


def _malformed(line: int) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"NETWORK_LOCATOR, line {line}: expected network,latitude,longitude."
    )
