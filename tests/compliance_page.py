"""docs/compliance.md: what specifications demand, what proves it, and what does not exist."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from tests.compliance import Mark, marks
from tests.requirement_lists import STATES, Document, Requirement, documents

PLANS = Path(__file__).with_name("conformance_plans.toml")
FINDINGS = Path(__file__).with_name("engine_findings.toml")

HEAD = """# Compliance

Written by `make compliance` from the lists in `tests/requirements` and the `spec` marks of the
tests; do not edit. It is written only after a run in which every test that is named here passed.

What each document demands of the roles that Scopeward plays stands below in our own words, section
by section, and beside it one of three things: the tests that prove it; **open**, and what is
missing; or *not applicable*, and why. Beside MUST NOT stands what must not be so. A demand that we
did not find is not here: then the list is wrong. A document that has no list yet is not said to be
covered: what tests we have about it stands under [Further tests](#further-tests), together with
those that go beyond what their section demands (house rules, races, refusals of what is stranger
still)."""


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
        "`client_secret_jwt`, mutual TLS",
        "not yet",
        ("token_endpoint_auth_methods_supported=client_secret_jwt",
         "token_endpoint_auth_methods_supported=tls_client_auth"),
    ),
    Unsupported(
        "Dynamic client registration (RFC 7591, RFC 7592)", "not yet", ("registration_endpoint",)
    ),
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


def render() -> str:
    """Return the page."""
    listed = documents()
    parts = [HEAD, _summary(listed), *map(_document, listed)]
    return "\n\n".join([*parts, _plans(), _further(listed), _findings(), _not_supported()]) + "\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _links(tests: Iterable[str]) -> str:
    return "<br>".join(f"[{test}](../tests/{test.partition('::')[0]})" for test in tests)


def _summary(listed: Sequence[Document]) -> str:
    rows = [
        (f"[{document.name}](#{_anchor(document)})", document.title, *_counts(document))
        for document in listed
    ]
    return _table(["document", "", *STATES], rows)


def _counts(document: Document) -> Iterator[str]:
    return (str(document.count[state]) for state in STATES)


def _anchor(document: Document) -> str:
    """Return what a heading is called in an address: no points, hyphens for spaces."""
    return document.name.lower().replace(".", "").replace(" ", "-")


def _document(document: Document) -> str:
    rows = [(f"§{r.section}", r.level, r.text, _answer(r)) for r in document.requirements]
    about = " ".join([f"[{document.title}]({document.address}).", document.note]).strip()
    table = _table(["section", "", "what is demanded", "what proves it"], rows)
    return f"## {document.name}\n\n{about}\n\n{table}"


def _answer(requirement: Requirement) -> str:
    if requirement.tests:
        return _links(requirement.tests)
    if requirement.open:
        return f"**open**: {requirement.open}"
    return f"*not applicable*: {requirement.not_applicable}"


def _further(listed: Sequence[Document]) -> str:
    """Return the marked tests that no requirement names, by document and section."""
    named = {test for document in listed for r in document.requirements for test in r.tests}
    rest = [mark for mark in marks() if mark.test not in named]
    rows = [
        (document, f"§{section}", _links(mark.test for mark in found))
        for (document, section), found in groupby(rest, key=lambda m: (m.document, m.section))
    ]
    text = "Tests about a section that prove none of the requirements listed above, or more."
    return f"## Further tests\n\n{text}\n\n" + _table(["document", "section", "tests"], rows)


def _plans() -> str:
    summary, modules = [], []
    for plan in read_plans():
        covered = _covered(plan)
        count = f"{len(covered)} of {len(plan['modules'])}"
        summary.append((plan["name"], count, plan.get("missing", "")))
        modules.append(_modules(plan, covered))
    text = (
        "By the modules of the OpenID Foundation's conformance suite. A module counts as covered "
        "when tests of ours prove the rule that it checks; only a run of the suite certifies."
    )
    table = _table(["plan", "covered", "why not more"], summary)
    return "\n\n".join([f"## Certification plans\n\n{text}", table, *modules])


def _modules(plan: dict[str, Any], covered: dict[str, list[str]]) -> str:
    rows = [(f"`{m}`", _links(covered[m]) if m in covered else "none") for m in plan["modules"]]
    return f"### {plan['name']}\n\n" + _table(["module", "tests"], rows)


def read_plans() -> list[dict[str, Any]]:
    """Return the plans with their modules; the same modules may serve two plans."""
    plans: list[dict[str, Any]] = tomllib.loads(PLANS.read_text(encoding="utf-8"))["plans"]
    by_name = {plan["name"]: plan for plan in plans}
    for plan in plans:
        if same := plan.get("same_modules_as"):
            plan["modules"] = by_name[same]["modules"]
    return plans


def _covered(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Return the tests of the plan's modules; a plan may count those of one document only."""
    document = plan.get("document")
    tests: dict[str, list[str]] = defaultdict(list)
    for mark in marks():
        if document in {None, mark.document}:
            for module in mark.modules:
                if module in plan["modules"] and mark.test not in tests[module]:
                    tests[module].append(mark.test)
    return {module: found for module, found in tests.items() if found}


def _findings() -> str:
    marked = sorted((m for m in marks() if m.hole is not None), key=_hole)
    closing = {hole: _links(m.test for m in found) for hole, found in groupby(marked, key=_hole)}
    rows = [
        (str(number), observed, closing.get(number, ""))
        for number, observed in read_findings().items()
    ]
    text = (
        "What is wrong or missing in django-oauth-toolkit 3.4 as it comes, and the tests that keep "
        "it closed here."
    )
    return f"## Findings about the engine\n\n{text}\n\n" + _table(
        ["", "in the toolkit", "here"], rows
    )


def _hole(mark: Mark) -> int:
    return mark.hole or 0


def read_findings() -> dict[int, str]:
    """Return what was observed of the engine, by the number that marks give it."""
    observed = tomllib.loads(FINDINGS.read_text(encoding="utf-8"))
    return {int(number): sentence for number, sentence in observed.items()}


def _not_supported() -> str:
    rows = [(entry.what, entry.why) for entry in NOT_SUPPORTED]
    return "## Not supported\n\n" + _table(["what", "why"], rows)
