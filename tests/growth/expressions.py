"""What the rows of a grown installation say: expressions of SQL over their number, `n`.

Multiplying by a prime spreads what goes by number over time and names.
"""

from collections.abc import Iterable
from dataclasses import dataclass

DAY = 86_400
APPLICATIONS, GROUPS, SCOPES = 60, 20, 10


@dataclass(frozen=True)
class Size:
    """How many rows there are to be."""

    scale: float

    def of(self, at_scale_one: int) -> int:
        """Return how many of something there are at this scale; at least a few."""
        return max(20, round(at_scale_one * self.scale))

    @property
    def people(self) -> int:
        """How many people."""
        return self.of(1_000_000)

    @property
    def grants(self) -> int:
        """Three of each person."""
        return 3 * self.people

    @property
    def acts(self) -> int:
        """How many acts."""
        return self.of(20_000_000)


def array(values: Iterable[str | int]) -> str:
    """Return a list of SQL."""
    return "ARRAY[" + ",".join(map(repr, values)) + "]"


GIVEN_NAMES = """
    ada alan barbara bela carl clara donald dora edsger emmy frances felix grace george hedy
    hugo ida ivan jean john karen kurt leslie linus margaret max niels nora olga oscar paul
    petra rosa ruth sofia tim ursula viktor wanda yuki
"""
FAMILY_NAMES = """
    lovelace turing liskov bartok gauss schumann knuth hodgkin dijkstra noether allen klein
    hopper boole lamarr wolf noddack pavlov bartik backus jones goedel lamport torvalds
    hamilton planck bohr roth taussky wilde erdos kelly luxemburg teitelbaum kovalevskaya lee
    franklin horta blum tanaka
"""
GIVEN = f"({array(GIVEN_NAMES.split())})[1 + mod(n, 40)]"
FAMILY = f"({array(FAMILY_NAMES.split())})[1 + mod(n / 40, 40)]"


def person(of: str) -> str:
    """Return the key of a person by number."""
    return f"md5('person' || ({of}))::uuid"


def grant(of: str) -> str:
    """Return the key of a grant by number."""
    return f"md5('grant' || ({of}))::uuid"


def person_of_grant(of: str) -> str:
    """Return whose grant it is."""
    return person(f"(({of}) - 1) / 3 + 1")


def ago(days: float, *, spread: int = 7_919) -> str:
    """Return a moment of the last days."""
    seconds = round(days * DAY)
    return f"now() - mod(n::bigint * {spread}, {seconds}) * interval '1 second'"


def around(past_days: float, future_days: float) -> str:
    """Return a moment, before or after now."""
    return f"{ago(past_days + future_days)} + interval '{round(future_days * DAY)} seconds'"


def client_of_grant(of: str, clients: list[int]) -> str:
    """Return for which application: the first three have a third of all grants."""
    array = "ARRAY[" + ",".join(map(str, clients)) + "]::bigint[]"
    number, which = f"(({of}) - 1) / 3", f"mod(({of}) - 1, 3)"
    return (
        f"({array})[CASE {which} WHEN 0 THEN 1 + mod({number}, 3)"
        f" WHEN 1 THEN 4 + mod({number}, 17) ELSE 21 + mod({number}, 40) END]"
    )
