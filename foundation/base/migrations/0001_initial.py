"""The configuration epoch, with its one row, and the signing keys."""

import uuid

import django.core.validators
from django.db import migrations, models

from foundation.base.configuration.epoch import install_first_epoch
import foundation.base.house.wording


def install(apps, schema_editor):
    install_first_epoch(apps)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ConfigurationEpoch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.UUIDField(default=uuid.uuid4)),
            ],
        ),
        migrations.CreateModel(
            name='DailyCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=32)),
                ('day', models.DateField()),
                ('counts', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('series', 'day'), name='one_count_of_a_day')],
            },
        ),
        migrations.CreateModel(
            name='House',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product_name', models.CharField(blank=True, max_length=60, validators=[foundation.base.house.wording.validate_name], verbose_name='name')),
                ('accent_light', models.CharField(blank=True, max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-f]{6}\\Z', 'A colour such as #0b5c62: # and six digits or letters from a to f.')], verbose_name='colour on light')),
                ('accent_dark', models.CharField(blank=True, max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-f]{6}\\Z', 'A colour such as #0b5c62: # and six digits or letters from a to f.')], verbose_name='colour on dark')),
                ('logo_light', models.CharField(blank=True, max_length=64, verbose_name='logo on light')),
                ('logo_dark', models.CharField(blank=True, max_length=64, verbose_name='logo on dark')),
                ('logo_says_name', models.BooleanField(default=False, verbose_name='the logo says the name')),
                ('support_address', models.EmailField(blank=True, max_length=254, validators=[foundation.base.house.wording.validate_plain_address], verbose_name='support address')),
                ('imprint_uri', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(message='An address that begins with https://.', schemes=['https']), foundation.base.house.wording.validate_plain_address], verbose_name='imprint')),
                ('privacy_uri', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(message='An address that begins with https://.', schemes=['https']), foundation.base.house.wording.validate_plain_address], verbose_name='privacy notice')),
                ('terms_uri', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(message='An address that begins with https://.', schemes=['https']), foundation.base.house.wording.validate_plain_address], verbose_name='terms of use')),
            ],
            options={
                'verbose_name': 'name and looks',
                'verbose_name_plural': 'name and looks',
            },
        ),
        migrations.CreateModel(
            name='HousePicture',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('media_type', models.CharField(max_length=16)),
                ('content', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='MailText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(max_length=64, verbose_name='mail')),
                ('language', models.CharField(max_length=16, verbose_name='language')),
                ('subject', models.CharField(max_length=150, verbose_name='subject of the mail')),
                ('body', models.TextField(verbose_name='text')),
            ],
            options={
                'verbose_name': 'mail text',
                'verbose_name_plural': 'mail texts',
                'constraints': [models.UniqueConstraint(fields=('letter', 'language'), name='one_text_of_a_mail')],
            },
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kid', models.CharField(max_length=64, unique=True, verbose_name='key id')),
                ('algorithm', models.CharField(max_length=8, verbose_name='algorithm')),
                ('public_jwk', models.JSONField(verbose_name='public key')),
                ('private_jwe', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('next', 'Next'), ('active', 'Active'), ('retiring', 'Retiring'), ('retired', 'Retired')], max_length=8, verbose_name='state')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('activated_at', models.DateTimeField(null=True, verbose_name='active since')),
                ('retiring_at', models.DateTimeField(null=True, verbose_name='retiring since')),
                ('mac', models.CharField(default='', editable=False, max_length=64)),
            ],
            options={
                'verbose_name': 'signing key',
                'verbose_name_plural': 'signing keys',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('algorithm',), name='one_active_key_per_algorithm'), models.UniqueConstraint(condition=models.Q(('state', 'next')), fields=('algorithm',), name='one_next_key_per_algorithm')],
            },
        ),
        migrations.CreateModel(
            name='UsedOnce',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name': 'used once',
                'verbose_name_plural': 'used once',
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
