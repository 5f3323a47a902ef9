
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from foundation.base.partitions.migrating import partition


def partition_decision_log(apps, schema_editor):
    for table in ('policy_loggeddecision', 'policy_loggedname'):
        partition(schema_editor, table, by='logged_at')


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PolicySet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('audience', models.CharField(help_text='The audience of its tokens; for the provider itself, the issuer.', max_length=255, unique=True, verbose_name='resource server')),
                ('timezone', models.CharField(default='UTC', help_text='Decides what an hour and a day of the week are, such as Europe/Berlin.', max_length=64, verbose_name='time zone')),
                ('default_sensitivity', models.PositiveSmallIntegerField(default=1, verbose_name='sensitivity of what has no label')),
                ('schema', models.JSONField(blank=True, default=dict, help_text="Cedar's JSON schema. Empty: the one that comes with Scopeward.", verbose_name='schema')),
                ('data', models.JSONField(blank=True, default=dict, help_text='As JSON: {"hr.employees": ["id", "iban"]}. A mask or filter of anything else is refused. Empty: names are not checked.', verbose_name='tables and columns')),
            ],
            options={
                'verbose_name': 'policy set',
                'verbose_name_plural': 'policy sets',
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='LoggedDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(db_index=True, max_length=11, verbose_name='reference')),
                ('decided_at', models.DateTimeField(verbose_name='when')),
                ('logged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('kept_until', models.DateTimeField(db_index=True, verbose_name='kept until')),
                ('source', models.CharField(max_length=8, verbose_name='decided by')),
                ('audience', models.CharField(max_length=255, verbose_name='resource server')),
                ('client_id', models.CharField(blank=True, max_length=255, verbose_name='client id')),
                ('application', models.CharField(blank=True, max_length=255, verbose_name='application')),
                ('subject_type', models.CharField(max_length=64, verbose_name='kind of subject')),
                ('subject', models.CharField(max_length=255, verbose_name='subject')),
                ('action', models.CharField(max_length=128, verbose_name='action')),
                ('resource_type', models.CharField(max_length=64, verbose_name='kind of resource')),
                ('resource', models.CharField(max_length=255, verbose_name='resource')),
                ('permit', models.BooleanField(verbose_name='permitted')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('policies', models.JSONField(default=list, verbose_name='policies')),
                ('obligations', models.JSONField(default=list, verbose_name='obligations')),
                ('remedy', models.JSONField(null=True, verbose_name='what would help')),
                ('revision', models.CharField(blank=True, max_length=64, verbose_name='policy revision')),
                ('evaluation', models.JSONField(verbose_name='question')),
                ('is_complete', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'policy decision',
                'verbose_name_plural': 'policy decisions',
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['decided_at'], name='logged_decided'), models.Index(fields=['permit', 'decided_at'], name='logged_permit_at'), models.Index(fields=['subject', 'decided_at'], name='logged_subject_at'), models.Index(fields=['client_id', 'decided_at'], name='logged_client_at'), models.Index(fields=['audience', 'decided_at'], name='logged_audience_at')],
            },
        ),
        migrations.CreateModel(
            name='PolicyCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('evaluation', models.JSONField(help_text='An access evaluation request (AuthZEN 1.0 §6.1).', verbose_name='question')),
                ('permit', models.BooleanField(verbose_name='is permitted')),
                ('expected', models.JSONField(blank=True, default=dict, help_text="What else the decision's context must hold, such as policies or remedy.", verbose_name='and')),
                ('policy_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='policy.policyset', verbose_name='policy set')),
            ],
            options={
                'verbose_name': 'policy test case',
                'verbose_name_plural': 'policy test cases',
                'ordering': ['policy_set', 'title'],
            },
        ),
        migrations.CreateModel(
            name='LoggedName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('policy', 'Policy'), ('resource', 'Resource')], max_length=8)),
                ('name', models.CharField(max_length=255)),
                ('permit', models.BooleanField()),
                ('decided_at', models.DateTimeField()),
                ('logged_at', models.DateTimeField()),
                ('decision', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='names', to='policy.loggeddecision')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['kind', 'name', 'decided_at'], name='named_at'), models.Index(fields=['kind', 'permit', 'decided_at', 'name'], name='named_denials')],
                'constraints': [models.UniqueConstraint(fields=('decision', 'kind', 'name'), name='named_once')],
            },
        ),
        migrations.RunPython(partition_decision_log, migrations.RunPython.noop),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('retired', 'Retired')], default='draft', editable=False, max_length=8, verbose_name='state')),
                ('text', models.TextField(verbose_name='policies')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='what changed')),
                ('instead_of', models.PositiveIntegerField(editable=False, null=True, verbose_name='in force before')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('activated_at', models.DateTimeField(editable=False, null=True, verbose_name='activated')),
                ('activated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='activated by')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('policy_set', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='policy.policyset', verbose_name='policy set')),
            ],
            options={
                'verbose_name': 'policy version',
                'verbose_name_plural': 'policy versions',
                'ordering': ['policy_set', '-number'],
                'permissions': [('activate_policyversion', 'Can say which version is in force')],
                'constraints': [models.UniqueConstraint(fields=('policy_set', 'number'), name='one_number_per_version'), models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('policy_set',), name='one_active_version')],
            },
        ),
    ]
