"""The types of authorization details, and what consent requests say of details."""

import django.core.validators
from django.db import migrations, models

import consent.models.details_schema
from consent.details.catalogue import install_defaults


def add_default_types(apps, schema_editor):
    install_defaults(apps.get_model("consent", "AuthorizationDetailsType"))


class Migration(migrations.Migration):

    dependencies = [("consent", "0009_record_indexes")]

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
                ('schema', models.JSONField(help_text='Draft 2020-12; members it does not name are refused.', validators=[consent.models.details_schema.check_schema], verbose_name='JSON Schema')),
                ('example', models.JSONField(help_text='A detail of this type, for the preview and for developers.', verbose_name='example')),
                ('resource_server', models.CharField(blank=True, help_text='The audience it is for. Empty: those the detail names in its locations.', max_length=255, verbose_name='resource server')),
                ('single_use', models.BooleanField(default=False, help_text='The token is for one audience, lives shortly and cannot be refreshed.', verbose_name='good for one use')),
                ('token_lifetime', models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1)], verbose_name='lifetime of its tokens (seconds)')),
                ('request_lifetime', models.PositiveIntegerField(default=28800, validators=[django.core.validators.MinValueValidator(60)], verbose_name='how long it may wait for approval (seconds)')),
                ('may_be_narrowed', models.BooleanField(default=False, help_text='Token requests may ask for less than was approved (RFC 9396 §6).', verbose_name='may be narrowed')),
                ('minimum_acr', models.CharField(blank=True, max_length=255, verbose_name='minimum acr')),
                ('maximum_age', models.PositiveIntegerField(blank=True, null=True, verbose_name='oldest sign-in of whoever approves (seconds)')),
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
        migrations.AddField(
            model_name='consentrequest',
            name='authorization_details',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='consentrequest',
            name='approved_details',
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(add_default_types, migrations.RunPython.noop),
    ]
