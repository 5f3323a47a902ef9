"""Nothing secret of a whole sign-in reaches the log, not even when everything is logged."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.core import mail

from foundation.base.logs.setup import formatter
from tests.relying_party import PASSWORD, VERIFIER


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any library logs, as production would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(as_json=True))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def cookies_of(browser) -> list[str]:
    return [cookie.value for cookie in browser.cookies.values()]


def test_a_whole_sign_in_logs_no_secret(rp, person, log) -> None:
    rp.submit(rp.browser.get("/accounts/login/"), having="login", login="ada", password="wrong-one")
    code = rp.obtain_code(person, scope="openid profile email offline_access")
    tokens = rp.exchange(code).json()
    rp.userinfo(tokens["access_token"])
    rp.introspect(tokens["access_token"])
    refreshed = rp.refresh(tokens["refresh_token"]).json()
    rp.refresh(tokens["refresh_token"])
    rp.exchange(code)
    rp.exchange(code, code_verifier="another-verifier-" + "x" * 43)
    rp.browser.get("/nowhere", {"code": code, "id_token_hint": tokens["id_token"]})
    rp.logout(id_token_hint=tokens["id_token"])
    rp.revoke(refreshed["refresh_token"])

    written = log.getvalue()
    secrets = [PASSWORD, "wrong-one", VERIFIER, rp.secret, code, *cookies_of(rp.browser)]
    for answer in (tokens, refreshed):
        secrets += [answer[name] for name in ("access_token", "refresh_token", "id_token")]
    paths = {line.get("path") for line in lines(log)}
    assert {"/token", "/userinfo", "/accounts/login/", "/authorize"} <= paths
    assert [secret for secret in secrets if secret and secret in written] == []


def test_a_mailed_link_is_not_logged(rp, person, log) -> None:
    rp.submit(rp.browser.get("/accounts/password/reset/"), having="email", email=person.email)
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None
    key = link[1].rstrip("/").rpartition("/")[2]

    rp.follow(rp.browser.get(link[1]))
    rp.browser.get(f"/accounts/password/reset/key/{key}/too/far/")
    rp.browser.post(link[1], {"password1": "no-csrf-token"})

    assert len(lines(log)) >= 4
    assert key not in log.getvalue()


def test_each_request_is_one_line_with_route_status_and_duration(client, log) -> None:
    client.get("/no/such/page?secret=1")

    [line] = [line for line in lines(log) if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/no/such/page", 404)
    assert isinstance(line["ms"], float)
    assert len(str(line["request_id"])) == 32


def test_probes_do_not_fill_the_log(client, log) -> None:
    client.get("/livez")

    assert [line for line in lines(log) if line["event"] == "request"] == []
