"""No kind of record is forgotten, and every column of every kind is entered and read."""

import pytest
from django.apps import apps

from patients.forms.records import field_for
from patients.models import ClinicalRecord, EchoStudy
from patients.record_kinds import KINDS, RecordKind, registry
from patients.record_sheet import BOOKKEEPING, label_of, names_of, unit_of
from tests.patients.record_examples import EXAMPLES

ENTERED_BY_ACTS = {"acknowledged_at", "acknowledged_by", "closed_at", "closed_by", "closure"}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


def test_every_model_of_this_floor_has_its_pages() -> None:
    own_pages = {EchoStudy}
    models = {
        model
        for model in apps.get_app_config("patients").get_models()
        if issubclass(model, ClinicalRecord) and not hasattr(model, "instance_type")
    }
    assert models - own_pages == {kind.model for kind in KINDS.values()}


def test_every_kind_that_is_entered_has_an_example() -> None:
    assert [example.slug for example in EXAMPLES] == [
        slug for slug, kind in KINDS.items() if kind.changes
    ]


@every_kind
def test_every_column_is_read_on_the_page(kind: RecordKind) -> None:
    form = kind.form
    shown = set(names_of(form))
    shown |= {column for columns in form.combined.values() for column in columns}
    columns = {column.name for column in kind.model._meta.concrete_fields}
    assert columns - shown == BOOKKEEPING & columns


@every_kind
def test_every_column_is_entered_but_what_acts_of_their_own_enter(kind: RecordKind) -> None:
    form = kind.form
    read_only = {name for chapter in form.read_only for name in chapter.names}
    entered = {box for chapter in form.chapters for box in form.boxes(chapter)}
    assert entered | {"version"} == set(form.base_fields)
    assert read_only <= ENTERED_BY_ACTS or not kind.changes


@every_kind
def test_no_label_holds_a_unit_and_every_value_has_a_name(kind: RecordKind) -> None:
    for name in names_of(kind.form):
        label = label_of(kind.form, name)
        assert label
        assert "_" not in label
        assert f"({unit_of(kind.form, name)})" not in label


@every_kind
def test_what_a_link_may_fill_in_are_boxes(kind: RecordKind) -> None:
    assert {*kind.preset, *kind.series} <= set(kind.form.base_fields)
    # The list of checks says in one column all that was found absent.
    assert set(kind.form.listed) - {"absent"} <= set(names_of(kind.form))


def test_two_kinds_cannot_share_an_address() -> None:
    with pytest.raises(ValueError, match="same name"):
        registry(KINDS["allergy"], KINDS["allergy"])


def test_a_choice_that_must_be_made_is_not_called_missing() -> None:
    box = field_for(KINDS["comorbidity"].model._meta.get_field("present"))
    assert box.choices[0] == ("", "choose")
