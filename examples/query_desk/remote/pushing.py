"""Pushed authorization requests (RFC 9126): what is asked for never passes through the browser."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import requests
from authlib.integrations.flask_client import OAuthError

from query_desk.config import Config
from query_desk.remote.calls import TIMEOUT


def parameters_of(authorization_url: str) -> dict[str, str]:
    """Return the parameters that Authlib would have sent through the browser."""
    return dict(parse_qsl(urlsplit(authorization_url).query))


def push(config: Config, metadata: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Push a request as the client; return the address for the browser (RFC 9126 §4).

    Raises `OAuthError` when the provider refuses it, `ValueError` when the answer is nonsense.
    """
    form = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in parameters.items()
    }
    # RFC 6749 §2.3.1: both parts are form-encoded first.
    credentials = (quote_plus(config.client_id), quote_plus(config.client_secret))
    answer = requests.post(
        metadata["pushed_authorization_request_endpoint"],
        data=form,
        auth=credentials,
        timeout=TIMEOUT,
        allow_redirects=False,
    )
    body = answer.json()
    if answer.status_code != 201:
        raise OAuthError(body.get("error"), body.get("error_description"))
    brought = urlencode({"client_id": config.client_id, "request_uri": body["request_uri"]})
    return f"{metadata['authorization_endpoint']}?{brought}"
