"""Consent requests, decisions and grants."""

import django.db.models.deletion
import uuid
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

    initial = True

    dependencies = [
        ('directory', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('separate', models.BooleanField(default=False, verbose_name='opened separately')),
                ('scopes', models.JSONField(default=dict)),
                ('withheld_claims', models.JSONField(default=dict)),
                ('shared_email', models.CharField(blank=True, max_length=254)),
                ('authorization_details', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_grants', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'grant',
                'verbose_name_plural': 'grants',
            },
        ),
        migrations.CreateModel(
            name='ScopeDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept_with', models.UUIDField(default=uuid.UUID('00000000-0000-0000-0000-000000000000'), editable=False)),
                ('scope', models.CharField(max_length=100, verbose_name='scope')),
                ('outcome', models.CharField(choices=[('granted', 'Granted'), ('denied', 'Denied')], max_length=8, verbose_name='outcome')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('withheld_claims', models.JSONField(blank=True, default=list, verbose_name='claims left out')),
                ('shared_email', models.CharField(blank=True, max_length=254, verbose_name='e-mail address shared')),
                ('text_version', models.PositiveIntegerField(default=1, verbose_name='text version')),
                ('locale', models.CharField(blank=True, max_length=35, verbose_name='language')),
                ('acr', models.CharField(blank=True, max_length=255, verbose_name='acr')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('expiry_recorded_at', models.DateTimeField(editable=False, null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_decisions', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_decisions', to=settings.AUTH_USER_MODEL)),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='consent.grant')),
            ],
            options={
                'verbose_name': 'decision',
                'verbose_name_plural': 'decisions',
            },
        ),
        migrations.CreateModel(
            name='ConsentRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('scopes', models.JSONField()),
                ('reopened', models.BooleanField(default=False)),
                ('requested_claims', models.JSONField(default=dict)),
                ('intent', models.CharField(choices=[('use', 'Use'), ('create', 'Create'), ('merge', 'Merge'), ('replace', 'Replace')], default='use', max_length=8)),
                ('target', models.UUIDField(null=True)),
                ('authorization_details', models.JSONField(default=list)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('return_to', models.CharField(max_length=500)),
                ('redirect_origin', models.CharField(blank=True, max_length=255)),
                ('binding_message', models.CharField(blank=True, max_length=64)),
                ('asked_from', models.GenericIPAddressField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consent.grant')),
            ],
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
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True), ('separate', False)), fields=('user', 'client'), name='one_ordinary_grant_per_person_and_client'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('expiry_recorded_at__isnull', True)), fields=['expires_at'], name='decision_expiry_to_record'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='decision_expires'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(fields=['decided_at'], name='decision_decided'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(fields=['client', 'decided_at'], name='decision_client_decided'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(fields=['outcome', 'decided_at'], name='decision_outcome_decided'),
        ),
        migrations.AddIndex(
            model_name='scopedecision',
            index=models.Index(fields=['scope', 'decided_at'], name='decision_scope_decided'),
        ),
        migrations.AddConstraint(
            model_name='scopedecision',
            constraint=models.UniqueConstraint(fields=('user', 'client', 'kept_with', 'scope'), name='one_decision_per_scope_and_grant'),
        ),
        migrations.RunPython(index_held_scopes, drop_index),
    ]
