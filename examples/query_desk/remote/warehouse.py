"""Talking to the Warehouse: one query, one token, and what it answers."""

from typing import Any

import requests

from query_desk.queries import Query, Run
from query_desk.remote import refusals
from query_desk.remote.refusals import MalformedRefusalError, Refusal
from query_desk.sign_in import AccessToken

TIMEOUT = 30
"""Seconds: the Warehouse itself stops a query after ten."""


class WarehouseUnavailableError(Exception):
    """The Warehouse does not answer, or answers nonsense."""


def run(resource: str, query: Query, token: AccessToken) -> Run:
    """Ask the Warehouse; raises `WarehouseUnavailableError`. Never asks twice."""
    answer = _sent(resource, query, token)
    if answer.status_code == 200:
        return Run(query, result=_json(answer))
    if answer.status_code in {400, 422}:
        return Run(query, problem=str(_json(answer).get("error_description", "")))
    return Run(query, refusal=_refusal(answer))


def replay(resource: str, run: Run) -> Refusal | None:
    """Use the token of a run again; return the refusal, None when there was none."""
    if run.token is None:
        raise WarehouseUnavailableError("There is no token to use again.")
    answer = _sent(resource, run.query, run.token)
    return None if answer.status_code == 200 else _refusal(answer)


def _sent(resource: str, query: Query, token: AccessToken) -> requests.Response:
    headers = {"Authorization": f"Bearer {token.value}"}
    try:
        return requests.post(
            f"{resource}/query",
            json=query.as_json(),
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise WarehouseUnavailableError(str(error)) from error


def _refusal(answer: requests.Response) -> Refusal:
    try:
        return refusals.read(answer.status_code, _json(answer))
    except MalformedRefusalError as error:
        raise WarehouseUnavailableError(str(error)) from error


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise WarehouseUnavailableError("It did not answer in JSON.") from error
    if not isinstance(body, dict):
        raise WarehouseUnavailableError("It did not answer with an object.")
    return body
