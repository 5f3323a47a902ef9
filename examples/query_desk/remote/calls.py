"""Calling the provider through Authlib, and sorting what can go wrong."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuthError
from joserfc.errors import JoseError

from query_desk.answers import ProviderUnavailableError, UnexpectedAnswerError
from query_desk.remote.refusals import MalformedRefusalError

T = TypeVar("T")
TIMEOUT = (5, 30)
"""Seconds to connect, and to answer: the provider itself waits 20 for a busy database."""


def ask(call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Return what the call returns.

    Raises `OAuthError` when the provider says no, `UnexpectedAnswerError` when its answer is not
    to be trusted, `ProviderUnavailableError` when there is none.
    """
    try:
        return call(*args, **kwargs)
    except OAuthError:
        raise
    except requests.HTTPError as error:
        if error.response.status_code == HTTPStatus.UNAUTHORIZED:
            raise OAuthError(error="invalid_token") from error
        raise ProviderUnavailableError(str(error)) from error
    except MalformedRefusalError as error:
        raise UnexpectedAnswerError(f"It cannot be followed: {error}.") from error
    except (requests.RequestException, ValueError, KeyError) as error:
        raise ProviderUnavailableError(str(error)) from error
    except (JoseError, AuthlibBaseError) as error:
        raise UnexpectedAnswerError(f"Its ID token is not valid: {error}") from error
