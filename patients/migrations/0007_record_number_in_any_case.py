"""A record number is one number, written in capitals or not."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Upper

TAKEN = "This record number is already used in this clinic."


def look_for_twins(apps: Any, schema_editor: Any) -> None:
    """Stop with words where two patients bear one number: only people can say whose it is."""
    registrations = apps.get_model("patients", "Registration").objects
    twice = (
        registrations.using(schema_editor.connection.alias)
        .annotate(capitals=Upper("record_number"))
        .values("clinic__code", "capitals")
        .order_by("clinic__code", "capitals")
        .annotate(bearers=models.Count("pk"))
        .filter(bearers__gt=1)
    )
    found = [f"{each['clinic__code']}: {each['capitals']}" for each in twice[:20]]
    if found:
        raise RuntimeError(
            "These record numbers are used twice in one clinic, once in capitals and once not: "
            f"{', '.join(found)}. Correct one of each pair with the version before this one, then "
            "migrate again. Nothing was changed."
        )


def leave(apps: Any, schema_editor: Any) -> None:
    """Nothing to take back: the check changes nothing."""


class Migration(migrations.Migration):
    dependencies = (("patients", "0006_letters_without_accent_folded"),)
    operations = (
        migrations.RunPython(look_for_twins, leave),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                models.F("clinic"),
                Upper("record_number"),
                name="registration_number_any_case",
                violation_error_message=TAKEN,
            ),
        ),
    )
