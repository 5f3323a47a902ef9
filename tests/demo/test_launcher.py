"""`make demo`: one command up, one keystroke down, nothing left behind."""

import re
import socket
from pathlib import Path

import pytest
import requests

from tests.demo.conftest import DEMO, PASSWORD, Demo, processes_of
from tests.services.processes import run, running


def test_the_last_line_says_that_everything_answers(demo: Demo):
    assert demo.ready_line == f"ready {demo.issuer}"
    assert requests.get(f"{demo.issuer}/readyz", timeout=10).status_code == 200
    assert "Sign in" in requests.get(demo.query_desk, timeout=10).text


def test_addresses_and_accounts_are_printed(demo: Demo):
    assert demo.query_desk in demo.said
    assert PASSWORD in demo.said
    assert re.findall(r"^    (\w+) +\S", demo.said, re.MULTILINE) == [
        "ada",
        "grace",
        "linus",
        "admin",
    ]


@pytest.mark.parametrize("username", ["ada", "grace", "linus", "admin"])
def test_every_account_signs_in(demo: Demo, username: str):
    browser = requests.Session()
    address = f"{demo.issuer}/accounts/login/"
    token = re.search(
        'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(address, timeout=10).text
    )
    assert token is not None

    answer = browser.post(
        address,
        {"csrfmiddlewaretoken": token[1], "login": username, "password": PASSWORD},
        headers={"Referer": address},
        timeout=10,
    )

    assert answer.ok
    assert "/accounts/login/" not in answer.url


@pytest.mark.parametrize("name", ["PORT", "QUERY_DESK_PORT", "WAREHOUSE_PORT"])
def test_a_taken_port_is_named(place: dict[str, str], name: str):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(place[name])))
        taken.listen()

        finished = run(DEMO, place)

    assert finished.returncode == 1
    assert f"Port {place[name]} cannot be used" in finished.stdout
    assert f"Set {name}" in finished.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORT": "http"}, "PORT must be a port number, not 'http'."),
        ({"QUERY_DESK_PORT": "0"}, "QUERY_DESK_PORT must be a port number, not '0'."),
        ({"WAREHOUSE_PORT": "65536"}, "WAREHOUSE_PORT must be a port number, not '65536'."),
        ({"PORT": "4711", "WAREHOUSE_PORT": "4711"}, "must differ"),
    ],
)
def test_nonsense_is_refused_before_anything_is_made(
    place: dict[str, str], changes: dict[str, str], sentence: str
):
    finished = run(DEMO, place | changes)

    assert finished.returncode == 1
    assert sentence in finished.stdout
    assert not Path(place["DATA_DIR"]).exists()


def test_two_demos_do_not_share_a_data_folder(place: dict[str, str]):
    data_dir = Path(place["DATA_DIR"])
    data_dir.mkdir()
    claim = "import place, pathlib, signal\nwith place.claimed(pathlib.Path({!r})): {}"
    hold = claim.format(str(data_dir), "print('held'); signal.pause()")
    with running(["python", "-c", hold], {"PYTHONPATH": "examples"}) as other:
        other.wait_for("held")

        finished = run(DEMO, place)

    assert finished.returncode == 1
    assert f"Another demo runs in {data_dir}" in finished.stdout


def test_the_demo_refuses_production(place: dict[str, str]):
    secrets = {"SECRET_KEY": "k" * 50, "SCOPEWARD_ENV": "production"}

    finished = run(DEMO, place | secrets)

    assert finished.returncode == 1
    assert "ready" not in finished.stdout
    assert processes_of(place) == {}
