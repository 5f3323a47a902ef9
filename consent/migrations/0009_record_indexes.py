from django.conf import settings
from django.db import migrations, models


def index_held_scopes(apps, schema_editor):
    """Index the scopes that grants hold where the database can: PostgreSQL."""
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('CREATE INDEX grant_scopes_held ON consent_grant USING gin (scopes)')


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        schema_editor.execute('DROP INDEX IF EXISTS grant_scopes_held')


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0008_deny_list'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='act',
            name='kind',
            field=models.CharField(choices=[('asked', 'Asked'), ('shown', 'Shown'), ('granted', 'Granted'), ('denied', 'Denied'), ('expired', 'Expired'), ('revoked', 'Taken back'), ('reopened', 'May be asked again'), ('minted', 'Token issued'), ('erased', 'Personal data erased'), ('exported', 'Records exported')], max_length=16, verbose_name='act'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['kind', 'at'], name='act_kind_at'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='decision_expires'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['decided_at'], name='decision_decided'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['client', 'decided_at'], name='decision_client_decided'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['outcome', 'decided_at'], name='decision_outcome_decided'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['scope', 'decided_at'], name='decision_scope_decided'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['updated_at'], name='grant_updated'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['client', 'updated_at'], name='grant_client_updated'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('revoked_at__isnull', True)), fields=['client', 'updated_at'], name='grant_client_standing'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('revoked_at__isnull', True)), fields=['updated_at'], name='grant_standing'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(condition=models.Q(('revoked_at__isnull', False)), fields=['updated_at'], name='grant_revoked'),
        ),
        migrations.RunPython(index_held_scopes, drop_index, elidable=False),
    ]
