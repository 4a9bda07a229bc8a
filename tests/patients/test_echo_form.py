"""The echo form by itself: usable outside of pages, and complete."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict

from patients.fields import MEASURES
from patients.forms.echo import EchoStudyForm
from patients.forms.records import RecordForm, accepted, field_for
from patients.forms.typed import MeasureField, TypedRange
from patients.models import EchoStudy
from patients.study_sheet import CHAPTERS, COLUMNS_OF_RANGES, NAMES

TODAY = date(2026, 11, 12)


def form_of(patient, data=None, **options):
    return EchoStudyForm(data, patient=patient, today=TODAY, **options)


def test_every_column_that_people_fill_in_stands_in_one_chapter():
    ends = {column for columns in COLUMNS_OF_RANGES.values() for column in columns}
    columns = {
        field.name for field in EchoStudy._meta.fields if field.editable and not field.primary_key
    }
    assert columns - ends - {"patient", "asserted_known_on"} == set(NAMES) - set(COLUMNS_OF_RANGES)
    assert len(NAMES) == len(set(NAMES))


def test_every_box_of_the_form_is_on_the_page(patient):
    shown = {pointer.name for pointer in form_of(patient).helper.layout.get_field_names()}
    assert shown == set(form_of(patient).fields)


def test_labels_and_units_come_from_the_catalogue(patient):
    form = form_of(patient)
    for name, field in form.fields.items():
        if name in MEASURES:
            assert field.label == MEASURES[name].label
    assert isinstance(form.fields["lvesd_mm"], MeasureField)
    assert form.beside("eroa_mm2").unit == "mm²"
    assert form.beside("rhythm").unit == ""


def test_the_usual_measurements_come_first():
    assert CHAPTERS[0].names[:3] == ("performed_on", "modality", "lvef_percent")


def test_values_may_come_from_code(patient):
    form = form_of(
        patient,
        {
            "performed_on": date(2025, 11, 12),
            "lvef_percent": TypedRange(Decimal(55), Decimal(60)),
            "lvesd_mm": Decimal(41),
            "reader_grade": (2, 3),
            "flail_leaflet": True,
        },
    )
    assert form.is_valid(), form.errors
    study = form.save(commit=False)
    assert (study.patient, study.lvesd_mm, study.flail_leaflet) == (patient, 41, True)
    assert (study.lvef_percent_low, study.reader_grade_high) == (55, 3)


def test_a_caller_that_has_asked_elsewhere_gets_its_doubts_marked(patient):
    typed = {"performed_on": "2025-11-12", "lvef_percent": "92", "lvesd_mm": "60", "lvedd_mm": "45"}
    assert not form_of(patient, typed).is_valid()
    form = form_of(patient, typed, accept_doubts=True)
    assert form.is_valid()
    assert form.instance.implausible_confirmed == ["lvef_percent", "lvesd_above_lvedd"]


def test_a_form_of_few_columns_keeps_the_marks_of_the_others(patient):
    few = forms.modelform_factory(
        EchoStudy, form=RecordForm, fields=["lvesd_mm"], formfield_callback=field_for
    )
    study = EchoStudy(patient=patient, implausible_confirmed=["spap_mmhg", "lvesd_mm"])
    form = few({"lvesd_mm": "41"}, patient=patient, today=TODAY, instance=study)
    assert form.is_valid(), form.errors
    assert form.instance.implausible_confirmed == ["spap_mmhg"]


@pytest.mark.parametrize(
    ("smaller", "larger", "is_asked"),
    [("45", "45", False), ("45,1", "45", True), ("44.9", "45", False), ("45", "", False)],
)
def test_only_a_larger_lvesd_contradicts(patient, smaller, larger, is_asked):
    form = form_of(patient, {"performed_on": "2025-11-12", "lvesd_mm": smaller, "lvedd_mm": larger})
    assert form.is_valid() is not is_asked


def test_volumes_contradict_each_other_in_the_same_way(patient):
    form = form_of(patient, {"performed_on": "2025-11-12", "lvesv_ml": "90", "lvedv_ml": "80"})
    assert "LV end-systolic volume 90 is larger" in form.errors["lvesv_ml"][0]


@pytest.mark.parametrize(
    ("typed", "is_asked"), [("85", False), ("85,1", True), ("5", False), ("4.9", True),
                            (">60", False), ("<30", False), ("80-90", True), (">90", True)]
)  # fmt: skip
def test_the_plausible_limits_themselves_are_not_asked(patient, typed, is_asked):
    form = form_of(patient, {"performed_on": "2025-11-12", "lvef_percent": typed})
    assert form.is_valid() is not is_asked


def test_an_accepted_offer_changes_its_box_only():
    sent = QueryDict("lvesd_mm=4.1+cm&reader=Weiss&accept=lvesd_mm:41&confirmed=a&confirmed=b")
    changed = accepted(sent)
    assert (changed["lvesd_mm"], changed["reader"]) == ("41", "Weiss")
    assert changed.getlist("confirmed") == ["a", "b"]
    assert "accept" not in changed
    assert sent["lvesd_mm"] == "4.1 cm"
