"""Turning read policies into what Cedar decides by."""

import json
from collections.abc import Iterable, Mapping

import cedarpy

from scopeward_guard.cedar._language.rules import Rule

SMALL = 64
"""Policies that are compiled faster than another thread would be let in and out for it."""


def policy_set(rules: Iterable[Rule]) -> cedarpy.PolicySet:
    """Return policies under their ids, compiled; raises ValueError for what is too deep."""
    return compiled({rule.id: rule.written for rule in rules})


def compiled(written: Mapping[str, str]) -> cedarpy.PolicySet:
    """Return parsed policies, given as JSON by their ids, compiled; raises ValueError."""
    members = ",".join(f"{json.dumps(name)}:{policy}" for name, policy in written.items())
    text = f'{{"staticPolicies":{{{members}}},"templates":{{}},"templateLinks":[]}}'
    return cedarpy.PolicySet.from_json_str(text, release_gil=len(written) > SMALL)
