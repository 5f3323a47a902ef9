"""User names in one form, unique whatever their spelling, and never an e-mail address."""

from collections import defaultdict

from django.db import migrations, models

import claims.canonical_names
import idp.models.user


def fill(apps, schema_editor):
    people = apps.get_model("idp", "User").objects
    named = defaultdict(list)
    for person in people.only("username").iterator():
        named[claims.canonical_names.canonical_name(person.username)].append(person)
    unclear = [p.username for key, found in named.items() for p in found if len(found) > 1 or "@" in key]
    if unclear:
        raise ValueError(
            "Rename these people first: a user name has no @, and no two differ only in their "
            f"spelling: {', '.join(sorted(unclear))}"
        )
    for key, found in named.items():
        people.filter(pk=found[0].pk).update(username_key=key)


class Migration(migrations.Migration):

    dependencies = [
        ('idp', '0008_sessions_at_rest'),
    ]

    operations = [
        migrations.AlterModelManagers(name='user', managers=[]),
        migrations.AlterField(
            model_name='user',
            name='username',
            field=models.CharField(max_length=150, unique=True, validators=[claims.canonical_names.validate_name], verbose_name='username'),
        ),
        migrations.AddField(
            model_name='user',
            name='username_key',
            field=models.CharField(editable=False, max_length=150, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='user',
            name='username_key',
            field=idp.models.user.CanonicalName(editable=False, max_length=150, unique=True),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('username_key__contains', '@'), _negated=True), name='username_is_no_address'),
        ),
    ]
