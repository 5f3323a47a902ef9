"""The command lines of docker-compose.yml, run for real on PostgreSQL and Redis."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import requests

from tests.ops import deployment
from tests.services import processes, programs
from tests.services.redis import free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.redis]
BEHIND_TLS = {"X-Forwarded-Proto": "https", "Host": "id.example.com"}
MIGRATOR, APPLICATION = "production_migrator", "production_application"
PASSPHRASE = "correct horse battery staple"


class Production:
    """A running provider, and the environment it runs in."""

    def __init__(self, environment: dict[str, str], program: processes.Program) -> None:
        self.environment = environment
        self.program = program
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        """Ask the provider as its proxy would, following nothing."""
        url = f"http://127.0.0.1:{self.environment['GRANIAN_PORT']}{path}"
        options = {"headers": BEHIND_TLS, "allow_redirects": False, "timeout": 30} | options
        return self.session.request(method, url, **options)


def administration() -> psycopg.Connection[Any]:
    """Return a connection to the server that is in no way the provider's."""
    host = os.environ["DATABASE_URL"].partition("@/")[2].rpartition("/")[0]
    return psycopg.connect(host=host, user="scopeward", dbname="postgres", autocommit=True)


@pytest.fixture(scope="module")
def production_environment(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> dict[str, str]:
    """Return a container's environment, after its `migrate` service has done its work."""
    folder = tmp_path_factory.mktemp("production")
    with administration() as database:
        database.execute("DROP DATABASE IF EXISTS production_start")
        database.execute("CREATE DATABASE production_start")
    environment = deployment.environment(
        folder,
        REDIS_URL=redis_url,
        STATIC_ROOT=str(folder / "static"),
        GRANIAN_HOST="127.0.0.1",
        GRANIAN_PORT=str(free_port()),
    )
    make_roles(folder)
    shell, option, script = deployment.command("migrate")
    script = script.replace("grant_application scopeward", f"grant_application {APPLICATION}")
    url = {"DATABASE_URL_FILE": str(folder / "deploy" / "secrets" / "migrator_database_url")}
    for command, more in (
        (["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], {}),
        ([f"/bin/{shell}", option, script], url),
    ):
        done = processes.run(command, environment | more)
        assert done.returncode == 0, done.stdout + done.stderr
    return environment


def make_roles(folder: Path) -> None:
    """Let deploy/postgres-roles make the roles, under other names: ours is the superuser's here."""
    secrets = folder / "deploy" / "secrets"
    socket = os.environ["DATABASE_URL"].partition("@/")[2].rpartition("/")[0]
    for role, file in ((APPLICATION, "database_url"), (MIGRATOR, "migrator_database_url")):
        (secrets / file).write_text(f"postgres://{role}@/{socket}/production_start", "utf-8")
    with administration() as database:
        for role in (APPLICATION, MIGRATOR):
            database.execute(f"DROP ROLE IF EXISTS {role}")
    initdb = Path(programs.find("initdb", package="postgresql")).resolve()
    subprocess.run(
        ["sh", folder / "deploy" / "postgres-roles"],
        check=True,
        env={
            "PATH": "/usr/bin:/bin",
            "PSQL": str(initdb.with_name("psql")),
            "PGHOST": socket,
            "POSTGRES_USER": "scopeward",
            "POSTGRES_DB": "production_start",
            "SECRETS": str(secrets),
            "MIGRATOR_ROLE": MIGRATOR,
            "APPLICATION_ROLE": APPLICATION,
        },
    )


@pytest.fixture(scope="module")
def production(production_environment: dict[str, str]) -> Iterator[Production]:
    command = deployment.command("provider")
    with processes.running(command, production_environment) as program:
        said = json.loads(program.wait_for("database_connections"))
        assert said["each"] < said["at_most"] < said["available"]
        for _ in range(int(production_environment["GRANIAN_WORKERS"])):
            program.wait_for("Started worker-")
        program.wait_until_it_listens(int(production_environment["GRANIAN_PORT"]))
        yield Production(production_environment, program)


def test_the_provider_owns_nothing_in_its_database(production: Production) -> None:
    host = os.environ["DATABASE_URL"].partition("@/")[2].rpartition("/")[0]
    address = {"host": host, "user": APPLICATION, "dbname": "production_start"}
    with psycopg.connect(**address, autocommit=True) as database:
        for sql in (
            "DROP TRIGGER history_journal_act__update ON journal_act",
            "CREATE TEMPORARY TABLE journal_segment (first bigint, last bigint)",
            "CREATE TABLE mine (id int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(sql)


def readiness(production: Production, *, wanted: int = 200, **options: Any) -> requests.Response:
    """Ask until it is so: what the last round of checks found is told for half a second."""
    deadline = time.monotonic() + 30
    while True:
        response = production.request("GET", "/readyz", **options)
        if response.status_code == wanted or time.monotonic() > deadline:
            return response


def test_production_is_ready(production: Production) -> None:
    response = readiness(production, headers={"Host": "10.0.0.7"})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_pages_are_served_over_tls_only(production: Production) -> None:
    response = production.request("GET", "/accounts/login/", headers={"Host": "id.example.com"})

    assert response.status_code == 301
    assert response.headers["Location"] == "https://id.example.com/accounts/login/"


def test_pages_are_served_with_their_files_and_strict_headers(production: Production) -> None:
    page = production.request("GET", "/accounts/login/")

    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    stylesheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert stylesheets
    for path in stylesheets:
        file = production.request("GET", path)
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]


def test_other_host_names_are_refused(production: Production) -> None:
    headers = BEHIND_TLS | {"Host": "evil.example.net"}

    assert production.request("GET", "/accounts/login/", headers=headers).status_code == 400


def test_discovery_names_the_public_address(production: Production) -> None:
    response = production.request("GET", "/.well-known/openid-configuration")

    assert response.status_code == 200
    assert response.json()["issuer"] == deployment.ISSUER


def test_failed_sign_ins_are_counted_in_redis_for_all_replicas(production: Production) -> None:
    page = production.request("GET", "/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in page.cookies)
    assert "__Host-csrf=" in cookies

    response = production.request(
        "POST",
        "/accounts/login/",
        headers=BEHIND_TLS
        | {"Cookie": cookies, "Origin": deployment.ISSUER, "X-Forwarded-For": "203.0.113.7"},
        data={"login": "ada", "password": PASSPHRASE, "csrfmiddlewaretoken": token[1]},
    )

    assert response.status_code in {200, 400}
    counters = redis.Redis.from_url(production.environment["REDIS_URL"]).keys(
        "*:login_failed:*:ip:*"
    )
    assert any(b"203.0.113.7" in counter for counter in counters)


def test_production_logs_json_lines_with_request_ids(production: Production) -> None:
    production.request("GET", "/accounts/login/?password=in-the-query")

    line = json.loads(production.program.wait_for('"request"'))

    assert line["event"] == "request"
    assert len(line["request_id"]) == 32
    assert "in-the-query" not in json.dumps(line)


@contextmanager
def database_away() -> Iterator[None]:
    """Let the database close every connection and take no new one."""
    with administration() as database:
        database.execute("ALTER DATABASE production_start ALLOW_CONNECTIONS false")
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'production_start'"
        )
        try:
            yield
        finally:
            database.execute("ALTER DATABASE production_start ALLOW_CONNECTIONS true")


def test_a_provider_outlives_its_database(production: Production) -> None:
    def statuses() -> set[int]:
        """Ask so often that every thread of every process had its turn."""
        asked = {"auth": ("nobody", "x"), "data": {"token": "t"}}
        return {production.request("POST", "/introspect", **asked).status_code for _ in range(24)}

    assert statuses() == {401}
    with database_away():
        assert statuses() == {503}
        assert "database" in readiness(production, wanted=503).json()["failed"]
        assert production.request("GET", "/livez").status_code == 200

    assert statuses() == {401}
    assert readiness(production).status_code == 200


def test_worker_and_beat_start_as_in_compose(production_environment: dict[str, str]) -> None:
    with processes.running(deployment.command("worker"), production_environment) as worker:
        worker.wait_for("Starting...")
        worker.wait_for("ready.")
        call = ["celery", "--quiet", "-A", "idp", "call", "idp.tasks.clear_expired"]
        assert processes.run(call, production_environment).returncode == 0
        worker.wait_for("expired_cleared")

    with processes.running(deployment.command("beat"), production_environment) as beat:
        beat.wait_for("Starting...")

    assert not (processes.ROOT / "celerybeat.pid").exists()


@pytest.mark.parametrize(
    ("variables", "check"),
    [
        ({"DEBUG": "on", "RATE_LIMITS": "off"}, "scopeward.E008"),
        ({"SECRET_KEY_FILE": ""}, "SECRET_KEY must be set"),
    ],
)
def test_insecure_production_does_not_start(
    production_environment: dict[str, str], variables: dict[str, str], check: str
) -> None:
    environment = production_environment | variables | {"GRANIAN_PORT": str(free_port())}

    refused = processes.run(deployment.command("provider"), environment)

    assert refused.returncode != 0
    assert check in refused.stdout + refused.stderr
