"""The demo in one command: provider, Query Desk, Warehouse and background worker, side by side.

PORT, QUERY_DESK_PORT, WAREHOUSE_PORT and DATA_DIR say where; several demos may run at the same
time when theirs differ. Ctrl-C stops everything.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from place import Place, PlaceError, claimed, find_place
from processes import ProgramError, Programs, StoppedError

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
CELERY = [sys.executable, "-m", "celery", "--workdir", str(ROOT), "-A", "idp.celery"]
EXAMPLES = ROOT / "examples"
# Where programs find our packages, which others would install.
LIBRARY = {"PYTHONPATH": str(ROOT)}
# Threads, so that mail and webhooks, which wait for others, hold up nothing else.
WORKER = [*CELERY, "worker", "--beat-thread", "--pool", "threads", "--concurrency", "5"]
WORKER += ["--queues", "celery,outgoing"]
# What answers on this machine is not to be asked through a proxy.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> int:
    """Run the demo until somebody stops it; return the exit status."""
    try:
        place = find_place(ROOT / "var" / "demo")
        with claimed(place.data_dir):
            return run(place)
    except PlaceError as error:
        say(str(error))
        return 1


def run(place: Place) -> int:
    """Prepare, start, announce and watch; whatever happens, nothing keeps running."""
    logs = place.data_dir / "logs"
    logs.mkdir(exist_ok=True)
    programs = Programs(logs, place.environment)
    programs.stop_on_signals()
    try:
        demo = prepare(place, programs)
        start(place, programs, demo["client_secrets"])
        announce(place, demo, logs)
        programs.watch()
    except StoppedError:
        say("\nStopping ...")
        return 0
    except ProgramError as error:
        say(f"\n{error}")
        return 1
    finally:
        programs.stop()


def prepare(place: Place, programs: Programs) -> Any:
    """Make database, keys and demo data; return what `load_demo` prints."""
    say("Preparing the database, the signing keys, people and applications ...")
    origins = ["--query-desk", place.query_desk, "--warehouse", place.warehouse]
    return json.loads(programs.run("load_demo", [*MANAGE, "load_demo", "--from-nothing", *origins]))


def start(place: Place, programs: Programs, secrets: dict[str, str]) -> None:
    """Start the programs and wait until each of them does its work."""
    say("Starting the background worker, the provider, the Warehouse and Query Desk ...")
    # The worker says that it is ready on the level INFO only.
    programs.start("worker", WORKER, {"LOG_LEVEL": "INFO"})
    programs.wait_for("worker", lambda: b" ready." in programs.log("worker").read_bytes())
    programs.start("provider", provider(place.port), LIBRARY)
    start_warehouse(place, programs, secrets["warehouse"])
    start_query_desk(place, programs, secrets["query-desk"])
    programs.wait_for("provider", lambda: answers(f"{place.issuer}/readyz"))
    programs.wait_for("warehouse", lambda: answers(f"{place.warehouse}/healthz"))
    programs.wait_for("query_desk", lambda: answers(f"{place.query_desk}/"))


def start_warehouse(place: Place, programs: Programs, secret: str) -> None:
    """Start the resource server; the first time it makes its data."""
    factory = ["warehouse.app:create_app", "--factory"]
    application = granian(place.warehouse_port, EXAMPLES, *factory, interface="asgi")
    environment = LIBRARY | {
        "WAREHOUSE_ISSUER": place.issuer,
        "WAREHOUSE_ORIGIN": place.warehouse,
        "WAREHOUSE_CLIENT_ID": "warehouse",
        "WAREHOUSE_CLIENT_SECRET": secret,
        "WAREHOUSE_FOLDER": str(place.data_dir / "warehouse"),
    }
    programs.start("warehouse", application, environment)


def start_query_desk(place: Place, programs: Programs, secret: str) -> None:
    """Start the relying party."""
    programs.start(
        "query_desk",
        granian(place.query_desk_port, EXAMPLES, "query_desk.app:create_app", "--factory"),
        LIBRARY
        | {
            "QUERY_DESK_ISSUER": place.issuer,
            "QUERY_DESK_ORIGIN": place.query_desk,
            "QUERY_DESK_RESOURCE": place.warehouse,
            "QUERY_DESK_CLIENT_ID": "query-desk",
            "QUERY_DESK_CLIENT_SECRET": secret,
        },
    )


def provider(port: int) -> list[str]:
    """Return the command that serves the provider, on this machine only."""
    return [sys.executable, "-m", "idp.front", "--host", "127.0.0.1", "--port", str(port)]


def granian(port: int, folder: Path, *application: str, interface: str = "wsgi") -> list[str]:
    """Return the command that serves an application in a folder, on this machine only."""
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1"]
    threads = ["--blocking-threads", "4"] if interface == "wsgi" else []
    return [*command, "--port", str(port), *threads, "--working-dir", str(folder), *application]


def announce(place: Place, demo: Any, logs: Path) -> None:
    """Print where everything is, and the line that scripts wait for."""
    accounts = "\n".join(f"    {name:<7} {who}" for name, who in demo["accounts"].items())
    say(
        f"\n  Query Desk   {place.query_desk}    start here\n"
        f"  Provider     {place.issuer}\n"
        f"  Warehouse    {place.warehouse}\n"
        f"  Admin        {place.issuer}/admin/\n"
        f"  Logs         {logs}\n\n"
        f"  Accounts, all with the password {demo['password']}:\n{accounts}\n\n"
        "  Card numbers take a passkey of Grace: she signs in with it, and signs her yes. She\n"
        "  adds one on the way, from her phone or computer; docs/demo.md says how a browser's\n"
        "  developer tools stand in for one.\n\n"
        f"  Ctrl-C stops everything.\n\n"
        f"ready {place.issuer}"
    )


def answers(address: str) -> bool:
    """Say whether a page is there."""
    try:
        with DIRECT.open(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def say(text: str) -> None:
    """Print at once, so that whoever waits for a line gets it."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
