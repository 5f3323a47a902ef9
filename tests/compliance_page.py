"""docs/compliance.md: what the tests prove, by specification and by conformance plan."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.compliance import Requirement

PLANS = Path(__file__).with_name("conformance_plans.toml")

HEAD = """# Compliance

Written by `make compliance` from the `spec` marks of the tests; do not edit. Every line is a test
that passes. A conformance module counts as covered when a test of ours proves the rule that the
module checks; only a run of the OpenID Foundation's suite certifies."""

NOT_SUPPORTED = (
    ("Implicit and hybrid flows, the password grant", "RFC 9700 §2.1.2 and §2.4 advise against"),
    ("PKCE method `plain`", "RFC 9700 §2.1.1; S256 is required wherever PKCE is used"),
    ("Request objects, `request_uri`", "refused by name (OIDC Core §6.1, §6.2)"),
    ("Access tokens in the address", "RFC 9700 §4.3.2; never looked at"),
    ("`private_key_jwt`, `client_secret_jwt`, mutual TLS", "not yet"),
    ("Dynamic client registration (RFC 7591, RFC 7592)", "not yet"),
    ("Pushed authorization requests (RFC 9126)", "not yet"),
    ("Rich authorization requests (RFC 9396)", "not yet; the columns exist"),
    ("DPoP (RFC 9449)", "not yet"),
    ("Device grant (RFC 8628), CIBA, token exchange (RFC 8693)", "not yet"),
    ("Back-channel and front-channel logout, session management", "not yet"),
    ("Pairwise subjects", "not yet; `sub` is an opaque UUID, the same for every client"),
    ("Encrypted ID tokens, signed userinfo answers", "not planned"),
)


def render(proven: Sequence[Requirement]) -> str:
    """Return the page for the requirements that tests prove."""
    parts = [HEAD, _plans(proven), *_documents(proven), _findings(proven), _not_supported()]
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _documents(proven: Sequence[Requirement]) -> Iterator[str]:
    for document, requirements in groupby(proven, key=lambda r: r.document):
        rows = [(f"§{r.section}", r.in_words, ", ".join(r.modules)) for r in requirements]
        table = _table(["section", "requirement", "conformance module"], rows)
        yield f"## {document}\n\n{table}"


def _plans(proven: Sequence[Requirement]) -> str:
    plans = _read_plans()
    counts = [(plan, _covered(plan, proven)) for plan in plans]
    summary = _table(
        ["plan", "covered", "why not more"],
        [
            (plan["name"], f"{len(covered)} of {len(plan['modules'])}", plan.get("missing", ""))
            for plan, covered in counts
        ],
    )
    gaps = [_gap(plan, covered) for plan, covered in counts if len(covered) < len(plan["modules"])]
    return "\n\n".join(["## Certification plans", summary, "### Modules without a test", *gaps])


def _gap(plan: dict[str, Any], covered: set[str]) -> str:
    missing = [f"`{module}`" for module in plan["modules"] if module not in covered]
    return f"**{plan['name']}**: {', '.join(missing)}."


def _read_plans() -> list[dict[str, Any]]:
    plans: list[dict[str, Any]] = tomllib.loads(PLANS.read_text(encoding="utf-8"))["plans"]
    by_name = {plan["name"]: plan for plan in plans}
    for plan in plans:
        if same := plan.get("same_modules_as"):
            plan["modules"] = by_name[same]["modules"]
    return plans


def _covered(plan: dict[str, Any], proven: Sequence[Requirement]) -> set[str]:
    """Return the plan's modules that tests name; a plan may count those of one document only."""
    document = plan.get("document")
    counted = [r for r in proven if document in {None, r.document}]
    return {module for r in counted for module in r.modules} & set(plan["modules"])


def _findings(proven: Sequence[Requirement]) -> str:
    marked = sorted((r for r in proven if r.hole is not None), key=lambda r: (r.hole, r))
    rows = [(str(r.hole), f"{r.document} §{r.section}", r.in_words) for r in marked]
    text = (
        "What is wrong or missing in django-oauth-toolkit 3.4 as it comes, by the number of the "
        "finding, and the tests that show it closed here."
    )
    return f"## Findings about the engine\n\n{text}\n\n" + _table(
        ["finding", "rule", "requirement"], rows
    )


def _not_supported() -> str:
    return "## Not supported\n\n" + _table(["what", "why"], NOT_SUPPORTED)
