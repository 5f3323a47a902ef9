import consent.approvals.models.notices
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consent', '0001_initial'),
        ('directory', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('url', models.URLField(max_length=500, validators=[django.core.validators.URLValidator(schemes=['https', 'http'])], verbose_name='address')),
                ('secret_version', models.PositiveIntegerField(default=1, editable=False)),
                ('secret_key_id', models.CharField(default=consent.approvals.models.notices.key_id_in_force, editable=False, max_length=8)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('type', models.CharField(max_length=255, verbose_name='type')),
                ('audience', models.CharField(max_length=255, verbose_name='resource server')),
                ('canonical', models.TextField(verbose_name='detail')),
                ('detail_digest', models.CharField(max_length=64)),
                ('query_hash', models.CharField(blank=True, max_length=128, verbose_name='digest of the query')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('approved', 'Approved'), ('minted', 'Token issued'), ('consumed', 'Being executed'), ('executed', 'Executed'), ('failed', 'Failed'), ('unknown', 'Outcome unknown'), ('denied', 'Denied'), ('expired', 'Expired'), ('cancelled', 'Cancelled'), ('revoked', 'Revoked')], default='pending', max_length=16, verbose_name='state')),
                ('demands', models.JSONField(default=list)),
                ('terms', models.JSONField(default=dict)),
                ('policy_rev', models.CharField(blank=True, max_length=128, verbose_name='policy version')),
                ('binding_code', models.CharField(max_length=128, verbose_name='code')),
                ('shown_digest', models.CharField(blank=True, max_length=64, verbose_name='digest of what was shown')),
                ('created_at', models.DateTimeField(verbose_name='asked')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('minted_at', models.DateTimeField(blank=True, null=True)),
                ('jti', models.CharField(blank=True, max_length=128)),
                ('minted_digest', models.CharField(blank=True, max_length=64)),
                ('token_expires_at', models.DateTimeField(blank=True, null=True)),
                ('consumed_at', models.DateTimeField(blank=True, null=True)),
                ('reported_at', models.DateTimeField(blank=True, null=True)),
                ('row_count', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='rows')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('justification', models.TextField(blank=True, verbose_name='justification')),
                ('is_break_glass', models.BooleanField(default=False, verbose_name='emergency access')),
                ('txn', models.CharField(max_length=128)),
                ('return_to', models.CharField(blank=True, max_length=500)),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='address')),
                ('risk', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('user_agent', models.CharField(blank=True, max_length=300, verbose_name='browser')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('consent_request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consent.consentrequest')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consent.grant')),
                ('requester', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
            },
        ),
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('type', models.CharField(blank=True, help_text='Empty: requests of every type.', max_length=255, verbose_name='type')),
                ('resource_server', models.CharField(blank=True, help_text='Empty: all of them.', max_length=255, verbose_name='resource server')),
                ('pattern', models.CharField(default='*', help_text='Names with dots, such as finance.payments.card_number; a star stands for anything: hr.*', max_length=255, verbose_name='data')),
                ('who', models.CharField(choices=[('requester', 'Whoever asks'), ('owner', 'The owner of the data'), ('role', 'People with a role'), ('people', 'Certain people')], max_length=16, verbose_name='who has to agree')),
                ('role', models.CharField(blank=True, max_length=100, verbose_name='role')),
                ('needed', models.PositiveSmallIntegerField(default=1, verbose_name='how many people')),
                ('break_glass_role', models.CharField(blank=True, help_text='In an emergency, with a justification; everybody concerned is told. Empty: nobody.', max_length=100, verbose_name='role that may go ahead alone')),
                ('needs_signature', models.BooleanField(default=False, help_text='Whoever approves such a request signs what was shown with their own key. Nobody goes ahead alone.', verbose_name='a yes is signed with a passkey')),
                ('minimum_acr', models.CharField(blank=True, help_text='Of everybody who approves such a request. Empty: what its type wants.', max_length=255, verbose_name='Weakest sign-in')),
                ('position', models.PositiveIntegerField(default=100, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('people', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='people')),
            ],
            options={
                'verbose_name': 'approval rule',
                'verbose_name_plural': 'approval rules',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AwaitedKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=600)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='awaited', to='approvals.approval')),
            ],
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('from_person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to_person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'delegation',
                'verbose_name_plural': 'delegations',
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('keys', models.JSONField(default=list)),
                ('outcome', models.CharField(choices=[('approve', 'Approved'), ('deny', 'Denied')], max_length=8)),
                ('shown_digest', models.CharField(max_length=64)),
                ('note', models.TextField(blank=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('address', models.GenericIPAddressField(blank=True, null=True)),
                ('voted_at', models.DateTimeField()),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='approvals.approval')),
                ('on_behalf_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='VoteSignature',
            fields=[
                ('vote', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='signature', serialize=False, to='approvals.vote')),
                ('statement', models.TextField()),
                ('shown', models.TextField()),
                ('assertion', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(choices=[('waiting', 'A request waits for you'), ('decided', 'Your request has been decided'), ('break_glass', 'Somebody went ahead alone'), ('asked', 'An application asks you for access')], max_length=16)),
                ('state', models.CharField(blank=True, choices=[('pending', 'Waiting'), ('approved', 'Approved'), ('minted', 'Token issued'), ('consumed', 'Being executed'), ('executed', 'Executed'), ('failed', 'Failed'), ('unknown', 'Outcome unknown'), ('denied', 'Denied'), ('expired', 'Expired'), ('cancelled', 'Cancelled'), ('revoked', 'Revoked')], max_length=16)),
                ('created_at', models.DateTimeField()),
                ('approval', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='approvals.approval')),
                ('consent_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consent.consentrequest')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('endpoint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='approvals.webhookendpoint')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['state', 'expires_at'], name='approval_state_expiry'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['requester', '-created_at'], name='approval_requester'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['client', '-created_at'], name='approval_client'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['-created_at'], name='approval_created'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['state', '-created_at'], name='approval_state_created'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('is_break_glass', True)), fields=['-created_at'], name='approval_emergency'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['binding_code'], name='approval_code'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('jti', ''), _negated=True), fields=('jti', 'detail_digest'), name='one_approval_per_detail_of_a_token'),
        ),
        migrations.AddConstraint(
            model_name='awaitedkey',
            constraint=models.UniqueConstraint(fields=('key', 'approval'), name='one_awaited_key'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['to_person', 'ends_at'], name='delegation_to'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('from_person', models.F('to_person')), _negated=True), name='delegation_to_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='delegation_ends_later'),
        ),
        migrations.AddIndex(
            model_name='vote',
            index=models.Index(fields=['voter', '-voted_at'], name='vote_voter'),
        ),
        migrations.AddConstraint(
            model_name='vote',
            constraint=models.UniqueConstraint(fields=('approval', 'voter'), name='one_vote_per_person'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='notice_due'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approval__isnull', False), ('consent_request__isnull', True)), models.Q(('approval__isnull', True), ('consent_request__isnull', False)), _connector='OR'), name='notice_is_about_one_thing'),
        ),
    ]
