"""A study in words: what was recorded, what was not, what contradicts itself, what changed."""

from decimal import Decimal

from patients.models import EchoStudy
from patients.study_sheet import (
    NAMES,
    differences,
    impossible_pairs,
    label_of,
    sheet_of,
    unit_of,
    value_text,
    with_unit,
)


def test_an_empty_study_records_nothing_but_its_defaults():
    said = {name for name in NAMES if value_text(EchoStudy(), name) is not None}
    assert said == {"modality", "state"}


def test_zero_and_no_are_values():
    study = EchoStudy(
        flail_leaflet=False, tricuspid_regurgitation=0, coaptation_length_mm=Decimal(0)
    )
    assert value_text(study, "flail_leaflet") == "no"
    assert value_text(study, "tricuspid_regurgitation") == "none or trace"
    assert with_unit(study, "coaptation_length_mm") == "0 mm"


def test_numbers_are_not_rounded_and_have_their_sign():
    study = EchoStudy(lvesd_mm=Decimal("41.125"), gls_percent=Decimal("-19.50"))
    assert with_unit(study, "lvesd_mm") == "41.125 mm"
    assert with_unit(study, "gls_percent") == "\N{MINUS SIGN}19.5 %"


def test_ranges_are_shown_as_ranges():
    study = EchoStudy(
        lvef_percent_low=Decimal(60),
        lvef_percent_high=Decimal(100),
        lvef_percent_low_open=True,
        reader_grade_low=1,
        reader_grade_high=2,
    )
    assert with_unit(study, "lvef_percent") == ">60 %"
    assert value_text(study, "reader_grade") == "mild to moderate"


def test_a_method_without_its_value_is_not_shown():
    assert value_text(EchoStudy(), "eroa_method") is None
    assert value_text(EchoStudy(eroa_mm2=Decimal(40), eroa_method="pisa"), "eroa_method") == "PISA"


def test_a_contradiction_is_seen_without_any_mark():
    study = EchoStudy(lvesd_mm=Decimal(60), lvedd_mm=Decimal(45))
    assert [pair.code for pair in impossible_pairs(study)] == ["lvesd_above_lvedd"]
    lines = {line.name: line for part in sheet_of(study) for line in part.lines}
    assert lines["lvesd_mm"].pair
    assert lines["lvedd_mm"].pair


def test_every_field_is_either_recorded_or_named_as_missing():
    parts = sheet_of(EchoStudy(lvesd_mm=Decimal(41)))
    assert sum(len(part.lines) + len(part.not_recorded) for part in parts) == len(NAMES) - 2


def test_differences_name_field_old_and_new():
    before = EchoStudy(lvesd_mm=Decimal("41.0"), reader="Weiss")
    after = EchoStudy(
        lvesd_mm=Decimal("41.00"),
        reader="",
        eroa_mm2=Decimal(40),
        eroa_method="pisa",
        status="final",
    )
    assert [(d.label, d.before, d.after) for d in differences(before, after)] == [
        ("EROA", None, "40 mm²"),
        ("Reader", "Weiss", None),
        ("Method of EROA", None, "PISA"),
        ("Status", "draft, not used", "final"),
    ]


def test_every_field_has_a_label():
    assert all(label_of(name) for name in NAMES)
    assert unit_of("la_volume_index_ml_m2") == "mL/m²"
    assert unit_of("rhythm") == ""
