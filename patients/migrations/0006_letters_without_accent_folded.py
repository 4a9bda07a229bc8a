"""Names with letters that no accent makes (ø, ł, đ, æ …) are found as they are typed without."""

import unicodedata
from typing import Any

from django.db import migrations

# As patients.models.patient had them when this was written.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ŋ": "n", "ĸ": "k", "ə": "e"}
)
BATCH = 2000


def folded(text: str, letters: dict[int, str]) -> str:
    text = unicodedata.normalize("NFKD", text).casefold().translate(letters)
    kept = "".join(
        character if character.isalnum() else " "
        for character in text
        if not unicodedata.combining(character)
    )
    return " ".join(kept.split())


def fold_all(apps: Any, schema_editor: Any, letters: dict[int, str]) -> None:
    """Recompute the keys in batches along the primary key; most rows stay as they are."""
    patients = apps.get_model("patients", "Patient").objects.using(schema_editor.connection.alias)
    longest = patients.model._meta.get_field("search_key").max_length
    last = 0
    while batch := list(
        patients.filter(pk__gt=last)
        .only("pk", "family_name", "given_name", "search_key")
        .order_by("pk")[:BATCH]
    ):
        last = batch[-1].pk
        changed = []
        for patient in batch:
            key = folded(f"{patient.family_name} {patient.given_name}", letters)[:longest]
            if key != patient.search_key:
                patient.search_key = key
                changed.append(patient)
        patients.bulk_update(changed, ["search_key"], batch_size=500)


def fold(apps: Any, schema_editor: Any) -> None:
    fold_all(apps, schema_editor, PLAIN_LETTERS)


def unfold(apps: Any, schema_editor: Any) -> None:
    fold_all(apps, schema_editor, {})


class Migration(migrations.Migration):
    dependencies = (("patients", "0005_clinical_answers"),)
    operations = (migrations.RunPython(fold, unfold),)
