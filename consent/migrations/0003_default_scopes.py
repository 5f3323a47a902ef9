"""The scopes every installation starts with."""

from django.db import migrations

from consent.catalogue import install_defaults


def add_default_scopes(apps, schema_editor):
    install_defaults(apps.get_model("consent", "Scope"))


class Migration(migrations.Migration):

    dependencies = [("consent", "0002_initial")]

    operations = [migrations.RunPython(add_default_scopes, migrations.RunPython.noop)]
