"""CPU time to derive and rewrite one statement, in process.

    .venv/bin/python bench/in_process/sql.py [--calls N]

Prints one line per case: median and 99th percentile in microseconds. The collector of cyclic
garbage runs, as it would in a server.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scopeward_guard.sql import Catalogue, Derivations, derive, rewrite

CATALOGUE = Catalogue(
    "postgres",
    {
        "sales": {
            "payments": ["id", "amount", "card_number", "region", "customer_id", "created_at"],
            "customers": ["id", "name", "country", "email"],
        },
        "hr": {"employees": ["id", "name", "salary", "department"]},
    },
)
SIMPLE = "SELECT region, sum(amount) FROM payments WHERE customer_id = :customer GROUP BY region"
CTE_JOIN = """
WITH recent AS (
    SELECT p.id, p.amount, p.customer_id FROM sales.payments p WHERE p.created_at > :since
), big AS (SELECT * FROM recent WHERE amount > 100)
SELECT c.country, count(*) AS n, sum(b.amount) AS total
FROM big b JOIN customers c ON c.id = b.customer_id
WHERE EXISTS (SELECT 1 FROM hr.employees e WHERE e.name = c.name)
GROUP BY c.country ORDER BY total DESC LIMIT 20
"""
LIMITS = {
    "row_filters": {"sales.payments": "region = 'EU'"},
    "masks": {"sales.payments.card_number": "last4", "sales.customers.name": "hash:salt"},
    "max_rows": 100,
}


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2000)
    calls = parser.parse_args().calls
    kept = Derivations()
    for name, text in {"simple": SIMPLE, "CTE join": CTE_JOIN}.items():
        derivation = derive(text, CATALOGUE)
        measure(f"derive cold, {name}", lambda text=text: derive(text, CATALOGUE), calls)
        measure(f"derive cached, {name}", lambda text=text: kept.derive(text, CATALOGUE), calls)
        measure(f"rewrite, {name}", lambda d=derivation: rewrite(d, **LIMITS), calls)


def measure(name: str, call: Callable[[], object], calls: int) -> None:
    """Warm up, call, print."""
    for _ in range(calls // 10):
        call()
    spent = []
    for _ in range(calls):
        started = time.thread_time_ns()
        call()
        spent.append((time.thread_time_ns() - started) / 1000)
    p99 = statistics.quantiles(spent, n=100)[98]
    print(f"{name:26} {statistics.median(spent):9.1f} µs median {p99:9.1f} µs p99")


if __name__ == "__main__":
    main()
