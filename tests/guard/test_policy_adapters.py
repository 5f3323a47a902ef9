"""Policy decides about operations alike through every framework: method, path template, address."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from fastapi import Depends, FastAPI
from flask import Flask, jsonify

from scopeward_guard._authzen import Decision, Evaluation
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.routes import Route, Routes, template_of
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.adapters import asgi, django, fastapi, flask, wsgi
from tests.guard.callers import Caller, bearer, caller_of_asgi, caller_of_wsgi
from tests.guard.conftest import MakeGuard
from tests.guard.provider import FakeProvider

pytestmark = pytest.mark.django_db
NEEDED = requirement("payments:read")
ROUTES = Routes([Route("GET", "/payments/{number}", NEEDED), Route("GET", "/open", public=True)])
urlpatterns: list[Any] = []


class Remembering:
    """Permits everything under way, but payment 13; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Evaluation] = []
        self.permit = True

    def decide(self, evaluation: Evaluation) -> Decision:
        self.asked.append(evaluation)
        return Decision(permit=self.permit, reasons=() if self.permit else ("Not today.",))


def asgi_app(guard: Guard) -> Caller:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    return caller_of_asgi(asgi.AsgiMiddleware(app, guard=guard, routes=ROUTES, policy=True))


def wsgi_app(guard: Guard) -> Caller:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [json.dumps({}).encode()]

    return caller_of_wsgi(wsgi.WsgiMiddleware(app, guard=guard, routes=ROUTES, policy=True))


def fastapi_app(guard: Guard) -> Caller:
    app = FastAPI()
    needs = fastapi.protect(app, guard, policy=True)

    @app.get("/payments/{number}", dependencies=[Depends(needs("payments:read"))])
    def payment(number: int) -> dict[str, int]:
        return {"number": number}

    return caller_of_asgi(app)


def flask_app(guard: Guard) -> Caller:
    app = Flask("resource_server")
    needs = flask.protect(app, guard, policy=True)

    @app.get("/payments/<int:number>")
    @needs("payments:read")
    def payment(number: int, principal: Principal) -> Any:
        return jsonify(number=number)

    return caller_of_wsgi(app)


def django_app(guard: Guard) -> Caller:
    needs = django.DjangoNeeds(guard, policy=True)

    def view(request: HttpRequest, number: int, principal: Principal) -> JsonResponse:
        return JsonResponse({"number": number})

    urlpatterns[:] = [path("payments/<int:number>", needs("payments:read")(view))]
    return caller_of_wsgi(WSGIHandler())


@pytest.fixture
def policy() -> Remembering:
    return Remembering()


@pytest.fixture(params=[asgi_app, wsgi_app, fastapi_app, flask_app, django_app])
def call(
    request: pytest.FixtureRequest, policy: Remembering, make_guard: MakeGuard
) -> Iterator[Caller]:
    made = make_guard()
    guard = Guard(made.settings, http=made.provider._http(), policy=policy, clock=made.clock)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        from django.urls import clear_url_caches

        clear_url_caches()
        yield request.param(guard)


def test_the_operation_is_what_policy_is_asked_about(
    call: Caller, policy: Remembering, provider: FakeProvider
):
    assert call("/payments/7", **bearer(provider.token())).status_code == 200

    (asked,) = policy.asked
    assert asked.action.name == "GET"
    assert (asked.resource.type, asked.resource.id) == ("endpoint", "/payments/{number}")
    assert asked.resource.properties == {"scopes": ["payments:read"]}
    assert asked.subject.id == "ada"
    assert asked.context["address"] == "127.0.0.1"


def test_a_denial_is_told_with_its_reason(
    call: Caller, policy: Remembering, provider: FakeProvider
):
    policy.permit = False

    response = call("/payments/7", **bearer(provider.token()))

    assert (response.status_code, response.json()["error"]) == (403, "access_denied")
    assert response.json()["reasons"] == ["Not today."]


def test_policy_does_not_replace_what_is_demanded(
    call: Caller, policy: Remembering, provider: FakeProvider
):
    response = call("/payments/7", **bearer(provider.token(scope="profile")))

    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")


def test_strangers_get_no_decision(call: Caller, policy: Remembering):
    assert call("/payments/7").status_code == 401
    assert policy.asked == []


@pytest.mark.parametrize("make", [asgi_app, wsgi_app, fastapi_app, flask_app, django_app])
def test_a_guard_without_a_policy_cannot_be_told_to_ask_it(make: Any, guard: Guard):
    with pytest.raises(ValueError, match="policy"):
        make(guard)


@pytest.mark.parametrize(
    ("rule", "template"),
    [
        ("/payments/<int:id>", "/payments/{id}"),
        ("/a/<x>/b/<path:rest>", "/a/{x}/b/{rest}"),
        ("/<int(min=1):n>", "/{n}"),
        ("/plain", "/plain"),
    ],
)
def test_rules_of_frameworks_are_one_template(rule: str, template: str):
    assert template_of(rule) == template
