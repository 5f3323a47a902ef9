"""Every command that a page shows exists, and takes the words that stand behind it."""

import re
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import botocore.session
import pytest
import yaml
from botocore import xform_name
from django.core.management import BaseCommand, get_commands, load_command_class

from tests.docs.pages import ROOT, Block, blocks, spans
from tests.docs.shell import Command, commands
from tests.services import programs

Words = Sequence[str]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
SHELL = blocks("sh", "console")
TYPED = [(block, command) for block in SHELL for command in commands(block)]
SPANS = sorted({(page, span) for page, span in spans() if re.search(r"manage\.py |^make ", span)})


def manages(words: Words) -> None:
    """Parse what stands behind `manage.py`; `CommandError` says what is wrong."""
    name, *rest = words
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    command._called_from_command_line = False
    command.create_parser("manage.py", name).parse_args(rest)


def makes(words: Words) -> None:
    targets = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    variables = set(re.findall(r"^(\w+) [?:]=", MAKEFILE, re.MULTILINE))
    assert targets
    for word in words:
        name, is_set, _ = word.partition("=")
        assert name in (variables if is_set else targets[1].split()), word


def composes(words: Words) -> None:
    """`docker compose`: its services are those of the file, options those of its manual."""
    assert words[0] == "compose"
    profiles = {
        name for service in COMPOSE["services"].values() for name in service.get("profiles", ())
    }
    if words[1] == "--profile":
        assert words[2] in profiles
        words = [words[0], *words[3:]]
    options = {"up": {"--detach", "--build", "--scale"}, "run": {"--rm"}, "exec": {"-T"}}
    of, rest = options[words[1]], list(words[2:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        assert option in of, option
        if option == "--scale":
            assert rest.pop(0).partition("=")[0] in COMPOSE["services"]
    if words[1] == "up":
        assert not rest
        return
    assert rest[0] in COMPOSE["services"], rest[0]
    runs(Command((), rest[1], tuple(rest[2:])))


def pythons(words: Words) -> None:
    if words[0] == "-m":
        assert (ROOT / words[1].replace(".", "/")).with_suffix(".py").is_file(), words[1]
        if rest := words[2:]:
            runs(Command((), rest[0], tuple(rest[1:])))
        return
    assert words[0] == "manage.py"
    manages(words[1:])


def collects(words: Words) -> None:
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option == "-m":
            assert re.search(rf'"{value}[:(]', (ROOT / "pyproject.toml").read_text("utf-8")), value
        elif not option.startswith("-") and "/" in option:
            assert (ROOT / option).exists(), option


def copies(words: Words) -> None:
    assert (ROOT / words[0]).is_file(), words[0]


def rotates(words: Words) -> None:
    (name,) = words
    assert {name, f"{name}_older"} <= COMPOSE["secrets"].keys()
    assert name in (ROOT / "deploy/rotate-secret").read_text("utf-8")


def installs(words: Words) -> None:
    text = (ROOT / "scopeward_guard/pyproject.toml").read_text("utf-8")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    assert words[0] == "install"
    assert set(re.findall(r"\[(\w+)\]$", words[1])) <= extras.keys()


def clouds(words: Words) -> None:
    """`aws SERVICE OPERATION`: the operation and its parameters are in AWS's own model."""
    service, name, *rest = words
    model = botocore.session.Session().get_service_model(service)
    operation = {xform_name(known, "-"): known for known in model.operation_names}[name]
    members = model.operation_model(operation).input_shape.members
    known = {f"--{xform_name(member, '-')}" for member in members}
    assert {word for word in rest if word.startswith("--")} <= known
    for word in rest:
        if word.startswith("file://"):
            assert (ROOT / word.removeprefix("file://")).is_file(), word


def elsewhere(words: Words) -> None:
    """Looked at where the program is: by `test_options_of_other_programs`, or by running it."""
    assert words


PROGRAMS: dict[str, Callable[[Words], None]] = {
    "make": makes,
    "docker": composes,
    "python": pythons,
    ".venv/bin/python": pythons,
    ".venv/bin/pytest": collects,
    "cp": copies,
    "deploy/make-secrets": lambda words: copies(["deploy/make-secrets"]),
    "deploy/rotate-secret": rotates,
    "pip": installs,
    "aws": clouds,
    "curl": elsewhere,
    "printf": elsewhere,
    "base64": elsewhere,
    "sqlite3": elsewhere,
    "opa": elsewhere,
    "pg_dump": elsewhere,
    "pg_restore": elsewhere,
}
HELP = [
    pytest.param("opa", ["run", "--help"], programs.OPA, marks=pytest.mark.opa),
    pytest.param("base64", ["--help"], "coreutils"),
    pytest.param("pg_dump", ["--help"], "postgresql-client"),
    pytest.param("pg_restore", ["--help"], "postgresql-client"),
]


def runs(command: Command) -> None:
    PROGRAMS[command.program](command.arguments)


@pytest.mark.parametrize(("block", "command"), TYPED, ids=lambda value: str(value)[:60])
def test_command_exists_with_its_options(block: Block, command: Command) -> None:
    runs(command)


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_shell_block_holds_commands(block: Block) -> None:
    assert list(commands(block))


@pytest.mark.parametrize(("page", "span"), SPANS)
def test_command_in_a_sentence_exists(page: str, span: str) -> None:
    """A sentence may leave out arguments, so names and options are looked at alone."""
    if span.startswith("make "):
        makes(span.split()[1:])
        return
    name, *rest = span.partition("manage.py ")[2].split()
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    known = command.create_parser("manage.py", name)._option_string_actions
    assert {word for word in rest if word.startswith("-")} <= known.keys()


@pytest.mark.parametrize(("program", "asking", "package"), HELP)
def test_options_of_other_programs(program: str, asking: list[str], package: str) -> None:
    mine = [command for _, command in TYPED if program in (command.program, *command.arguments)]
    used = {word for command in mine for word in _after(command, program)}
    path = programs.require(program, package=package)
    done = subprocess.run([path, *asking], capture_output=True, text=True, check=False)

    assert mine
    said = done.stdout + done.stderr
    assert [option for option in used if not re.search(rf"(?<!\S){option}\b", said)] == []


def _after(command: Command, program: str) -> list[str]:
    words: list[Any] = [command.program, *command.arguments]
    rest = words[words.index(program) + 1 :]
    return [word[:2] if word[1] != "-" else word for word in rest if word.startswith("-")]


def rows_of_options() -> list[tuple[list[str], str]]:
    """Return the rows of the table of `create_client`: options, and the cell of the default."""
    page = (ROOT / "docs/relying-parties.md").read_text("utf-8")
    rows = re.findall(r"^\| (`--.+?) \| (.+?) \|", page, re.MULTILINE)
    return [(re.findall(r"`(--[\w-]+)", options), default) for options, default in rows]


def parser_of(command: str) -> Any:
    return load_command_class("console", command).create_parser("manage.py", command)


def test_table_has_every_option_of_create_client_and_no_other() -> None:
    parser = parser_of("create_client")
    everywhere = set(BaseCommand().create_parser("manage.py", "check")._option_string_actions)
    inverse = {"--no-require-par"}
    own = {name for name in parser._option_string_actions if name.startswith("--")}

    listed = [option for options, _ in rows_of_options() for option in options]
    assert sorted(listed) == sorted(own - everywhere - inverse - {"--name"})


def test_table_has_the_defaults_of_create_client() -> None:
    parser = parser_of("create_client")
    computed = {"--grant-type", "--scope", "--client-id"}
    for options, shown in rows_of_options():
        actions = [parser._option_string_actions[option] for option in options]
        defaults = [action.default for action in actions if options[0] not in computed]
        texts = [
            f"`{value}`" if value else "off" if value is False else "none" for value in defaults
        ]

        assert not defaults or shown == ", ".join(dict.fromkeys(texts)), options
