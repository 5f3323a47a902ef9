"""What goes over the wire is as the pages show it: our readers read it, our endpoints say it."""

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.test import Client as Browser
from django.urls import Resolver404, resolve
from django.utils import timezone

from claims.catalogue.details.defaults import QUERY
from claims.names.aws_session_tags import CLAIM
from consent.approvals.models import Approval, Event, Notice
from consent.approvals.notices.webhooks import payload
from consent.approvals.sensitive_data import protect
from console.demo.data import sensitive_data, warehouse_policies
from idp.web.machine_endpoints import machine_endpoint
from scopeward_guard._authzen import parse_decision, parse_evaluation
from scopeward_guard._binding.binding import is_consistent
from scopeward_guard._binding.schemas import QUERY_SCHEMA
from scopeward_guard._tokens.deny_list import parse_deny_list
from tests.docs.pages import ROOT, Block, blocks, spans
from tests.docs.session import Session, resembles
from tests.docs.shell import commands
from tests.docs.test_blocks import documents
from tests.factories import make_person, make_relying_party, make_resource_server
from tests.jwt import header_of, payload_of
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import basic

WEBHOOKS = ROOT / "docs/webhooks.md"
REGO = "\n".join(path.read_text("utf-8") for path in (ROOT / "policy/opa/rego").glob("*.rego"))
pytestmark = pytest.mark.usefixtures("provider")


@pytest.fixture
def server() -> tuple[str, str]:
    """A resource server's audience and its Authorization header."""
    client, secret = make_resource_server(client_id="warehouse")
    return client.resource_server, basic(client.client_id, secret or "")


def asked_details(shown: list[Any], server: tuple[str, str]) -> None:
    """A query of the schema, with the digest of what it says, that can be asked for as it is."""
    (details,) = shown
    for detail in details:
        jsonschema.validate(detail, QUERY_SCHEMA)
        assert is_consistent(detail)
    party = make_relying_party(resources=(server[0],), authorization_details_types=(QUERY,))

    assert party.push(authorization_details=json.dumps(details)).status_code == 201


def revocations(shown: list[Any], server: tuple[str, str]) -> None:
    (document,) = shown
    read = parse_deny_list(document)
    real = Browser().get("/revocations", headers={"Authorization": server[1]}).json()

    assert (len(read.grants), len(read.tokens), len(read.families)) == (2, 1, 1)
    assert document.keys() == real.keys()
    assert document["max_age"] == real["max_age"]


def bundle(shown: list[Any], server: tuple[str, str]) -> None:
    put_in_force(server[0], PERMIT_ALL)
    protect(server[0], QUERY, sensitive_data(make_person()))
    made = Browser().get("/policy/bundle", headers={"Authorization": server[1]}).content.decode()
    header, payload = shown

    assert resembles(header, header_of(made))
    assert resembles({**payload, "iss": "…"}, payload_of(made))


def decisions(shown: list[Any], server: tuple[str, str]) -> None:
    (batch,) = shown
    sent = {**batch, "audience": server[0]}
    answer = Browser().post(
        "/policy/decisions",
        json.dumps(sent),
        "application/json",
        headers={"Authorization": server[1]},
    )
    assert answer.status_code < 300, answer.content


def evaluated(shown: list[Any], server: tuple[str, str]) -> None:
    """The answer to the question that the same page asks."""
    put_in_force(server[0], warehouse_policies().text())
    protect(server[0], QUERY, sensitive_data(make_person(username="grace")))
    ada = make_person(attributes={"roles": ["analyst"], "clearance": "secret"})
    (block,) = [block for block in blocks("sh") if "/access/v1/evaluation" in block.text]
    session = Session(seen={"3f0c…": str(ada.subject)})
    (command,) = commands(block)

    real = Browser().post(
        "/access/v1/evaluation", session.filled(command.arguments[-1]), "application/json",
        headers={"Authorization": server[1]},
    ).json()  # fmt: skip

    assert resembles(shown[0], real), real
    assert parse_decision(shown[0]).remedy


def opa_question(shown: list[Any], server: tuple[str, str]) -> None:
    (body,) = shown
    assert parse_evaluation({**body["input"], "subject": {"type": "user", "id": "ada"}})
    asked = {*body["input"], *body["input"]["resource"]["properties"]} - {"action"}

    assert {name for name in asked if not re.search(rf'[."]{name}\b', REGO)} == set()


def opa_answer(shown: list[Any], server: tuple[str, str]) -> None:
    context = shown[0]["result"]["context"]

    assert not parse_decision(shown[0]["result"]).permit
    assert {name for name in context if f'"{name}"' not in REGO} == set()
    assert context["error"] in REGO
    assert "The access token lacks %s." in REGO
    assert context["reasons"] == [f"The access token lacks {context['remedy']['scopes'][0]}."]


def session_tags(shown: list[Any], server: tuple[str, str]) -> None:
    """Those that tests/aws/test_tokens.py finds in an ID token."""
    tags = shown[0][CLAIM]
    proven = (ROOT / "tests/aws/test_tokens.py").read_text("utf-8")

    assert json.dumps(tags["principal_tags"]) in proven
    assert tags["transitive_tag_keys"] == list(tags["principal_tags"])


def webhook(shown: list[Any], server: tuple[str, str]) -> None:
    """What is posted has the same members, of the same kinds."""
    approval = Approval(type=QUERY, audience=server[0], binding_code="W4SCT", requester=None)
    notice = Notice(approval=approval, event="waiting", state="pending", created_at=timezone.now())
    made = payload(notice, "https://id.example")

    same = {name: type(value) for name, value in made["data"].items()}
    assert same == {name: type(value) for name, value in shown[0]["data"].items()}
    assert {**made, "data": 0, "timestamp": 0} == {**shown[0], "data": 0, "timestamp": 0}
    assert len(made["timestamp"]) == len(shown[0]["timestamp"])
    listed = re.findall(r"^\| `approval\.(\w+)`", WEBHOOKS.read_text("utf-8"), re.MULTILINE)
    assert set(listed) == set(Event) - {Event.ASKED}


KINDS: dict[str, Callable[[list[Any], tuple[str, str]], None]] = {
    '[{"type": "urn:scopeward:query:1"': asked_details,
    '{\n  "revision"': revocations,
    '{"alg": ': bundle,
    '{"audience": ': decisions,
    '{"decision": ': evaluated,
    '{"input": ': opa_question,
    '{"result": ': opa_answer,
    f'{{"{CLAIM}": ': session_tags,
    '{\n  "type": "approval.': webhook,
}
"""What a JSON block is of, by how it begins. One that is of none of these is proven by nothing."""


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_document_is_what_goes_over_the_wire(block: Block, server: tuple[str, str]) -> None:
    (check,) = [check for start, check in KINDS.items() if block.text.startswith(start)]

    check(documents(block.text), server)


@pytest.mark.parametrize("block", blocks("http"), ids=str)
def test_request_is_answered(block: Block, server: tuple[str, str]) -> None:
    put_in_force(server[0], PERMIT_ALL)
    line, *lines = block.text.splitlines()
    method, path, _ = line.split()
    headers = dict(header.split(": ", 1) for header in lines)
    assert headers["Authorization"].startswith("Basic <client_id:client_secret")

    first = Browser().generic(method, path, headers={**headers, "Authorization": server[1]})
    assert first.status_code == 200
    assert first["ETag"].partition('"')[0] == headers["If-None-Match"].partition('"')[0]
    again = {**headers, "Authorization": server[1], "If-None-Match": first["ETag"]}
    assert Browser().generic(method, path, headers=again).status_code == 304


# --- addresses in sentences -----------------------------------------------------------------------

OF_THE_WAREHOUSE = set(
    re.findall(r'@app\.\w+\("([^"]+)"', (ROOT / "examples/warehouse/app.py").read_text("utf-8"))
) | {"/.well-known/oauth-protected-resource"}
NOT_OURS = {
    "/payments/{id}": "an operation of the reader's",
    "/v1/data/scopeward/decision": "OPA's",
    "/input/token": "a path within OPA's input",
    "/data": "a folder in the container",
}
ADDRESSES = sorted(
    {
        (found[1] or "", found[2].partition("?")[0])
        for _, span in spans()
        if (found := re.fullmatch(r"(?:(GET|POST|PUT|DELETE) )?(?:\{issuer\})?(/\S*)", span))
        and found[2] not in NOT_OURS
    }
)


def concrete(path: str) -> str:
    """Return an address in which names in brackets are replaced by one of their kind."""
    some_id = "0f8b2a52-6a1e-4a0a-9c5e-2f4a3f1f6d11"
    return re.sub(r"<reference>", "k7mq2-x9d4r", re.sub(r"\{\w+\}|<\w*id>", some_id, path))


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_address_in_a_sentence_is_answered(method: str, path: str) -> None:
    if path in OF_THE_WAREHOUSE:
        return
    place = concrete(path)
    try:
        assert machine_endpoint(place) or resolve(place)
    except Resolver404:
        pytest.fail(f"{path} is nowhere")
    assert not method or Browser().generic(method, place).status_code != 405
