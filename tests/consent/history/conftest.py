"""A history with a few acts in it, and a place for what is exported."""

from pathlib import Path
from typing import Any

import pytest

from consent.grants import services as grant_services
from consent.models import Grant
from foundation.journal.acts import link
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act
from tests.consent.asking import Asking


@pytest.fixture(autouse=True)
def heads(settings: Any, tmp_path: Path) -> Path:
    """The folder that heads are exported to."""
    folder = tmp_path / "heads"
    settings.HISTORY_HEADS_DIR = folder
    return folder


@pytest.fixture
def grant(provider: None, asking: Asking) -> Grant:
    """E-mail and roles were granted, phone was denied."""
    return asking.allow(["email", "roles", "phone"], ["email", "roles"])


@pytest.fixture
def chain(grant: Grant) -> list[Act]:
    """Six linked acts: asked, three decisions, the implicit scope, one scope taken back."""
    context = DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser", reason="why")
    grant_services.revoke_scope(grant, "email", context=context)
    link()
    return list(Act.objects.order_by("number"))
