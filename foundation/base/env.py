"""Settings from the environment: read once, loud on nonsense.

Every reader raises `ImproperlyConfigured` with the variable's name and what it should hold.
A variable that ends in `_FILE` names a file whose content is the value (Docker secrets).
"""

import os
import re
from collections.abc import Collection
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

from foundation.base.keyed import Ring

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss", "unix")
EMAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail")


def text(name: str, default: str | None = None) -> str:
    """Return the variable's text; without a default it must be set and not be empty."""
    path = os.environ.get(f"{name}_FILE")
    value = os.environ.get(name, "").strip()
    if path and value:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        value = _content(f"{name}_FILE", path)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set.")
    return default


rings: dict[str, Ring] = {}
"""Every secret that was read, by the name of its variable."""


def ring(name: str, default: Ring | None) -> Ring:
    """Return a secret, and the older ones from `NAME_OLDER`: newest first, with spaces between."""
    older = text(f"{name}_OLDER", "").replace(",", " ").split()
    value = text(name, None if default is None else "")
    if not value and older:
        raise ImproperlyConfigured(f"{name}_OLDER is set, and {name} is not.")
    if value in older or len(set(older)) < len(older):
        raise ImproperlyConfigured(f"{name}_OLDER repeats a secret.")
    own = Ring(value.encode(), tuple(secret.encode() for secret in older))
    rings[name] = own if value else default or own
    return rings[name]


def flag(name: str, *, default: bool) -> bool:
    """Return a yes/no variable (`1 true yes on` / `0 false no off`)."""
    word = text(name, "on" if default else "off").lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be on or off, not {word!r}.")
    return word in TRUE_WORDS


def number(name: str, default: int, *, least: int = 0, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and least <= int(value[:20]) <= most):
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {least} to {most}, not {value!r}."
        )
    return int(value)


def choice(name: str, default: str, *, among: Collection[str]) -> str:
    """Return one of the words `among`."""
    word = text(name, default)
    if word not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {word!r}.")
    return word


def word_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def issuer(name: str, default: str | None = None) -> str:
    """Return an issuer identifier: http(s), no query, no fragment (OIDC Discovery §3).

    No path either: pages and cookies are those of a whole host. A slash at the end is cut off,
    because paths are appended to it.
    """
    url = text(name, default).rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path or {"?", "#", "@", " "} & set(url) or not url.isascii():
        raise ImproperlyConfigured(
            f"{name} must be https://HOST or https://HOST:PORT and nothing more, not {url!r}."
        )
    return url


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for `sqlite:///path` or `postgres://host,other/name`."""
    config = dict(environ.Env.db_url_config(_url(name, default, DATABASE_SCHEMES)))
    if config["NAME"] in {"", ":memory:"}:
        raise ImproperlyConfigured(f"{name} must end in the database's name or file.")
    return config | {"HOST": config["HOST"].replace("[", "").replace("]", "")}


def sqlite(path: Path) -> str:
    """Return the URL of an SQLite file."""
    return f"sqlite:///{quote(str(path))}"


def redis(name: str) -> str:
    """Return a Redis URL, or nothing."""
    url = _url(name, "", REDIS_SCHEMES)
    if not url.startswith("unix:") and not re.fullmatch(r"/?\d*", urlsplit(url).path):
        raise ImproperlyConfigured(f"{name} must end in a database's number, as in …:6379/0.")
    return url


def email(name: str, default: str) -> dict[str, Any]:
    """Return Django's EMAIL_* settings for a URL: `smtp+tls://user:password@host:587`."""
    config = dict(environ.Env.email_url_config(_url(name, default, EMAIL_SCHEMES)))
    if config["EMAIL_BACKEND"].endswith(".smtp.EmailBackend") and not config["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"{name} must name a mail server.")
    return config


def sender(name: str, default: str) -> str:
    """Return who mail comes from: `Name <user@host>` or `user@host`."""
    value = text(name, default)
    addresses = [address for _, address in getaddresses([value])]
    if len(addresses) != 1 or not all(addresses[0].partition("@")):
        raise ImproperlyConfigured(f"{name} must be one e-mail address, not {value!r}.")
    return value


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone, as in `Europe/Berlin`."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Berlin, not {value!r}."
        ) from error
    return value


def folder(name: str, default: Path, *, make: bool) -> Path:
    """Return a folder's full path; with `make` it is there afterwards."""
    path = Path(text(name, str(default))).resolve()
    try:
        if make:
            path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} cannot be made: {error}") from error
    return path


def mail_folder(path: Path) -> str:
    """Return the URL of a folder that mail is written to instead of being sent."""
    return f"filemail:///{quote(str(path))}"


def _url(name: str, default: str, schemes: Collection[str]) -> str:
    """Return a URL with one of these schemes. No error repeats it: it may hold a password."""
    url = text(name, default)
    try:
        usable = urlsplit(url).scheme in schemes and _are_hosts(urlsplit(url))
    except ValueError:
        usable = False
    if url and not usable:
        raise ImproperlyConfigured(f"{name} must be a URL that starts with {', '.join(schemes)}.")
    return url


def _are_hosts(url: SplitResult) -> bool:
    """Say whether a URL leads to one host, or to several of PostgreSQL, all with a port or none."""
    hosts = url.netloc.rpartition("@")[2].split(",")
    ports = [urlsplit(f"//{host}").port for host in hosts]
    is_clear = "" not in hosts and (None not in ports or not any(ports))
    return 0 not in ports and (len(hosts) == 1 or (is_clear and url.scheme.startswith("postgres")))


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error
