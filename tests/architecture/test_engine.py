"""What we take from django-oauth-toolkit, and what not."""

from django.apps import apps
from django.conf import settings


def test_the_engine_owns_no_table() -> None:
    """Its migrations are left out: a model that we do not replace would have no table."""
    models = list(apps.get_app_config("oauth2_provider").get_models(include_swapped=True))

    assert settings.MIGRATION_MODULES["oauth2_provider"] is None
    assert len(models) == 6
    assert [model for model in models if not model._meta.swapped] == []
