"""Whoever sends or reads slowly keeps nobody else waiting."""

import pytest

from tests.front.siege import LARGE_FILE, ask, besieged, p99

pytestmark = pytest.mark.django_db  # its migrated database is copied
TOKEN = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "nothing"}


def test_a_few_slow_clients_of_each_kind_hold_nothing(port: int) -> None:
    # More of each than there are threads of both kinds.
    with besieged(port, 12):
        for _ in range(5):
            assert ask(port, "POST", "/token", **TOKEN)[0] == 401
            assert ask(port, "GET", "/accounts/login/")[0] == 200
            assert ask(port, "GET", "/livez")[0] == 200
            assert ask(port, "GET", LARGE_FILE)[0] == 200


@pytest.mark.long
def test_two_hundred_slow_clients_of_each_kind_hold_nothing(port: int) -> None:
    taken: dict[str, list[float]] = {"token": [], "page": [], "livez": []}
    ask(port, "GET", "/accounts/login/")
    with besieged(port, 200) as held:
        for _ in range(200):
            for name, request in {
                "token": ("POST", "/token", TOKEN),
                "page": ("GET", "/accounts/login/", {}),
                "livez": ("GET", "/livez", {}),
            }.items():
                method, path, form = request
                status, seconds = ask(port, method, path, **form)
                assert status in {200, 401}
                taken[name].append(seconds)
        answers = [client.recv(64) for client in held[200:600]]

    assert {answer[9:12] for answer in answers} == {b"408"}
    slowest = {name: round(p99(seconds), 3) for name, seconds in taken.items()}
    assert max(slowest.values()) < 0.5, slowest
