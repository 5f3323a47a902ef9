"""The attributes and mappings every installation starts with."""

from django.db import migrations

from claims.services import install_defaults


def install(apps, schema_editor):
    install_defaults(apps)


class Migration(migrations.Migration):

    dependencies = [("claims", "0002_initial")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
