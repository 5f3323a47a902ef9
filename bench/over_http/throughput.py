"""Requests per CPU-second over HTTP, as served, beside oidc-provider.

    .venv/bin/python bench/over_http/throughput.py [--on sqlite|postgresql] [--only ROW,…]
                                                   [--seconds N] [--rounds N] [--alone]

Starts a throw-away PostgreSQL and Redis (or takes a SQLite file), fills it, serves it by one worker
of `python -m idp.front` on the first core, access log on, and sends each row's requests with `wrk`
from the last core, over sixteen connections. Every answer is looked at: one that is not what the
row expects ends the run. Unless it is to be alone, oidc-provider is installed with npm into a
folder of its own and asked for the same in the same minutes. Prints, for each row, answers per
CPU-second of the web process; of it with database and Redis; the peer's; and the ratio: medians of
the rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.over_http.served import load
from bench.over_http.served.requests import Row
from bench.over_http.served.settings import serve_from
from tests.services.programs import MissingProgramError

BESIDE = ("postgres", "redis-server")
WARM_SECONDS = 3.0


@dataclass
class Party:
    """Who is asked, and for what."""

    process: int
    address: str
    rows: dict[str, Row] = field(default_factory=dict)

    def ask(self, name: str, seconds: float) -> load.Cost:
        """Send one row's requests."""
        row = self.rows[name]
        cost = load.measure(row, self.address, seconds, self.process, BESIDE)
        self.rows[name] = replace(row, tokens=cost.left)
        return cost


def main() -> int:
    """Measure what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--only", default="", help="beginnings of rows, with commas between")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="without oidc-provider")
    options = parser.parse_args()
    os.sched_setaffinity(0, {load.OTHER_CORE})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scopeward-bench-")))
        serve_from(stack, folder, options.on)
        ours = _ours(stack, folder)
        peer = None if options.alone else _peer(stack, folder)
        print(f"{options.on}, {load.CONNECTIONS} connections, load {os.getloadavg()[0]:.1f}")
        print(f"{'':26} {'web':>8} {'with database':>14} {'oidc-provider':>14} {'ratio':>6}")
        for name in _chosen(ours.rows, options.only):
            print(_line(name, ours, peer, options.seconds, options.rounds), flush=True)
        print(f"load {os.getloadavg()[0]:.1f}")
    return 0


def _ours(stack: ExitStack, folder: Path) -> Party:
    from bench.over_http.served import ours

    stage = ours.Stage()
    party = Party(*stack.enter_context(ours.provider(folder)))
    party.rows = {row.name: row for row in stage.rows()}
    return party


def _peer(stack: ExitStack, folder: Path) -> Party | None:
    from bench.over_http.served.peer import oidc_provider

    try:
        process, address, rows = stack.enter_context(oidc_provider(folder))
    except (MissingProgramError, subprocess.CalledProcessError) as error:
        print(f"Without oidc-provider: {error}")
        return None
    return Party(process, address, {row.name: row for row in rows})


def _chosen(rows: Iterable[str], only: str) -> list[str]:
    beginnings = tuple(each.strip() for each in only.split(","))
    return [name for name in rows if name.startswith(beginnings)]


def _line(name: str, ours: Party, peer: Party | None, seconds: float, rounds: int) -> str:
    parties = [ours, *([peer] if peer and name in peer.rows else [])]
    costs: list[list[load.Cost]] = [[] for _ in parties]
    for party in parties:
        party.ask(name, WARM_SECONDS)
    # In turns, so that whatever the machine does meanwhile meets both.
    for _ in range(rounds):
        for party, found in zip(parties, costs, strict=True):
            found.append(party.ask(name, seconds))
    web = statistics.median(cost.per_second for cost in costs[0])
    whole = statistics.median(cost.with_beside for cost in costs[0])
    line = f"{name:26} {web:8,.0f} {whole:14,.0f}"
    if len(costs) > 1:
        theirs = statistics.median(cost.per_second for cost in costs[1])
        line += f" {theirs:14,.0f} {web / theirs:6.2f}"
    return line


if __name__ == "__main__":
    sys.exit(main())
