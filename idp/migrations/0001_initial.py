
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models

from idp.enforcement.rules import install_administrators


def _install_rules(apps, schema_editor):
    install_administrators(apps)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('account', '0009_emailaddress_unique_primary_email'),
        ('claims', '0001_initial'),
        ('consent', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
        ('usersessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RevokedAccessToken',
            fields=[
                ('jti', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('revoked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='IDToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'default_permissions': (),
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('token', models.TextField(verbose_name='token')),
                ('expires', models.DateTimeField(verbose_name='expires')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('resource', oauth2_provider.models.ResourceJSONField(blank=True, default=list, verbose_name='resource')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('sid', models.CharField(blank=True, max_length=64)),
                ('auth_time', models.DateTimeField(null=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('amr', models.JSONField(default=list)),
                ('cnf', models.JSONField(default=dict)),
                ('authorization_details', models.JSONField(default=list)),
                ('requested_claims', models.JSONField(default=dict)),
                ('token_checksum', models.CharField(max_length=64, unique=True)),
                ('jti', models.CharField(max_length=80, unique=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('actor', models.JSONField(default=dict)),
                ('application', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consent.grant')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PushedAuthorizationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=64, unique=True)),
                ('parameters', models.JSONField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RefreshToken',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('token', models.TextField(verbose_name='token')),
                ('resource', oauth2_provider.models.ResourceJSONField(blank=True, default=list, verbose_name='resource')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('revoked', models.DateTimeField(null=True, verbose_name='revoked')),
                ('sid', models.CharField(blank=True, max_length=64)),
                ('auth_time', models.DateTimeField(null=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('amr', models.JSONField(default=list)),
                ('cnf', models.JSONField(default=dict)),
                ('authorization_details', models.JSONField(default=list)),
                ('requested_claims', models.JSONField(default=dict)),
                ('token_family', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('handle', models.CharField(max_length=32, unique=True)),
                ('token_checksum', models.CharField(blank=True, max_length=64)),
                ('scope', models.TextField(blank=True)),
                ('redeemed_at', models.DateTimeField(null=True)),
                ('rotated_at', models.DateTimeField(null=True)),
                ('expires', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('rotations', models.PositiveIntegerField(default=0)),
                ('access_token', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='refresh_token', to=settings.OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL, verbose_name='access token')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consent.grant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
        ),
        migrations.CreateModel(
            name='AuthorizationCode',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=255, unique=True, verbose_name='code')),
                ('expires', models.DateTimeField(verbose_name='expires')),
                ('redirect_uri', models.TextField(verbose_name='redirect URI')),
                ('scope', models.TextField(blank=True, verbose_name='scope')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('code_challenge', models.CharField(blank=True, default='', max_length=128, verbose_name='code challenge')),
                ('code_challenge_method', models.CharField(blank=True, choices=[('plain', 'plain'), ('S256', 'S256')], default='', max_length=10, verbose_name='code challenge method')),
                ('claims', models.TextField(blank=True, verbose_name='claims')),
                ('resource', oauth2_provider.models.ResourceJSONField(blank=True, default=list, verbose_name='resource')),
                ('sid', models.CharField(blank=True, max_length=64)),
                ('auth_time', models.DateTimeField(null=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('amr', models.JSONField(default=list)),
                ('cnf', models.JSONField(default=dict)),
                ('authorization_details', models.JSONField(default=list)),
                ('requested_claims', models.JSONField(default=dict)),
                ('nonce', models.TextField(blank=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consent.grant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('family', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='opened_by', to=settings.OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='family',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='access_tokens', to=settings.OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL),
        ),
        migrations.AddField(
            model_name='accesstoken',
            name='source_refresh_token',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='refreshed_access_token', to=settings.OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL, verbose_name='source refresh token'),
        ),
        migrations.CreateModel(
            name='StoredAuthorizationRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('parameters', models.JSONField()),
                ('browser_digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('consumed_at', models.DateTimeField(null=True)),
                ('account_chosen_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('consent_request_id', models.UUIDField(null=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('pushed_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='idp.pushedauthorizationrequest')),
            ],
        ),
        migrations.CreateModel(
            name='BackchannelRequest',
            fields=[
                ('next_attempt_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=64, unique=True)),
                ('user_code', models.CharField(max_length=64, null=True, unique=True)),
                ('asked_from', models.GenericIPAddressField(null=True)),
                ('parameters', models.JSONField()),
                ('approvals', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('interval', models.PositiveIntegerField()),
                ('next_poll_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('sid', models.CharField(blank=True, max_length=64)),
                ('auth_time', models.DateTimeField(null=True)),
                ('acr', models.CharField(blank=True, max_length=255)),
                ('amr', models.JSONField(default=list)),
                ('notification', models.TextField(blank=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL)),
                ('consent_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='consent.consentrequest')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='backchannelrequest_due'), models.Index(fields=['user', 'expires_at'], name='backchannel_user')],
            },
        ),
        migrations.CreateModel(
            name='DeviceGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'default_permissions': (),
                'managed': False,
            },
        ),
        migrations.AddIndex(
            model_name='refreshtoken',
            index=models.Index(fields=['grant', 'revoked'], name='idp_refresh_grant_i_ea75ea_idx'),
        ),
        migrations.AddIndex(
            model_name='refreshtoken',
            index=models.Index(fields=['user', 'application'], name='idp_refresh_user_id_2a3d77_idx'),
        ),
        migrations.AddIndex(
            model_name='refreshtoken',
            index=models.Index(fields=['expires'], name='idp_refresh_expires_125a50_idx'),
        ),
        migrations.AddIndex(
            model_name='refreshtoken',
            index=models.Index(condition=models.Q(('revoked__isnull', False)), fields=['revoked'], name='family_revoked'),
        ),
        migrations.AddIndex(
            model_name='refreshtoken',
            index=models.Index(fields=['sid'], name='idp_refresh_sid_db11cd_idx'),
        ),
        migrations.AddIndex(
            model_name='authorizationcode',
            index=models.Index(fields=['expires'], name='idp_authori_expires_322024_idx'),
        ),
        migrations.AddIndex(
            model_name='accesstoken',
            index=models.Index(fields=['expires'], name='idp_accesst_expires_c2d47e_idx'),
        ),
        migrations.CreateModel(
            name='ScimConnection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('verified_domains', models.TextField(blank=True, help_text='One per line. An address of another domain counts as not verified until the person has confirmed it.', verbose_name='domains whose addresses are verified')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'SCIM connection',
                'verbose_name_plural': 'SCIM connections',
            },
        ),
        migrations.CreateModel(
            name='ScimToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=100, verbose_name='name')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('users', models.CharField(blank=True, choices=[('', 'Nothing'), ('read', 'Read'), ('write', 'Read and change')], default='write', max_length=5, verbose_name='people')),
                ('groups', models.CharField(blank=True, choices=[('', 'Nothing'), ('read', 'Read'), ('write', 'Read and change')], default='write', max_length=5, verbose_name='groups')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='counts until')),
                ('last_used_at', models.DateTimeField(editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='idp.scimconnection', verbose_name='SCIM connection')),
            ],
            options={
                'verbose_name': 'SCIM token',
                'verbose_name_plural': 'SCIM tokens',
            },
        ),
        migrations.CreateModel(
            name='ScimGroup',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='idp.scimconnection')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='scim', to='auth.group')),
            ],
            options={
                'indexes': [models.Index(fields=['connection', 'id'], name='scim_group_page'), models.Index(fields=['connection', 'external_id'], name='scim_group_external')],
            },
        ),
        migrations.CreateModel(
            name='ScimUser',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='scim', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('user_name', models.CharField(max_length=255)),
                ('user_name_key', models.CharField(max_length=255)),
                ('external_id', models.CharField(blank=True, max_length=255)),
                ('document', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='idp.scimconnection')),
            ],
            options={
                'indexes': [models.Index(fields=['connection', 'person'], name='scim_user_page'), models.Index(fields=['connection', 'external_id'], name='scim_user_external')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'user_name_key'), name='scim_user_name_once')],
            },
        ),
        migrations.CreateModel(
            name='FactorRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('whom', models.CharField(choices=[('administrators', 'Administrators'), ('everybody', 'Everybody'), ('group', 'Members of a group'), ('attribute', 'People with an attribute')], default='group', max_length=16, verbose_name='whom')),
                ('value', models.CharField(blank=True, help_text='Of an ordered level this one or a higher one, of a list one of its values; empty: any.', max_length=255, verbose_name='value')),
                ('wants', models.PositiveSmallIntegerField(choices=[(2, 'Any second factor'), (3, 'A passkey that asks for PIN, finger or face')], default=2, verbose_name='has to have')),
                ('grace_days', models.PositiveSmallIntegerField(default=14, help_text='Counted from the first sign-in of somebody to whom the rule applies; 0: at once.', validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days to set it up')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
                ('attribute', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='claims.attribute', verbose_name='attribute')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group', verbose_name='group')),
            ],
            options={
                'verbose_name': 'factor rule',
                'verbose_name_plural': 'factor rules',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('whom', 'administrators'), _negated=True), ('is_on', True), _connector='OR'), name='admins_always')],
            },
        ),
        migrations.CreateModel(
            name='MetRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wants', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='met_rules', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='met', to='idp.factorrule')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'rule', 'wants'), name='rule_met_once')],
            },
        ),
        migrations.CreateModel(
            name='SignInReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('takes_effect_at', models.DateTimeField(db_index=True, verbose_name='takes effect')),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked for by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_resets', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'reset of a sign-in',
                'verbose_name_plural': 'resets of sign-ins',
                'constraints': [models.UniqueConstraint(condition=models.Q(('done_at', None), ('stopped_at', None)), fields=('person',), name='one_reset'), models.CheckConstraint(condition=models.Q(('stopped_at', None), ('done_at', None), _connector='OR'), name='reset_stopped_or_done')],
            },
        ),
        migrations.RunPython(_install_rules, migrations.RunPython.noop),
        # What the administration finds in the tables of the sign-in pages.
        migrations.RunSQL(
            'CREATE INDEX session_ip ON usersessions_usersession (ip)', 'DROP INDEX session_ip'
        ),
        migrations.RunSQL(
            'CREATE INDEX address_unverified ON account_emailaddress (id) WHERE NOT verified',
            'DROP INDEX address_unverified',
        ),
        migrations.RunSQL(
            'CREATE INDEX address_secondary ON account_emailaddress (id) WHERE NOT "primary"',
            'DROP INDEX address_secondary',
        ),
    ]
