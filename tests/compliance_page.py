"""docs/compliance.md: what the tests prove, by specification and by conformance plan."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from tests.compliance import Requirement

PLANS = Path(__file__).with_name("conformance_plans.toml")
FINDINGS = Path(__file__).with_name("engine_findings.toml")

HEAD = """# Compliance

Written by `make compliance` from the `spec` marks of the tests; do not edit. Every line is a test
that passes. A conformance module counts as covered when a test of ours proves the rule that the
module checks; only a run of the OpenID Foundation's suite certifies."""


class Unsupported(NamedTuple):
    """What the provider does not do, and why."""

    what: str
    why: str
    absent: tuple[str, ...] = ()
    """Members of the metadata, or `member=value`, that are not there as long as this is true."""


NOT_SUPPORTED = (
    Unsupported(
        "Implicit and hybrid flows, the password grant",
        "RFC 9700 §2.1.2 and §2.4 advise against",
        ("response_types_supported=token", "response_types_supported=code id_token",
         "grant_types_supported=implicit", "grant_types_supported=password"),
    ),
    Unsupported(
        "PKCE method `plain`",
        "RFC 9700 §2.1.1; S256 is required wherever PKCE is used",
        ("code_challenge_methods_supported=plain",),
    ),
    Unsupported(
        "Request objects, and a `request_uri` that was not pushed",
        "refused by name (OIDC Core §6.1, §6.2)",
        ("request_object_signing_alg_values_supported",),
    ),
    Unsupported("Access tokens in the address", "RFC 9700 §4.3.2; never looked at"),
    Unsupported(
        "`private_key_jwt`, `client_secret_jwt`, mutual TLS",
        "not yet",
        ("token_endpoint_auth_methods_supported=private_key_jwt",
         "token_endpoint_auth_methods_supported=client_secret_jwt",
         "token_endpoint_auth_methods_supported=tls_client_auth"),
    ),
    Unsupported(
        "Dynamic client registration (RFC 7591, RFC 7592)", "not yet", ("registration_endpoint",)
    ),
    Unsupported("DPoP (RFC 9449)", "not yet", ("dpop_signing_alg_values_supported",)),
    Unsupported("Device grant (RFC 8628)", "not yet", ("device_authorization_endpoint",)),
    Unsupported(
        "CIBA: signed requests, user codes, the mode push",
        "not yet",
        ("backchannel_authentication_request_signing_alg_values_supported",
         "backchannel_token_delivery_modes_supported=push"),
    ),
    Unsupported(
        "Back-channel and front-channel logout, session management",
        "not yet",
        ("backchannel_logout_supported", "frontchannel_logout_supported", "check_session_iframe"),
    ),
    Unsupported(
        "Pairwise subjects",
        "not yet; `sub` is an opaque UUID, the same for every client",
        ("subject_types_supported=pairwise",),
    ),
    Unsupported(
        "Encrypted ID tokens, signed userinfo answers",
        "not planned",
        ("id_token_encryption_alg_values_supported", "userinfo_signing_alg_values_supported"),
    ),
)  # fmt: skip


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
    plans = read_plans()
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


def read_plans() -> list[dict[str, Any]]:
    """Return the plans with their modules; the same modules may serve two plans."""
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
    by_finding = {hole: list(found) for hole, found in groupby(marked, key=lambda r: r.hole)}
    rows = [
        (str(number), observed, "; ".join(r.in_words for r in by_finding.get(number, [])))
        for number, observed in read_findings().items()
    ]
    text = (
        "What is wrong or missing in django-oauth-toolkit 3.4 as it comes, and the tests that keep "
        "it closed here."
    )
    return f"## Findings about the engine\n\n{text}\n\n" + _table(
        ["", "in the toolkit", "here"], rows
    )


def read_findings() -> dict[int, str]:
    """Return what was observed of the engine, by the number that marks give it."""
    observed = tomllib.loads(FINDINGS.read_text(encoding="utf-8"))
    return {int(number): sentence for number, sentence in observed.items()}


def _not_supported() -> str:
    rows = [(entry.what, entry.why) for entry in NOT_SUPPORTED]
    return "## Not supported\n\n" + _table(["what", "why"], rows)
