
import django.db.models.deletion
import foundation.journal.keys
from django.conf import settings
from django.db import migrations, models

from foundation.base.partitions.migrating import partition


def partition_history(apps, schema_editor):
    partition(schema_editor, 'journal_act', by='id')
    partition(schema_editor, 'journal_personalpart', by='act_id')


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consent', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MintedToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.UUIDField()),
                ('rotation', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('user_id', models.UUIDField(null=True)),
                ('client_id', models.BigIntegerField(null=True)),
                ('grant_id', models.UUIDField(null=True)),
                ('scope', models.TextField(blank=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.UUIDField(default=foundation.journal.keys.new_key, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='when')),
                ('kind', models.CharField(choices=[('asked', 'Asked'), ('shown', 'Shown'), ('granted', 'Granted'), ('denied', 'Denied'), ('expired', 'Expired'), ('revoked', 'Taken back'), ('reopened', 'May be asked again'), ('minted', 'Token issued'), ('erased', 'Personal data erased'), ('exported', 'Records exported'), ('session_ended', 'Session ended'), ('credential_set', 'Sign-in set by somebody else'), ('invited', 'Invited'), ('invitation_used', 'Invitation used'), ('uninvited', 'Invitation withdrawn'), ('let_go', 'Access ended'), ('factor_added', 'Way of signing in added'), ('factor_removed', 'Way of signing in removed'), ('factor_copied', 'Copy of a key found'), ('recovery_used', 'Recovery code used'), ('recovery_codes', 'Recovery codes made'), ('reset_asked', 'Reset of a sign-in asked for'), ('reset_stopped', 'Reset of a sign-in stopped'), ('reset_done', 'Sign-in reset'), ('secret_rotated', 'Secret replaced'), ('history_resumed', 'History taken up again'), ('created', 'Made'), ('changed', 'Changed'), ('removed', 'Removed'), ('found', 'Found, made without an act'), ('delegated', 'Standing in arranged'), ('delegation_ended', 'Standing in ended'), ('query_requested', 'Approval requested'), ('query_viewed', 'Request looked at'), ('query_voted', 'Vote given'), ('query_approved', 'Approval given'), ('query_overridden', 'Emergency access taken'), ('query_denied', 'Approval denied'), ('query_expired', 'Approval expired'), ('query_cancelled', 'Request withdrawn'), ('query_minted', 'Token of an approval issued'), ('query_consumed', 'Token of an approval used'), ('query_executed', 'Executed'), ('query_failed', 'Failed'), ('query_unknown', 'Outcome unknown'), ('query_replayed', 'Second use refused'), ('query_revoked', 'Approval revoked')], max_length=16, verbose_name='act')),
                ('actor', models.CharField(choices=[('person', 'The person'), ('client', 'The application'), ('administrator', 'An administrator'), ('command', 'A command'), ('system', 'The system'), ('approver', 'Another person'), ('resource_server', 'The resource server'), ('outside', 'Somebody in the database')], max_length=16, verbose_name='by')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('object_kind', models.CharField(blank=True, max_length=64, verbose_name='what')),
                ('object_key', models.CharField(blank=True, max_length=64, verbose_name='which')),
                ('text_version', models.PositiveIntegerField(null=True, verbose_name='text version')),
                ('locale', models.CharField(blank=True, max_length=35, verbose_name='language')),
                ('acr', models.CharField(blank=True, max_length=255, verbose_name='acr')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
                ('personal_digest', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=64)),
                ('number', models.PositiveBigIntegerField(null=True, verbose_name='number')),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('mac', models.CharField(blank=True, max_length=64)),
                ('client', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('grant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='consent.grant', verbose_name='grant')),
            ],
            options={
                'verbose_name': 'act',
                'verbose_name_plural': 'history',
            },
        ),
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('act', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('source', models.CharField(max_length=63)),
                ('verb', models.CharField(max_length=6)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('secrets', models.TextField(blank=True)),
                ('author', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='DenyListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('grants', 'Grant'), ('tokens', 'Token'), ('families', 'Family')], max_length=8)),
                ('value', models.JSONField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('first', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('last', models.PositiveBigIntegerField(unique=True)),
                ('previous_hash', models.CharField(max_length=64)),
                ('last_hash', models.CharField(max_length=64)),
                ('acts', models.PositiveBigIntegerField(default=0)),
                ('erased', models.PositiveBigIntegerField(default=0)),
                ('signed', models.PositiveBigIntegerField(default=0)),
                ('sealed_at', models.DateTimeField()),
                ('jws', models.TextField()),
                ('mac', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'verbose_name': 'sealed segment',
                'verbose_name_plural': 'sealed segments',
            },
        ),
        migrations.CreateModel(
            name='PersonalPart',
            fields=[
                ('act', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='personal', serialize=False, to='journal.act')),
                ('salt', models.CharField(max_length=64)),
                ('actor_id', models.CharField(blank=True, db_index=True, max_length=64, verbose_name='who did it')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('shown', models.CharField(blank=True, max_length=64, verbose_name='digest of the screen')),
                ('shared_email', models.CharField(blank=True, max_length=254, verbose_name='e-mail address shared')),
                ('other_id', models.CharField(blank=True, max_length=64, verbose_name='the other person')),
                ('changes', models.TextField(blank=True, verbose_name='changed')),
                ('erased_in', models.UUIDField(null=True)),
                ('erased_mac', models.CharField(blank=True, max_length=64)),
                ('person', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
        ),
        migrations.RunPython(partition_history, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(condition=models.Q(('number__isnull', True)), fields=['at'], name='act_unlinked'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['number'], name='act_number'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['at'], name='act_at'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['client', 'at'], name='act_client_at'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['grant', 'at'], name='act_grant_at'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(fields=['kind', 'at'], name='act_kind_at'),
        ),
        migrations.AddIndex(
            model_name='act',
            index=models.Index(condition=models.Q(('object_kind', ''), _negated=True), fields=['object_kind', 'object_key', 'at'], name='act_object_at'),
        ),
    ]
