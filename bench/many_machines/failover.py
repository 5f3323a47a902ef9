"""The primary dies under load: nothing that was answered is lost, nothing is done twice.

    .venv/bin/python bench/many_machines/failover.py [--seconds S] [--unplug] [--detect S]

Two machines (network namespaces; needs root, otherwise all is on this one): on the first a provider
and the primary, on the second a provider and a synchronous standby. Codes are exchanged, chains of
refresh tokens rotated and query tokens consumed at both providers. In the middle every process of
the primary is killed (SIGKILL), or with `--unplug` the whole first machine is cut off without a
word; `--detect` seconds later the standby is promoted. A client that gets no answer or 5xx sends
the same request again, to the other provider. At the end what was answered is compared with the
database of the new primary. Exits with 1 if anything was lost or done twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.many_machines.machines import Machine, here, machines
from tests.services import postgresql, redis

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
WEB_PORT = 8000


def options_of_command_line() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=12.0, help="of load, half before (12)")
    parser.add_argument("--detect", type=float, default=2.0, help="until the standby takes over")
    parser.add_argument("--unplug", action="store_true", help="cut the first machine off")
    parser.add_argument(
        "--asynchronous", action="store_true", help="the primary waits for no standby: may lose"
    )
    return parser.parse_args()


def main() -> int:
    """Run the drill of the command line."""
    options = options_of_command_line()
    with ExitStack() as stack:
        one, other = stack.enter_context(machines("one", "two"))
        ports = [(one, 5432), (other, 5432)] if one.namespace else _free(one, other)
        names = "" if options.asynchronous else "*"
        primary = stack.enter_context(serving(*ports[0], synchronous_standby_names=names))
        standby = stack.enter_context(following(ports[0], *ports[1]))
        prepare(stack, ports)
        # Django is set up by what is prepared.
        from bench.many_machines.failover_load import Load, report

        webs = [(one, WEB_PORT), (other, WEB_PORT)] if one.namespace else _free(one, other)
        load = Load([(machine.address, port) for machine, port in webs], options.seconds)
        for machine, port in webs:
            stack.enter_context(provider(machine, port))
        load.wait_for_providers()
        load.start()
        time.sleep(options.seconds / 2)
        load.note("the primary dies")
        if options.unplug:
            one.unplug()
        else:
            kill(primary)
        time.sleep(options.detect)
        postgresql.run("pg_ctl", "promote", "-D", str(standby / "data"), "-w")
        load.note("the standby is primary")
        load.join()
        return report(load, os.getloadavg()[0])


@contextmanager
def serving(machine: Machine, port: int, **settings: str) -> Iterator[Path]:
    """Run a primary; yield its folder."""
    with postgresql.own_folder() as folder:
        data = folder / "data"
        postgresql.run("initdb", "-D", str(data), "-U", postgresql.USER, "-A", "trust")
        with (data / "pg_hba.conf").open("a", encoding="utf-8") as hba:
            hba.write("host all all samenet trust\nhost replication all samenet trust\n")
        with _running(machine, folder, port, settings):
            yield folder


@contextmanager
def following(at: tuple[Machine, int], other: Machine, port: int) -> Iterator[Path]:
    """Run a standby of it; yield its folder."""
    with postgresql.own_folder() as folder:
        address = ["-h", at[0].address, "-p", str(at[1]), "-U", postgresql.USER]
        data = ["-D", str(folder / "data"), "-R", "--checkpoint=fast"]
        postgresql.run("pg_basebackup", *address, *data)
        # Once promoted it has no standby: with a name here each commit would wait for one.
        with _running(other, folder, port, {"synchronous_standby_names": ""}):
            yield folder


@contextmanager
def _running(machine: Machine, folder: Path, port: int, more: dict[str, str]) -> Iterator[None]:
    settings = {**DURABLE, "listen_addresses": "*", "port": str(port), **more}
    with ExitStack() as stack:
        with machine.inside():
            stack.enter_context(postgresql.serving(folder, **settings))
        yield


def kill(folder: Path) -> None:
    """Kill every process of a server at once, without a word."""
    postmaster = int((folder / "data" / "postmaster.pid").read_text("utf-8").split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text("utf-8").split()
    for pid in (postmaster, *map(int, children)):
        os.kill(pid, signal.SIGKILL)


def prepare(stack: ExitStack, databases: list[tuple[Machine, int]]) -> None:
    """Say in the environment where everything is, and migrate."""
    hosts = ",".join(f"{machine.address}:{port}" for machine, port in databases)
    data = tempfile.TemporaryDirectory(prefix="scopeward-failover-", ignore_cleanup_errors=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "idp.settings",
        "DATABASE_URL": f"postgres://{postgresql.USER}@{hosts}/postgres",
        "REDIS_URL": stack.enter_context(_redis()),
        "DATA_DIR": stack.enter_context(data),
        "ISSUER": f"http://localhost:{WEB_PORT}",
        "ALLOWED_HOSTS": "*",
        "LOG_LEVEL": "ERROR",
        "ACCESS_LOG": "off",
    }


@contextmanager
def _redis() -> Iterator[str]:
    port = redis.free_port()
    command = ["redis-server", "--bind", here(), "--port", str(port), "--save", ""]
    with subprocess.Popen([*command, "--protected-mode", "no"], stdout=subprocess.DEVNULL) as own:
        try:
            yield f"redis://{here()}:{port}/0"
        finally:
            own.terminate()


@contextmanager
def provider(machine: Machine, port: int) -> Iterator[None]:
    """Run a provider of one process there."""
    command = [sys.executable, "-m", "idp.front", "--host", machine.address, "--port", str(port)]
    with machine.inside():
        process = subprocess.Popen([*command, "--workers-kill-timeout", "5"], cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _free(*both: Machine) -> list[tuple[Machine, int]]:
    return [(machine, redis.free_port()) for machine in both]


if __name__ == "__main__":
    sys.exit(main())
