"""Shell blocks carried out: our commands and `curl` in process, on a database of its own."""

import json
import re
from argparse import ArgumentParser
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client as Browser

from foundation.base import conf
from idp.web.machine_endpoints import machine_endpoint
from tests.docs.shell import Command

PLACEHOLDER = re.compile(r"\$(\w+)")
HOSTS = ("$ISSUER", "https://id.example")
CHANGING = {"reference", "policy_rev", "iat", "generated_at", "revision"}
"""Members whose value is another each time; all other values have to be as they are shown."""


def resembles(shown: Any, real: Any) -> bool:
    """Say whether an answer is as a page shows it; `…` stands for what is left out."""
    if isinstance(shown, dict) and isinstance(real, dict):
        named = {name: value for name, value in shown.items() if name != "…"}
        whole = named.keys() <= real.keys() if "…" in shown else named.keys() == real.keys()
        return whole and all(
            type(real[name]) is type(value) if name in CHANGING else resembles(value, real[name])
            for name, value in named.items()
        )
    if isinstance(shown, list) and isinstance(real, list):
        return "…" in shown or (len(shown) == len(real) and all(map(resembles, shown, real)))
    if isinstance(shown, str) and "…" in shown:
        return isinstance(real, str)
    return type(shown) is type(real) and bool(shown == real)


@dataclass
class Session:
    """Somebody who types what a page shows; what a variable holds comes from the prelude."""

    variables: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    """What a page shows cut off, and what it was here."""

    def __post_init__(self) -> None:
        self.variables.setdefault("ISSUER", conf.current().issuer)

    def type(self, command: Command) -> tuple[str, str]:
        """Carry a command out; return what it is called and what it printed."""
        if command.program == "curl":
            return "curl", self._curl(command)
        assert command.managing
        name, *words = command.managing
        out = StringIO()
        with patch("sys.stdin", StringIO("a-password-nobody-guesses-7\n")):
            call_command(name, *words, stdout=out)
        with suppress(ValueError):
            printed = json.loads(out.getvalue())
            self.variables["ID"] = printed.get("client_id", "")
            self.variables["SECRET"] = printed.get("client_secret", "")
        return name, out.getvalue()

    def _curl(self, command: Command) -> str:
        answer = self.send(command)
        if not command.shown:
            assert answer.status_code < 400, answer.content
            return answer.content.decode()
        shown, real = json.loads(command.shown), json.loads(answer.content)
        assert resembles(shown, real), f"shown {shown}, answered {real}"
        self.seen |= {v: real[k] for k, v in shown.items() if isinstance(v, str) and "…" in v}
        return answer.content.decode()

    def send(self, command: Command) -> HttpResponse:
        """Send what a `curl` would."""
        parser = ArgumentParser(exit_on_error=False)
        parser.add_argument("url")
        parser.add_argument("-u", dest="user", default="")
        parser.add_argument("-d", dest="data", action="append", default=[])
        parser.add_argument("-H", dest="headers", action="append", default=[])
        typed = parser.parse_args(list(command.arguments))
        (path,) = (typed.url.removeprefix(host) for host in HOSTS if typed.url.startswith(host))
        assert machine_endpoint(path), path
        headers = dict(header.split(": ", 1) for header in typed.headers)
        if typed.user:
            pair = self.filled(typed.user).encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        media_type = headers.pop("Content-Type", "application/x-www-form-urlencoded")
        data = [self.filled(value) for value in typed.data]
        if media_type.endswith("urlencoded"):
            data = [urlencode([tuple(value.split("=", 1))]) for value in data]
        browser, body = Browser(), "&".join(data)
        if not data:
            return browser.get(path, headers=headers)  # type: ignore[return-value]
        return browser.post(path, body, content_type=media_type, headers=headers)  # type: ignore[return-value]

    def filled(self, text: str) -> str:
        for shown, real in self.seen.items():
            text = text.replace(shown, real)
        return PLACEHOLDER.sub(lambda found: self.variables[found[1]], text)
