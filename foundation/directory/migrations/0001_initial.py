"""People, applications and sign-ins, and what risk is made of to begin with."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import foundation.base.texts.beginning
import foundation.base.texts.canonical_names
import foundation.directory.models.client
import foundation.directory.models.ends
import foundation.directory.models.user
import oauth2_provider.generators
import oauth2_provider.models
import uuid
from django.conf import settings
from django.db import migrations, models

from foundation.directory import levels
from foundation.directory.risk import rules


def install(apps, schema_editor):
    rules.install_defaults(apps)
    levels.install_defaults(apps)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='RiskThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect', models.CharField(choices=[('ask_again', 'Ask to sign in again'), ('end_session', 'End the session')], max_length=32, unique=True, verbose_name='effect')),
                ('score', models.PositiveSmallIntegerField(help_text='1 to 100. A score of 100 is the highest there is.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='from score')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
            ],
            options={
                'verbose_name': 'risk threshold',
                'verbose_name_plural': 'risk thresholds',
            },
        ),
        migrations.CreateModel(
            name='SignInLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('takes', models.PositiveSmallIntegerField(choices=[(1, 'One factor, such as a password'), (2, 'Two factors'), (3, 'A passkey that asks for PIN, finger or face')], unique=True, verbose_name='what it takes')),
                ('value', models.CharField(help_text='A URI, or a name that applications and resource servers know.', max_length=255, unique=True, validators=[django.core.validators.RegexValidator('\\A[\\x21\\x23-\\x5b\\x5d-\\x7e]+\\Z', 'Use printable ASCII characters without spaces, quotation marks and backslashes.')], verbose_name='value of acr')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='translations')),
            ],
            options={
                'verbose_name': 'level of sign-in',
                'verbose_name_plural': 'levels of sign-in',
                'ordering': ('takes',),
            },
        ),
        migrations.CreateModel(
            name='RiskWeight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('new_device', 'New device'), ('unusual_network', 'Unusual network'), ('unusual_hour', 'Unusual hour'), ('failed_attempts', 'Failed attempts before'), ('impossible_speed', 'Impossible speed'), ('network_changed', 'Network changed within the session'), ('browser_changed', 'Browser changed within the session')], max_length=32, unique=True, verbose_name='part')),
                ('weight', models.PositiveSmallIntegerField(help_text='What the part adds to the score when it applies in full, 0 to 100.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='weight')),
                ('is_on', models.BooleanField(default=True, verbose_name='on')),
            ],
            options={
                'verbose_name': 'risk weight',
                'verbose_name_plural': 'risk weights',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('password_set_at', models.DateTimeField(editable=False, null=True)),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', foundation.directory.models.ends.Activity(default=True, help_text='May sign in and use applications.', verbose_name='active')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='access until')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=150, unique=True, validators=[foundation.base.texts.canonical_names.validate_name], verbose_name='username')),
                ('username_key', foundation.directory.models.user.CanonicalName(editable=False, max_length=150, unique=True)),
                ('name', models.CharField(blank=True, max_length=255, verbose_name='full name')),
                ('given_name', models.CharField(blank=True, max_length=150, verbose_name='given name')),
                ('middle_name', models.CharField(blank=True, max_length=150, verbose_name='middle name')),
                ('family_name', models.CharField(blank=True, max_length=150, verbose_name='family name')),
                ('nickname', models.CharField(blank=True, max_length=150, verbose_name='nickname')),
                ('profile', models.URLField(blank=True, verbose_name='profile page')),
                ('picture', models.URLField(blank=True, verbose_name='picture')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('gender', models.CharField(blank=True, max_length=50, verbose_name='gender')),
                ('birthdate', models.CharField(blank=True, help_text='YYYY-MM-DD, or only YYYY.', max_length=10, verbose_name='birth date')),
                ('zoneinfo', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('locale', models.CharField(blank=True, max_length=35, verbose_name='language')),
                ('email_verified', models.BooleanField(default=False, verbose_name='e-mail address verified')),
                ('phone_number', models.CharField(blank=True, max_length=32, verbose_name='phone number')),
                ('phone_number_verified', models.BooleanField(default=False, verbose_name='phone number verified')),
                ('address', models.JSONField(blank=True, default=dict, help_text='street_address, locality, region, postal_code, country, formatted (OIDC Core §5.1.1).', verbose_name='postal address')),
                ('sign_in_set_by_others_at', models.DateTimeField(editable=False, null=True)),
                ('external_id', models.CharField(blank=True, help_text='The identifier of this person in the directory that provisions it (SCIM).', max_length=255, null=True, unique=True, verbose_name='external identifier')),
                ('title', models.CharField(blank=True, max_length=150, verbose_name='job title')),
                ('user_type', models.CharField(blank=True, max_length=64, verbose_name='user type')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
            },
        ),
        migrations.CreateModel(
            name='GroupMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='auth.group')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'db_table': 'directory_user_groups',
                'indexes': [models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='membership_end')],
                'constraints': [models.UniqueConstraint(fields=('user', 'group'), name='member_once')],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='groups',
            field=models.ManyToManyField(blank=True, related_name='user_set', related_query_name='user', through='directory.GroupMembership', to='auth.group', verbose_name='groups'),
        ),
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('client_id', models.CharField(db_index=True, default=oauth2_provider.generators.generate_client_id, max_length=255, unique=True, verbose_name='client ID')),
                ('redirect_uris', models.TextField(blank=True, help_text='Allowed URIs list, space separated', verbose_name='redirect URIs')),
                ('post_logout_redirect_uris', models.TextField(blank=True, default='', help_text='Allowed Post Logout URIs list, space separated', verbose_name='post logout redirect URIs')),
                ('client_type', models.CharField(choices=[('confidential', 'Confidential'), ('public', 'Public')], max_length=32, verbose_name='client type')),
                ('authorization_grant_type', models.CharField(choices=[('authorization-code', 'Authorization code'), ('urn:ietf:params:oauth:grant-type:device_code', 'Device Code'), ('implicit', 'Implicit'), ('password', 'Resource owner password-based'), ('client-credentials', 'Client credentials'), ('openid-hybrid', 'OpenID connect hybrid')], max_length=44, verbose_name='authorization grant type')),
                ('client_secret', oauth2_provider.models.ClientSecretField(blank=True, db_index=True, default=oauth2_provider.generators.generate_client_secret, help_text='Client secret for authentication', max_length=255, verbose_name='client secret')),
                ('hash_client_secret', models.BooleanField(default=True, verbose_name='hash client secret')),
                ('name', models.CharField(blank=True, max_length=255, verbose_name='name')),
                ('skip_authorization', models.BooleanField(default=False, verbose_name='skip authorization')),
                ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                ('algorithm', models.CharField(blank=True, choices=[('', 'No OIDC support'), ('RS256', 'RSA with SHA-2 256'), ('HS256', 'HMAC with SHA-2 256')], default='', max_length=5, verbose_name='algorithm')),
                ('allowed_origins', models.TextField(blank=True, default='', help_text='Allowed origins list to enable CORS, space separated', verbose_name='allowed origins')),
                ('registration_source', models.CharField(choices=[('manual', 'Manual'), ('dcr', 'Dynamic Client Registration'), ('cimd', 'Client ID Metadata Document')], default='manual', help_text='How this application was registered (manual, DCR per RFC 7591, or CIMD)', max_length=32, verbose_name='registration source')),
                ('cimd_expires_at', models.DateTimeField(blank=True, default=None, help_text='When the cached Client ID Metadata Document should be re-fetched', null=True, verbose_name='CIMD expires at')),
                ('grant_types', models.JSONField(default=foundation.directory.models.client.default_grant_types, verbose_name='grant types')),
                ('token_endpoint_auth_method', models.CharField(choices=[('client_secret_basic', 'Secret in the HTTP Basic header'), ('client_secret_post', 'Secret in the form'), ('private_key_jwt', 'A key of its own (private_key_jwt)'), ('none', 'None (public client)')], default='client_secret_basic', max_length=32, verbose_name='client authentication')),
                ('token_endpoint_auth_signing_alg', models.CharField(blank=True, choices=[('ES256', 'ES256'), ('ES384', 'ES384'), ('EdDSA', 'EdDSA'), ('PS256', 'PS256'), ('RS256', 'RS256')], max_length=8, verbose_name='signed by')),
                ('jwks', models.JSONField(blank=True, null=True, verbose_name='public keys (JWKS)')),
                ('jwks_uri', models.URLField(blank=True, max_length=500, verbose_name='address of the public keys')),
                ('only_auth_method', models.BooleanField(default=False, help_text='Otherwise its secret is taken from the header and from the form alike.', verbose_name='in no other way')),
                ('code_protection', models.CharField(choices=[('pkce_or_nonce', 'PKCE, or the nonce of an OpenID request'), ('pkce', 'PKCE'), ('pkce_and_nonce', 'PKCE and, of OpenID requests, a nonce'), ('nothing', "Nothing: codes can be injected into somebody else's sign-in")], default='pkce_or_nonce', help_text='Public clients always need PKCE.', max_length=16, verbose_name='what protects its codes')),
                ('require_pushed_authorization_requests', models.BooleanField(default=False, verbose_name='require pushed authorization requests')),
                ('dpop_bound_access_tokens', models.BooleanField(default=False, help_text='Its tokens are bound to a key that it proves to have at every use.', verbose_name='require DPoP')),
                ('scope', models.TextField(blank=True, help_text='What it may ask for, separated by spaces.', verbose_name='scopes')),
                ('resources', models.JSONField(blank=True, default=list, help_text='Audiences it may ask access tokens for (RFC 8707).', verbose_name='resource servers')),
                ('resource_server', models.CharField(blank=True, help_text='The audience this client may introspect tokens for.', max_length=255, verbose_name='is the resource server')),
                ('access_token_format', models.CharField(choices=[('jwt', 'JWT (RFC 9068)'), ('opaque', 'Opaque, to be introspected')], default='jwt', max_length=8, verbose_name='access tokens')),
                ('id_token_signed_response_alg', models.CharField(choices=[('ES256', 'ES256'), ('RS256', 'RS256')], default='RS256', max_length=8, verbose_name='ID token algorithm')),
                ('claims_in_id_token', models.BooleanField(default=False, help_text='Name, e-mail address and the like, for applications that never ask userinfo.', verbose_name='standard claims in the ID token')),
                ('access_token_signed_response_alg', models.CharField(choices=[('ES256', 'ES256'), ('RS256', 'RS256')], default='ES256', help_text='Of a resource server: how the tokens for it are signed.', max_length=8, verbose_name="its access tokens' algorithm")),
                ('access_token_typ', models.CharField(choices=[('at+jwt', 'at+jwt (RFC 9068)'), ('JWT', 'JWT, for servers that know no other')], default='at+jwt', help_text='Of a resource server: what the header of the tokens for it says they are.', max_length=8, verbose_name="its access tokens' type")),
                ('access_token_claims', models.CharField(blank=True, help_text="Of a resource server: names such as email, with spaces between. What the person's scopes do not release is in none.", max_length=300, verbose_name='standard claims in its access tokens')),
                ('minimum_acr', models.CharField(blank=True, help_text='Of everybody who signs in to it. Empty: any sign-in.', max_length=255, verbose_name='Weakest sign-in')),
                ('default_max_age', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='oldest sign-in accepted (seconds)')),
                ('authorization_details_types', models.JSONField(blank=True, default=list, verbose_name='authorization details types')),
                ('backchannel_token_delivery_mode', models.CharField(blank=True, choices=[('poll', 'It asks again and again (poll)'), ('ping', 'It is told to ask (ping)')], max_length=8, verbose_name='learns of answers')),
                ('backchannel_client_notification_endpoint', models.CharField(blank=True, help_text='Address that is notified in the mode ping (CIBA Core §4).', max_length=500, verbose_name='is told at')),
                ('limits_upstreams', models.BooleanField(default=False, help_text='Signing in here, with password or passkey, always counts.', verbose_name='only some sign-in providers count')),
                ('upstreams', models.JSONField(blank=True, default=list, verbose_name='sign-in providers that count')),
                ('may_ask_for_itself', models.BooleanField(default=False, help_text='Without a person who asks: approvers are found by the rules.', verbose_name='may ask for approvals of its own')),
                ('may_write_freely', models.BooleanField(default=False, help_text='To people it asks without a browser (binding_message); else it sends codes such as W4-SCT. Never links.', verbose_name='may write messages in its own words')),
                ('software_id', models.CharField(blank=True, max_length=255, verbose_name='software identifier')),
                ('client_uri', models.URLField(blank=True, verbose_name='home page')),
                ('logo_uri', models.CharField(blank=True, max_length=500, verbose_name='logo')),
                ('policy_uri', models.URLField(blank=True, verbose_name='privacy policy')),
                ('tos_uri', models.URLField(blank=True, verbose_name='terms of service')),
                ('contacts', models.JSONField(blank=True, default=list, verbose_name='contacts')),
                ('purpose', models.CharField(blank=True, help_text='One sentence shown on the consent screen.', max_length=300, verbose_name='purpose')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_verified', models.BooleanField(default=False, help_text='Somebody checked who operates it.', verbose_name='verified')),
                ('is_for_some', models.BooleanField(default=False, help_text='For the people and groups it names.', verbose_name='only for some')),
                ('only_people', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='people')),
                ('only_groups', models.ManyToManyField(blank=True, related_name='+', to='auth.group', verbose_name='groups')),
                ('is_agent', models.BooleanField(default=False, verbose_name='acts on its own (agent)')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FailedSignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['account', 'at'], name='failed_sign_in_account')],
            },
        ),
        migrations.CreateModel(
            name='SignInRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('occasion', models.CharField(choices=[('sign_in', 'Signed in'), ('reauthentication', 'Confirmed with the password'), ('change', 'Went on elsewhere')], max_length=16)),
                ('sid', models.CharField(db_index=True, max_length=64)),
                ('network', models.CharField(blank=True, max_length=43)),
                ('device', models.CharField(blank=True, max_length=64)),
                ('browser', models.CharField(blank=True, max_length=20)),
                ('system', models.CharField(blank=True, max_length=20)),
                ('score', models.PositiveSmallIntegerField()),
                ('parts', models.JSONField(default=list)),
                ('is_trusted', models.BooleanField()),
                ('has_ended_session', models.BooleanField(default=False)),
                ('disowned_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_in_records', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('username_key__contains', '@'), _negated=True), name='username_is_no_address'),
        ),
        migrations.AddIndex(
            model_name='signinrecord',
            index=models.Index(fields=['user', '-at'], name='sign_in_record_user'),
        ),
        migrations.AddIndex(
            model_name='signinrecord',
            index=models.Index(fields=['at'], name='sign_in_record_at'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(fields=['email'], name='person_email', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='user',
            index=foundation.base.texts.beginning.BeginningIndex(fields=['name'], name='person_name'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=foundation.base.texts.beginning.BeginningIndex(fields=['given_name'], name='person_given_name'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=foundation.base.texts.beginning.BeginningIndex(fields=['family_name'], name='person_family_name'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('is_staff', True)), fields=['username'], name='person_staff'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('is_active', False)), fields=['username'], name='person_inactive'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='person_end'),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='invited')),
                ('expires_at', models.DateTimeField(db_index=True, verbose_name='good until')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='withdrawn')),
                ('application', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='application')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None), ('used_at', None)), fields=('person',), name='one_invitation')],
            },
        ),
        migrations.CreateModel(
            name='PeopleImport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField(db_index=True, verbose_name='uploaded')),
                ('title', models.CharField(max_length=100, verbose_name='file')),
                ('headings', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=dict)),
                ('invites', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('read', 'Read'), ('trying', 'Being tried'), ('tried', 'Tried'), ('writing', 'Being imported'), ('done', 'Imported')], default='read', max_length=8, verbose_name='state')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('done', models.PositiveIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'import of people',
                'verbose_name_plural': 'imports of people',
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('values', models.JSONField()),
                ('key', models.CharField(blank=True, max_length=150)),
                ('became', models.CharField(blank=True, max_length=8)),
                ('said', models.JSONField(default=list)),
                ('of', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='directory.peopleimport')),
            ],
            options={
                'indexes': [models.Index(fields=['of', 'key'], name='row_key')],
                'constraints': [models.UniqueConstraint(fields=('of', 'number'), name='row_once')],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
