"""What the Dockerfile and docker-compose.yml say, for tests that run it without Docker."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.services.processes import ROOT

ISSUER = "https://id.example.com"
IMAGE_VARIABLE = re.compile(r"^(?:ENV|   ) ([A-Z_]+)=(\S+)", re.MULTILINE)


def compose() -> dict[str, Any]:
    """Return docker-compose.yml."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return document


def services() -> dict[str, Any]:
    """Return the services by name."""
    found: dict[str, Any] = compose()["services"]
    return found


def command(service: str) -> list[str]:
    """Return the command line of a service."""
    words: list[str] = services()[service]["command"]
    return words


def image_environment() -> dict[str, str]:
    """Return the ENV of the image that is ours (PATH is the base image's business)."""
    final_stage = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    return {name: value for name, value in IMAGE_VARIABLE.findall(final_stage) if name != "PATH"}


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return a container's environment, with secrets made and data kept in `folder`."""
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    subprocess.run(
        ["sh", folder / "deploy" / "make-secrets"],
        check=True,
        capture_output=True,
        env={"EMAIL_URL": "smtp+tls://mail.example.com:587", "PATH": "/usr/bin:/bin"},
    )
    given = {"ISSUER": ISSUER, "DEFAULT_FROM_EMAIL": "no-reply@example.com"}
    variables = {
        name: given.get(name, value.rpartition(":-")[2].rstrip("}"))
        for name, value in services()["provider"]["environment"].items()
    }
    secrets = str(folder / "deploy" / "secrets")
    variables = {n: v.replace("/run/secrets", secrets) for n, v in variables.items()}
    return image_environment() | variables | {"DATA_DIR": str(folder), "HOME": str(folder)} | more
