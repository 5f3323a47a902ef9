"""Attributes and claim mappings, with those that every installation starts with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from claims.services import install_defaults


def install(apps, schema_editor):
    install_defaults(apps)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('directory', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=64, unique=True, verbose_name='name')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('kind', models.CharField(choices=[('text', "Text: the person's own, else the first group's"), ('list', 'List: all values together'), ('level', 'Ordered level: the highest'), ('flag', 'Yes or no: yes when anyone says yes')], default='text', max_length=8, verbose_name='kind')),
                ('levels', models.JSONField(blank=True, default=list, help_text='For an ordered level: the allowed values, lowest first.', verbose_name='levels')),
            ],
            options={
                'verbose_name': 'attribute',
                'verbose_name_plural': 'attributes',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ClaimMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('claim', models.CharField(max_length=200, unique=True, verbose_name='claim')),
                ('scope', models.CharField(max_length=100, verbose_name='released by the scope')),
                ('in_id_token', models.BooleanField(default=False, verbose_name='in the ID token')),
                ('in_access_token', models.BooleanField(default=True, verbose_name='in access tokens')),
                ('in_userinfo', models.BooleanField(default=True, verbose_name='in userinfo')),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='claims.attribute', verbose_name='attribute')),
            ],
            options={
                'verbose_name': 'claim mapping',
                'verbose_name_plural': 'claim mappings',
                'ordering': ['claim'],
            },
        ),
        migrations.CreateModel(
            name='GroupAttributes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(blank=True, default=dict, verbose_name='values')),
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='auth.group')),
            ],
            options={
                'verbose_name': 'attributes of a group',
                'verbose_name_plural': 'attributes of groups',
            },
        ),
        migrations.CreateModel(
            name='PersonAttributes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(blank=True, default=dict, verbose_name='values')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'attributes of a person',
                'verbose_name_plural': 'attributes of people',
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
