"""The names of reports and columns are what people's own programs read; none just changes."""

from pathlib import Path

import pytest

from accounts.permissions import Action
from guidelines.quantities import FORMULAS
from patients.data_classes import DataClass
from patients.derived import derived_values
from reports.catalogue import REPORTS
from reports.csv import Kind
from reports.echo_report import DERIVED
from reports.package import dictionary_rows, value_set_rows
from tests.factories import records

KEPT = Path(__file__).with_name("report_columns.txt")
ALL = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())


def as_kept():
    """Each report with its columns in order, as the file beside this test keeps them."""
    parts = ["\n".join([f"[{each.name}]", *each.headings]) for each in REPORTS.values()]
    return "\n\n".join(parts) + "\n"


def test_reports_columns_and_their_order_are_as_they_were():
    """A change is an entry in the CHANGELOG and in the file; no column is renamed or removed."""
    assert as_kept() == KEPT.read_text(encoding="utf-8")


@ALL
def test_no_heading_stands_twice(report):
    assert len(set(report.headings)) == len(report.headings)


@ALL
def test_every_column_says_what_it_is(report):
    for column in report.columns:
        assert column.label, column.name
        assert isinstance(column.data_class, DataClass)
        assert "(" not in column.unit
        if column.kind is Kind.LABEL:
            assert column.read is not None, column.name


@ALL
def test_every_code_has_its_label_and_its_value_set(report):
    sets = {row[1] for row in value_set_rows(report)[1:]}
    for column in report.columns:
        if column.kind is Kind.LABEL:
            code = column.name.removesuffix("_label")
            assert code in report.headings
            assert code in sets
    with_set = {row[6] for row in dictionary_rows(report)[1:]} - {""}
    assert with_set == sets


@ALL
def test_the_dictionary_holds_exactly_the_columns(report):
    headings, *rows = dictionary_rows(report)
    assert [row[headings.index("name")] for row in rows] == report.headings
    assert [row[headings.index("position")] for row in rows] == [
        str(n) for n in range(1, len(rows) + 1)
    ]


@ALL
def test_whatever_names_a_person_asks_for_the_right_to_take_it(report):
    if report.identifies:
        assert report.action in {Action.EXPORT_IDENTIFIED, Action.VIEW_AUDIT}
    named = {"record_number", "patient_id", "family_name", "given_name", "comment", "address"}
    for column in report.columns:
        if column.name in named:
            assert column.data_class is DataClass.IDENTIFYING, column.name


@pytest.mark.django_db
def test_the_formula_of_a_derived_value_is_the_one_it_is_computed_by(clinic_north):
    study = records.echo(
        records.patient_of(clinic_north), "2026-03-12", lvesd_mm=40, bsa_m2="1.75",
        lvedd_mm=60, septum_mm=9, posterior_wall_mm=9, lvedv_ml=150, lvesv_ml=60,
        pisa_radius_mm=9, aliasing_velocity_cm_s=40, mr_peak_velocity_m_s=5, mr_vti_cm=150,
        lvot_diameter_mm=20, lvot_vti_cm=20, tr_peak_velocity_m_s=3, ivc_diameter_mm=15,
        ivc_collapse_percent=60, la_area_four_chamber_cm2=30, la_area_two_chamber_cm2=30,
        la_length_cm=6,
    )  # fmt: skip
    computed = derived_values(study)
    assert len(computed) > 8
    said = {name: row for name, _label, _unit, row in DERIVED}
    assert {n: said[n] for n in computed} == {n: each["formula"] for n, each in computed.items()}
    units = {name: unit for name, _label, unit, _row in DERIVED}
    plain = {name: each["unit"].replace("²", "2") for name, each in computed.items()}
    assert {name: units[name] for name in computed} == plain
    assert set(said.values()) <= set(FORMULAS)
