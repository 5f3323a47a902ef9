"""docker-compose.yml and the Dockerfile: hardened, complete, and in step with each other."""

import json
import stat
import subprocess
from pathlib import Path

import pytest

from foundation.base import env
from idp.checks import is_weak
from tests.ops import deployment
from tests.services.processes import ROOT

SPLIT = ("tasks", "outgoing", "beat")
"""What does the work of `worker` in its place."""
OURS = ("provider", "migrate", "worker", *SPLIT)
THEIRS = ("proxy", "postgres", "redis")


def test_every_service_is_there() -> None:
    assert set(deployment.services()) == {*OURS, *THEIRS}
    assert deployment.services()["provider"]["deploy"]["replicas"] >= 2


@pytest.mark.parametrize("name", [*OURS, *THEIRS])
def test_every_container_is_hardened(name: str) -> None:
    service = deployment.services()[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["replicas"] > 1 if name == "provider" else "deploy" not in service


@pytest.mark.parametrize("name", ["provider", "worker", "tasks", "outgoing", "postgres", "redis"])
def test_lasting_services_have_health_checks(name: str) -> None:
    assert deployment.services()[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["provider", "worker", *SPLIT])
def test_nothing_starts_before_the_database_is_migrated(name: str) -> None:
    waits = deployment.services()[name]["depends_on"]

    assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_background_work_is_one_process_unless_it_is_split() -> None:
    started = {name for name in OURS if "profiles" not in deployment.services()[name]}
    queues = {
        name: words[words.index("--queues") + 1]
        for name in ("worker", *SPLIT)
        if "--queues" in (words := deployment.command(name))
    }

    assert started == {"provider", "migrate", "worker"}
    assert queues == {"worker": "celery,outgoing", "tasks": "celery", "outgoing": "outgoing"}
    assert "--beat-thread" in deployment.command("worker")


def test_only_the_proxy_is_reachable_from_outside() -> None:
    exposed = [name for name, service in deployment.services().items() if "ports" in service]

    assert exposed == ["proxy"]
    assert deployment.compose()["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_the_stores_are_only_reachable_from_inside(name: str) -> None:
    assert deployment.services()[name]["networks"] == ["inside"]


def test_secrets_come_as_files_and_every_one_is_made(tmp_path: Path) -> None:
    document = deployment.compose()
    environment = deployment.environment(tmp_path)

    made = {path.name for path in (tmp_path / "deploy" / "secrets").iterdir()}

    assert set(document["secrets"]) == made
    assert not [name for name in environment if name in {"SECRET_KEY", "DATABASE_URL"}]
    for name in env.rings:
        assert not is_weak(Path(environment[f"{name}_FILE"]).read_bytes().strip())
        assert Path(environment[f"{name}_OLDER_FILE"]).read_bytes().strip() == b""


def test_every_secret_can_be_replaced_and_keeps_the_ones_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = deployment.environment(tmp_path)
    for name in env.rings:
        file = Path(environment[f"{name}_FILE"])
        first = file.read_text("utf-8").strip()
        command = ["sh", tmp_path / "deploy" / "rotate-secret", name.lower()]
        subprocess.run(command, check=True, capture_output=True)
        second = file.read_text("utf-8").strip()
        subprocess.run(command, check=True, capture_output=True)

        monkeypatch.setenv(f"{name}_FILE", str(file))
        monkeypatch.setenv(f"{name}_OLDER_FILE", environment[f"{name}_OLDER_FILE"])
        monkeypatch.setattr(env, "rings", {})
        ring = env.ring(name, None)
        assert ring.older == (second.encode(), first.encode())
        assert not is_weak(ring.current)


def test_only_secrets_are_replaced(tmp_path: Path) -> None:
    deployment.environment(tmp_path)
    command = ["sh", tmp_path / "deploy" / "rotate-secret", "postgres_password"]

    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


def test_secrets_are_never_made_again_and_lie_in_a_closed_folder(tmp_path: Path) -> None:
    deployment.environment(tmp_path)
    folder = tmp_path / "deploy" / "secrets"
    before = {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    subprocess.run(["sh", tmp_path / "deploy" / "make-secrets"], check=True, capture_output=True)

    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_image_does_not_run_as_root() -> None:
    final_stage = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]

    assert "\nUSER 10001\n" in final_stage
    assert "\nHEALTHCHECK" in final_stage
    assert deployment.image_environment()["SCOPEWARD_ENV"] == "production"


def test_a_provider_gets_the_time_to_finish_what_it_answers() -> None:
    patience = int(deployment.image_environment()["GRANIAN_WORKERS_KILL_TIMEOUT"])

    assert deployment.services()["provider"]["stop_grace_period"] == "40s"
    assert patience < 40


def test_the_image_and_compose_start_the_same_program() -> None:
    last = (ROOT / "Dockerfile").read_text("utf-8").strip().splitlines()[-1]

    assert json.loads(last.removeprefix("CMD ")) == deployment.command("provider")


def test_the_image_installs_what_is_locked_with_hashes() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")

    assert "pip install --require-hashes -r" in dockerfile
    assert "requirements/production.lock" in dockerfile
