"""Turning read policies into what Cedar decides by, and doing long work beside requests."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import cedarpy

from scopeward_guard.cedar._language.rules import Rule

T = TypeVar("T")
SMALL = 64
"""Policies that are compiled faster than another thread would be let in and out for it."""
IN_ONE_GO = 8
"""Policies that are read before others are let in: a millisecond."""
PAUSE = 0.0002
"""Seconds: long enough for whoever waits to begin."""


def policy_set(rules: Iterable[Rule]) -> cedarpy.PolicySet:
    """Return policies under their ids, compiled; raises ValueError for what is too deep."""
    return compiled({rule.id: rule.written for rule in rules})


def compiled(written: Mapping[str, str]) -> cedarpy.PolicySet:
    """Return parsed policies, given as JSON by their ids, compiled; raises ValueError."""
    members = ",".join(f"{json.dumps(name)}:{policy}" for name, policy in written.items())
    text = f'{{"staticPolicies":{{{members}}},"templates":{{}},"templateLinks":[]}}'
    return cedarpy.PolicySet.from_json_str(text, release_gil=len(written) > SMALL)


def unhurried(work: Iterable[T]) -> Iterator[T]:
    """Go through work that nobody waits for, and let others in between."""
    for done, each in enumerate(work, 1):
        yield each
        if done % IN_ONE_GO == 0:
            time.sleep(PAUSE)
