"""A trigram index on the folded name: PostgreSQL finds any part of a name through it."""

from typing import Any

from django.db import migrations

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
CREATE = (
    "CREATE INDEX IF NOT EXISTS patient_name_parts "
    "ON patients_patient USING gin (search_key gin_trgm_ops)"
)
DROP = "DROP INDEX IF EXISTS patient_name_parts"


def create_index(apps: Any, schema_editor: Any) -> None:
    """Only PostgreSQL has trigrams; SQLite reads the short column from end to end."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(EXTENSION)
        schema_editor.execute(CREATE)


def drop_index(apps: Any, schema_editor: Any) -> None:
    """The extension stays: others may use it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = (("patients", "0001_patients_and_records"),)
    operations = (migrations.RunPython(create_index, drop_index),)
