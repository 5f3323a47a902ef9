"""Scopes, types of authorization details and labels, with those that every installation starts with."""

import claims.catalogue.models.details_schema
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from claims.catalogue.details.catalogue import install_defaults as install_types
from claims.catalogue.scopes import install_defaults as install_scopes


def install(apps, schema_editor):
    install_scopes(apps.get_model("catalogue", "Scope"))
    install_types(apps.get_model("catalogue", "AuthorizationDetailsType"))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('directory', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuthorizationDetailsType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(help_text='A URN or URL that nobody else uses (RFC 9396 §2.1).', max_length=200, unique=True, validators=[django.core.validators.RegexValidator('\\A[\\x21\\x23-\\x5b\\x5d-\\x7e]+\\Z', 'Use printable ASCII characters without spaces, quotation marks and backslashes.')], verbose_name='type')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('sentence', models.CharField(help_text='What the application may do, in plain words. Members of the detail are written in braces: {identifier}.', max_length=500, verbose_name='sentence')),
                ('translations', models.JSONField(blank=True, default=dict, verbose_name='translations')),
                ('schema', models.JSONField(help_text='Draft 2020-12; members it does not name are refused.', validators=[claims.catalogue.models.details_schema.check_schema], verbose_name='JSON Schema')),
                ('example', models.JSONField(help_text='A detail of this type, for the preview and for developers.', verbose_name='example')),
                ('resource_server', models.CharField(blank=True, help_text='The audience it is for. Empty: those the detail names in its locations.', max_length=255, verbose_name='resource server')),
                ('single_use', models.BooleanField(default=False, help_text='The token is for one audience, lives shortly and cannot be refreshed.', verbose_name='good for one use')),
                ('token_lifetime', models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)], verbose_name='lifetime of its tokens (seconds)')),
                ('approval_lifetime', models.PositiveIntegerField(default=28800, help_text='From its first token on, by any number of tokens. What is good for one use ends with its token.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='how long what was approved may be used (seconds)')),
                ('request_lifetime', models.PositiveIntegerField(default=28800, validators=[django.core.validators.MinValueValidator(60)], verbose_name='how long it may wait for approval (seconds)')),
                ('may_be_narrowed', models.BooleanField(default=False, help_text='Token requests may ask for less than was approved (RFC 9396 §6).', verbose_name='may be narrowed')),
                ('minimum_acr', models.CharField(blank=True, max_length=255, verbose_name='minimum acr')),
                ('maximum_age', models.PositiveIntegerField(blank=True, null=True, verbose_name='oldest sign-in of whoever approves (seconds)')),
                ('needs_signature', models.BooleanField(default=False, help_text='Whoever approves signs what was shown with their own key. Nobody goes ahead alone.', verbose_name='a yes is signed with a passkey')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('documentation_uri', models.URLField(blank=True, verbose_name='documentation')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'type of authorization details',
                'verbose_name_plural': 'types of authorization details',
                'ordering': ['type'],
            },
        ),
        migrations.CreateModel(
            name='Scope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('sentence', models.CharField(help_text='What the application may do, in plain words.', max_length=300, verbose_name='sentence')),
                ('translations', models.JSONField(blank=True, default=dict, help_text='For other languages: {"de": {"title": "…", "sentence": "…"}}', verbose_name='translations')),
                ('card', models.CharField(choices=[('personal', 'Personal information'), ('access', 'Application access')], default='personal', max_length=16, verbose_name='card')),
                ('policy', models.CharField(choices=[('implicit', 'Granted without asking'), ('optional', 'The person may leave it off'), ('required', 'The application cannot work without it'), ('emphasised', 'Optional, with a warning'), ('client', 'For applications themselves; people are never asked')], default='optional', max_length=16, verbose_name='policy')),
                ('ticked', models.BooleanField(default=True, verbose_name='ticked at first')),
                ('resource_server', models.CharField(blank=True, max_length=255, verbose_name='resource server')),
                ('minimum_acr', models.CharField(blank=True, max_length=255, verbose_name='minimum acr')),
                ('maximum_lifetime', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(60)], verbose_name='longest time it may be granted for (seconds)')),
                ('text_version', models.PositiveIntegerField(default=1, verbose_name='text version')),
                ('position', models.PositiveIntegerField(default=100, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'scope',
                'verbose_name_plural': 'scopes',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='SensitivityLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource_server', models.CharField(max_length=255, verbose_name='resource server')),
                ('pattern', models.CharField(help_text='Names with dots, such as finance.payments.card_number; a star stands for anything: hr.*', max_length=255, verbose_name='data')),
                ('level', models.CharField(choices=[('public', 'Public'), ('internal', 'Internal'), ('confidential', 'Confidential'), ('secret', 'Highly sensitive')], max_length=16, verbose_name='sensitivity')),
                ('label', models.CharField(blank=True, help_text='For example: salary, card number.', max_length=100, verbose_name='in words')),
                ('tags', models.CharField(blank=True, help_text='Words for policies, with spaces between: personal payment-card.', max_length=200, verbose_name='tags')),
            ],
            options={
                'verbose_name': 'sensitivity',
                'verbose_name_plural': 'sensitivities',
                'ordering': ['resource_server', 'pattern'],
                'constraints': [models.UniqueConstraint(fields=('resource_server', 'pattern'), name='one_sensitivity_per_pattern')],
            },
        ),
        migrations.CreateModel(
            name='DataOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource_server', models.CharField(max_length=255, verbose_name='resource server')),
                ('pattern', models.CharField(help_text='Names with dots, such as finance.payments.card_number; a star stands for anything: hr.*', max_length=255, verbose_name='data')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'owner of data',
                'verbose_name_plural': 'owners of data',
                'constraints': [models.UniqueConstraint(fields=('person', 'resource_server', 'pattern'), name='one_ownership')],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
