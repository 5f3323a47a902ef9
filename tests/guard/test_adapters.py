"""The same behaviour through every framework."""

import json
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path
from fastapi import Depends, FastAPI
from flask import Flask, jsonify

from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.routes import Route, Routes
from scopeward_guard._tokens.principal import Principal
from scopeward_guard.adapters import asgi, django, fastapi, flask, wsgi
from tests.guard.callers import Caller, bearer, caller_of_asgi, caller_of_wsgi, run
from tests.guard.conftest import settings
from tests.guard.doors import Door, Finish
from tests.guard.provider import ISSUER, NOW, RESOURCE, FakeProvider

# Django looks after its connections with every request, also where a resource server has none.
pytestmark = pytest.mark.django_db
WELL_KNOWN = "/.well-known/oauth-protected-resource"
STRONG = {"acr_values": ("mfa",), "max_age": 300}
ROUTES = Routes(
    [
        Route("GET", "/payments", requirement("payments:read")),
        Route("GET", "/transfers", requirement("payments:read", acr_values=("mfa",), max_age=300)),
    ]
)

urlpatterns: list[Any] = []


def asgi_app(guard: asgi.AnyGuard) -> Caller:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = json.dumps({"sub": scope[asgi.PRINCIPAL].subject}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return caller_of_asgi(asgi.AsgiMiddleware(app, guard=guard, routes=ROUTES))


def wsgi_app(guard: Guard) -> Caller:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [json.dumps({"sub": environ[wsgi.PRINCIPAL].subject}).encode()]

    return caller_of_wsgi(wsgi.WsgiMiddleware(app, guard=guard, routes=ROUTES))


def fastapi_app(guard: asgi.AnyGuard) -> Caller:
    app = FastAPI()
    needs = fastapi.protect(app, guard)
    plain, strong = needs("payments:read"), needs("payments:read", **STRONG)  # type: ignore[arg-type]

    @app.get("/payments")
    def payments(caller: Principal = Depends(plain)) -> dict[str, str]:  # noqa: B008
        return {"sub": caller.subject}

    @app.get("/transfers")
    def transfers(caller: Principal = Depends(strong)) -> dict[str, str]:  # noqa: B008
        return {"sub": caller.subject}

    return caller_of_asgi(app)


def flask_app(guard: Guard) -> Caller:
    app = Flask("resource_server")
    needs = flask.protect(app, guard)

    @app.get("/payments")
    @needs("payments:read")
    def payments(principal: Principal) -> Any:
        return jsonify(sub=principal.subject)

    @app.get("/transfers")
    @needs("payments:read", **STRONG)  # type: ignore[arg-type]
    def transfers(principal: Principal) -> Any:
        return jsonify(sub=principal.subject)

    return caller_of_wsgi(app)


def django_app(guard: Guard) -> Caller:
    needs = django.DjangoNeeds(guard)

    def view(request: HttpRequest, principal: Principal) -> JsonResponse:
        return JsonResponse({"sub": principal.subject})

    urlpatterns[:] = [
        path("payments", needs("payments:read")(view)),
        path("transfers", needs("payments:read", **STRONG)(view)),  # type: ignore[arg-type]
        needs.metadata(),
    ]
    return caller_of_wsgi(WSGIHandler())


APPLICATIONS = {
    "ASGI": (asgi_app, "Guard"),
    "ASGI, awaited": (asgi_app, "AsyncGuard"),
    "WSGI": (wsgi_app, "Guard"),
    "FastAPI": (fastapi_app, "Guard"),
    "FastAPI, awaited": (fastapi_app, "AsyncGuard"),
    "Flask": (flask_app, "Guard"),
    "Django": (django_app, "Guard"),
}


@pytest.fixture(params=APPLICATIONS)
def call(request: pytest.FixtureRequest, provider: FakeProvider, finish: Finish[Any]) -> Any:
    make, kind = APPLICATIONS[request.param]
    door = Door(kind, provider, finish)
    guard = door.guard(settings())
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        from django.urls import clear_url_caches

        clear_url_caches()
        yield make(guard.awaited if door.is_awaited else guard)
    door.close(guard)


def test_good_token_reaches_the_operation(call: Caller, provider: FakeProvider) -> None:
    response = call("/payments", **bearer(provider.token()))

    assert (response.status_code, response.json()) == (200, {"sub": "ada"})


@pytest.mark.spec("RFC 9728", "3.2")
def test_metadata_say_where_tokens_come_from(call: Caller) -> None:
    response = call(WELL_KNOWN)

    assert response.status_code == 200
    assert response.json()["authorization_servers"] == [ISSUER]
    assert response.json()["resource"] == RESOURCE
    assert response.json()["scopes_supported"] == ["payments:read"]


@pytest.mark.spec("RFC 6750", "3")
@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"aud": "https://other.example"}, 401, "invalid_token"),
        ({"exp": int(NOW) - 60}, 401, "invalid_token"),
        ({"scope": "profile"}, 403, "insufficient_scope"),
    ],
    ids=str,
)
def test_refusal_is_a_challenge(
    changes: dict[str, Any], status: int, error: str, call: Caller, provider: FakeProvider
) -> None:
    response = call("/payments", **bearer(provider.token(**changes)))

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert f'error="{error}"' in response.headers["WWW-Authenticate"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.spec("RFC 9728", "5.1")
def test_caller_without_a_token_is_asked_for_one(call: Caller) -> None:
    response = call("/payments")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == (
        f'Bearer resource_metadata="{RESOURCE}{WELL_KNOWN}"'
    )


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize("address", ["/payments?access_token=x", "/transfers?access_token=x"])
def test_token_in_the_address_is_a_bad_request(address: str, call: Caller) -> None:
    assert call(address).status_code == 400


@pytest.mark.spec("RFC 9470", "3")
@pytest.mark.parametrize("changes", [{"acr": "pwd"}, {"acr": "mfa", "auth_time": int(NOW) - 301},
                                     {"acr": "mfa", "auth_time": None}], ids=str)  # fmt: skip
def test_weak_or_old_sign_in_is_asked_for_again(
    changes: dict[str, Any], call: Caller, provider: FakeProvider
) -> None:
    response = call("/transfers", **bearer(provider.token(**changes)))

    assert response.status_code == 401
    assert response.json()["error"] == "insufficient_user_authentication"
    assert 'acr_values="mfa", max_age="300"' in response.headers["WWW-Authenticate"]


def test_strong_sign_in_goes_on(call: Caller, provider: FakeProvider) -> None:
    response = call("/transfers", **bearer(provider.token(acr="mfa")))

    assert response.status_code == 200


def test_outage_of_the_provider_is_a_503(call: Caller, provider: FakeProvider) -> None:
    provider.is_down = True

    response = call("/payments", **bearer(provider.token()))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize(
    "address", ["/payments/%2e%2e/payments", "/pay%2fments", "/other", "/Payments"]
)
def test_nothing_else_is_reached(address: str, call: Caller, provider: FakeProvider) -> None:
    response = call(httpx.URL(RESOURCE, raw_path=address.encode()), **bearer(provider.token()))

    assert response.status_code in (400, 403, 404)


def test_path_that_the_application_reads_differently_is_refused(guard: Guard) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pytest.fail("reached")

    scope = {"type": "http", "method": "GET", "path": "/admin", "raw_path": b"/payments",
             "query_string": b"", "headers": []}  # fmt: skip
    run(asgi.AsgiMiddleware(app, guard=guard, routes=ROUTES)(scope, None, send))

    assert sent[0]["status"] == 400


def test_websocket_is_refused(guard: Guard) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = asgi.AsgiMiddleware(send, guard=guard, routes=ROUTES)  # type: ignore[arg-type]
    run(middleware({"type": "websocket"}, None, send))  # type: ignore[arg-type]

    assert sent == [{"type": "websocket.close", "code": 1008}]
