"""The database refuses to change or delete audit events."""

from django.db import migrations

from audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.EVENTS)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, triggers.EVENTS)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_events")]

    operations = [migrations.RunPython(install, remove)]
