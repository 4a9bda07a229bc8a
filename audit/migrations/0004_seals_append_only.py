"""The database refuses to change or delete seals of the audit."""

from django.db import migrations

from audit import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, triggers.SEALS)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, triggers.SEALS)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seals")]

    operations = [migrations.RunPython(install, remove)]
