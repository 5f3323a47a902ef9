"""What we take from django-oauth-toolkit and oauthlib, and what not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from oauth2_provider.settings import DEFAULTS, OAuth2ProviderSettings, oauth2_settings

from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.endpoints.token import TokenEndpoint
from idp.models import DeviceGrant, IDToken
from idp.token_endpoint.pipeline import GRANT_TYPES
from tests.architecture.test_modules import RULES, modules, relative

AT_THE_EDGE = ("idp/engine/", "idp/errors/base.py", "idp/endpoints/", "idp/models/",
               "foundation/directory/models/client.py")  # fmt: skip
"""Where its classes are subclassed; everything else has values of ours."""


def test_the_engine_owns_no_table() -> None:
    """Its migrations are left out: a model that we do not replace would have no table."""
    models = list(apps.get_app_config("oauth2_provider").get_models(include_swapped=True))

    assert settings.MIGRATION_MODULES["oauth2_provider"] is None
    assert len(models) == 6
    assert [model for model in models if not model._meta.swapped] == []


@pytest.mark.django_db
def test_what_is_never_written_has_no_table_and_is_looked_into_by_no_deletion() -> None:
    tables = connection.introspection.table_names()

    for model in (IDToken, DeviceGrant):
        assert model._meta.db_table not in tables
        assert [field for field in model._meta.get_fields() if field.is_relation] == []


def test_every_setting_of_the_engine_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its views, its models, or its checks before a deployment."""
    read = set()
    find = OAuth2ProviderSettings.__getattr__

    def note(self: OAuth2ProviderSettings, name: str) -> object:
        read.add(name)
        return find(self, name)

    oauth2_settings.reload()  # It looks each up once.
    monkeypatch.setattr(OAuth2ProviderSettings, "__getattr__", note)
    TokenEndpoint.get_oauthlib_backend_class()(TokenEndpoint.get_server())
    client = Client(client_secret="a secret")
    client._meta.get_field("client_secret").pre_save(client, True)
    client.get_allowed_schemes()
    run_checks(include_deployment_checks=True)

    given = settings.OAUTH2_PROVIDER
    assert given.keys() - read == set()
    assert [name for name, value in given.items() if value == DEFAULTS[name]] == []


def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def engine_modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield what imports the engine."""
    for path in modules():
        tree = syntax(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = [alias.name for alias in node.names]
                origin = getattr(node, "module", None) or names[0]
                if origin.partition(".")[0] in {"oauthlib", "oauth2_provider"}:
                    yield path, tree
                    break


def test_only_the_edge_knows_the_engine() -> None:
    found = [relative(path) for path, _ in engine_modules()]

    assert found
    assert [path for path in found if not path.startswith(AT_THE_EDGE)] == []


def test_nothing_is_hung_on_a_request_of_the_engine() -> None:
    """An attribute of `self` is the only one that those who know the engine may set."""
    hung = [
        f"{relative(path)}:{node.lineno} {ast.unparse(node)}"
        for path, tree in engine_modules()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and ast.unparse(node.value) != "self"
        )
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("setattr"))
    ]

    assert hung == []


def test_every_grant_type_that_can_be_registered_has_its_line() -> None:
    assert list(GRANT_TYPES) == GrantType.values


@pytest.mark.parametrize(
    "path", [path for path in RULES if "grants" in path.parts], ids=lambda path: path.stem
)
def test_every_grant_is_a_function_from_a_request_to_an_issue(path: Path) -> None:
    """The first function of its file, and the one that the pipeline lists."""
    first = next(node for node in syntax(path).body if isinstance(node, ast.FunctionDef))
    signature = [ast.unparse(arg.annotation) for arg in first.args.args if arg.annotation]

    assert (signature, ast.unparse(first.returns)) == (["TokenRequest", "Client"], "Issue")  # type: ignore[arg-type]
    assert first.name in {grant.issue.__name__ for grant in GRANT_TYPES.values()}
