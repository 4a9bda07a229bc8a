"""What is in a de-identified extract, and what can never be in one."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps

from accounts.permissions import Action
from followup.models import Standing
from patients.actions import register_in_clinic
from patients.data_classes import FIELD_CLASSES, DataClass
from reports.catalogue import REPORTS
from reports.csv import Column, Kind
from reports.extracts.columns import DAYS, WORDS, leaving
from reports.extracts.extract import EXTRACTED, extract_of
from reports.extracts.pseudonyms import (
    NoResearchKeyError,
    Pseudonyms,
    pseudonyms,
)
from reports.package import Order, zip_stream
from reports.scope import Scope
from tests.factories import records
from tests.reports.pages import days_ago

KEY = "a-key-of-the-tests-" + "z" * 20
KEPT = Path(__file__).with_name("extract_columns.txt")
SECRET = "Zebrafink"
GROUP = ("clinic", "sex", "age_band", "present_mechanism")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key(settings):
    settings.RESEARCH_KEY = KEY


def consenting(clinic, **person):
    """A woman of about 70 who consented, with a chronic primary diagnosis."""
    usual = {"research_consent": True, "born_on": days_ago(70 * 365 + 90)}
    patient = records.patient_of(clinic, **(usual | person))
    records.diagnosis(patient, "2024-01-10")
    return patient


def with_a_whole_record(patient, number):
    """Rows of every kind that leaves, with something secret in every free text."""
    on = date(2024, 3, 1) + timedelta(days=number)
    said = {"comment": f"{SECRET} {number}"}
    records.echo(patient, on, lvef_percent=60, lvesd_mm=36, machine=SECRET, reader=f"Dr {SECRET}",
                 laboratory=SECRET, accession_number=f"ACC-{SECRET}", **said)  # fmt: skip
    records.echo(patient, on + timedelta(days=365), lvef_percent=58, lvesd_mm=38)
    records.log(patient, on, nyha=2, attributed_cause=SECRET, **said)
    records.lab(patient, on, "inr", "2.5", laboratory=SECRET)
    records.anticoagulation_plan(patient, on, inr_low="2", inr_high="3")
    done = records.intervention(
        patient, on + timedelta(days=30), "mitral_repair", reason=SECRET, operator=SECRET,
        center=SECRET, repair_technique=SECRET, annuloplasty_ring=SECRET, prosthesis_model=SECRET,
        **said,
    )  # fmt: skip
    records.complication(done, on + timedelta(days=31), "bleeding", **said)
    records.medication(patient, on, "warfarin", name_as_written=SECRET, dose_text=SECRET, **said)
    records.team_review(patient, on, decision_reason=SECRET, patient_wish=SECRET,
                        participants=SECRET, sts_model=SECRET)  # fmt: skip


@pytest.fixture
def cohort(clinic_north):
    """Six alike with whole records."""
    patients = [
        consenting(
            clinic_north, record_number=f"NR-{SECRET}-{n}", family_name=f"{SECRET}ova{n}",
            given_name=f"{SECRET}ine{n}", telephone=f"+33 199 {n}", address=f"{n} {SECRET} road",
            email=f"{SECRET}{n}@example.org",
        )
        for n in range(6)
    ]  # fmt: skip
    for number, patient in enumerate(patients):
        with_a_whole_record(patient, number)
    return patients


@pytest.fixture
def taken(rita):
    """The files of an extract, as Rita gets them."""

    def take(name, *clinics):
        order = Order(extract_of(name), Scope(clinics), rita, "a study of repairs")
        archive = zipfile.ZipFile(io.BytesIO(b"".join(zip_stream(order))))
        return {each: archive.read(each).decode() for each in archive.namelist()}

    return take


def rows_of(files, name):
    return list(csv.DictReader(io.StringIO(files[f"{name}_deidentified.csv"])))


def risk_of(files):
    return json.loads(files["receipt.json"])["deidentification"]


# --- Which columns leave --------------------------------------------------------------------------


def test_the_columns_that_leave_are_as_they_were():
    """A new column that would leave is looked at before it is written into the file."""
    parts = ["\n".join([f"[{name}]", *extract_of(name).headings]) for name in EXTRACTED]
    assert "\n\n".join(parts) + "\n" == KEPT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", EXTRACTED)
def test_nothing_that_identifies_is_among_the_columns(name):
    extract = extract_of(name)
    assert not extract.identifies
    assert extract.action is Action.EXPORT_DEIDENTIFIED
    assert not extract.filters
    assert len(set(extract.headings)) == len(extract.headings)
    for column in extract.columns:
        assert column.kind is not Kind.INSTANT, column.name
        assert column.kind is not Kind.TEXT or column.name in {*WORDS, "clinic"}, column.name
        if column.kind is Kind.DATE:
            assert column.name in DAYS


@pytest.mark.parametrize(
    "column",
    [
        Column("something", "Something new", Kind.NUMBER, "x"),
        Column("note", "Note", Kind.TEXT, "x", None, DataClass.CLINICAL),
        Column("code", "A code without a list", Kind.CODE, "x", None, DataClass.CLINICAL),
        Column("seen_on", "A day nobody named", Kind.DATE, "x", None, DataClass.QUASI_IDENTIFYING),
        Column("entered_at", "Entered", Kind.INSTANT, "x", None, DataClass.QUASI_IDENTIFYING),
        Column("age_years", "Age", Kind.NUMBER, "x", None, DataClass.QUASI_IDENTIFYING),
        Column("waiting_days", "Days up to today", Kind.NUMBER, "x", None, DataClass.CLINICAL),
        Column("taken_on", "A day declared identifying", Kind.DATE, "x"),
    ],
)
def test_what_is_not_declared_stays(column):
    assert leaving(column) is None


def test_a_code_leaves_only_as_one_of_its_list():
    values = {"a": "A", "b": "B"}
    found = leaving(Column("x", "X", Kind.CODE, "x", None, DataClass.CLINICAL, values=values))
    assert [found.treat(text, Pseudonyms(b""), timedelta()) for text in ("a", SECRET)] == ["a", ""]


@pytest.mark.parametrize("name", ["follow_up", "audit_events", "nothing", "Registry"])
def test_some_reports_have_no_extract(name):
    assert extract_of(name) is None


def test_every_extract_is_of_a_report():
    assert set(EXTRACTED) <= set(REPORTS)


# --- What can never be in one ---------------------------------------------------------------------


def identifying_values():
    """Every value of every field that is declared identifying."""
    for label, classes in FIELD_CLASSES.items():
        model = apps.get_model(label)
        names = [n for n in classes.get(DataClass.IDENTIFYING, ()) if n not in {"patient"}]
        plain = [n for n in names if not model._meta.get_field(n).is_relation]
        for row in model._default_manager.values_list(*plain):
            yield from (str(value) for value in row if value not in (None, ""))


def test_no_identifying_value_of_any_patient_is_anywhere_in_a_zip(taken, cohort, clinic_north):
    secrets = {value for value in identifying_values() if len(value) > 3} | {SECRET, KEY}
    assert len(secrets) > 50
    for name in EXTRACTED:
        files = taken(name, clinic_north)
        assert rows_of(files, name), name
        text = "\n".join(files.values())
        assert [value for value in secrets if value in text] == [], name


def test_no_true_day_of_a_patient_is_in_a_row(taken, clinic_north):
    """One day for all rows of a patient, so that a moved day is never a true one."""
    for _ in range(5):
        patient = consenting(clinic_north)
        records.echo(patient, "2024-01-10", lvef_percent=60)
        records.log(patient, "2024-01-10", nyha=1)
    for name in EXTRACTED:
        for row in rows_of(taken(name, clinic_north), name):
            assert "2024-01-10" not in row.values(), name
            assert clinic_north.today().isoformat() not in row.values(), name


def test_only_the_wanted_reach_the_file(taken, cohort, clinic_north):
    with_a_whole_record(consenting(clinic_north, research_consent=None), 7)
    with_a_whole_record(consenting(clinic_north, research_consent=False), 8)
    with_a_whole_record(consenting(clinic_north, sex="male"), 9)
    names = {Pseudonyms(KEY.encode()).of_patient(str(each.public_id)) for each in cohort}
    for name in EXTRACTED:
        files = taken(name, clinic_north)
        assert {row["pseudonym"] for row in rows_of(files, name)} == names, name
        risk = risk_of(files)
        assert risk["patients_left_out_without_consent"] == 2
        assert risk["patients_left_out_as_rare"] == 1
        assert risk["rows_left_out_as_rare"] > 0
        data = json.loads(files["receipt.json"])["files"][0]
        assert data["rows_expected"] == data["rows_written"] == len(rows_of(files, name))


def test_a_row_entered_in_error_does_not_leave(taken, cohort, alice, clinic_north):
    wrong = records.log(cohort[0], "2024-05-05", nyha=4)
    records.strike(wrong, by=alice)
    rows = rows_of(taken("symptom_logs", clinic_north), "symptom_logs")
    assert Counter(row["nyha_low"] for row in rows) == {"2": 6}


# --- Pseudonyms and days --------------------------------------------------------------------------


def test_without_a_key_nothing_leaves(settings, taken, cohort, clinic_north):
    settings.RESEARCH_KEY = ""
    with pytest.raises(NoResearchKeyError):
        pseudonyms()
    with pytest.raises(NoResearchKeyError):
        taken("registry", clinic_north)


def test_the_key_is_not_shown_with_what_is_made_of_it():
    assert KEY not in repr(Pseudonyms(KEY.encode()))


def test_intervals_of_the_record_are_those_of_the_file(taken, cohort, clinic_north):
    by = Pseudonyms(KEY.encode())
    rows = rows_of(taken("echo_studies", clinic_north), "echo_studies")
    for patient in cohort:
        true = sorted(study.performed_on for study in patient.echostudy_set.all())
        mine = by.of_patient(str(patient.public_id))
        found = sorted(
            date.fromisoformat(r["performed_on"]) for r in rows if r["pseudonym"] == mine
        )
        assert found == [day + by.moved_by(str(patient.public_id)) for day in true]


def test_files_of_one_patient_can_be_joined(taken, cohort, clinic_north):
    done = rows_of(taken("interventions", clinic_north), "interventions")
    after = rows_of(taken("complications", clinic_north), "complications")
    assert {r["intervention_id"] for r in after} == {r["record_id"] for r in done}
    by_id = {r["record_id"]: r for r in done}
    for row in after:
        one = by_id[row["intervention_id"]]
        assert one["pseudonym"] == row["pseudonym"]
        gap = date.fromisoformat(row["occurred_on"]) - date.fromisoformat(one["performed_on"])
        assert gap.days == 1


def test_rows_stand_in_the_order_of_the_pseudonyms(taken, cohort, clinic_north):
    for name in ("patients", "echo_studies", "surgical_timing"):
        names = [row["pseudonym"] for row in rows_of(taken(name, clinic_north), name)]
        assert names == sorted(names)


def test_a_patient_of_two_clinics_has_one_name_and_one_shift(
    taken, clinic_north, clinic_south, charlie
):
    for number in range(5):
        patient = consenting(clinic_north)
        register_in_clinic(
            by=charlie,
            patient=patient,
            clinic=clinic_south,
            record_number=f"S{number}",
            from_on=date(2020, 1, 1),
        )
    seen = [
        {(row["pseudonym"], row["diagnosed_on"]) for row in rows_of(files, "mitral_diagnoses")}
        for files in (
            taken("mitral_diagnoses", clinic_north),
            taken("mitral_diagnoses", clinic_south),
            taken("mitral_diagnoses", clinic_north, clinic_south),
        )
    ]
    assert len(seen[0]) == 5
    assert seen[0] == seen[1] == seen[2]


# --- Ages -----------------------------------------------------------------------------------------


def bands(files, name="patients"):
    return Counter(row["age_band"] for row in rows_of(files, name))


def test_over_89_is_one_band_and_no_age_or_birth_date_leaves(taken, clinic_north):
    for years in (90, 92, 95, 99, 104):
        consenting(clinic_north, born_on=days_ago(years * 366))
    files = taken("patients", clinic_north)
    assert bands(files) == {"90-or-over": 5}
    assert "born_on" not in rows_of(files, "patients")[0]
    assert "age_years" not in extract_of("registry").headings


def test_the_age_of_the_dead_is_that_at_death(taken, clinic_north):
    for _ in range(5):
        records.patient_of(
            clinic_north,
            research_consent=True,
            born_on=date(1920, 1, 1),
            deceased_on=date(2005, 6, 1),
        )
    assert bands(taken("patients", clinic_north)) == {"80-89": 5}


def test_no_birth_date_is_a_band_of_its_own(taken, clinic_north):
    for _ in range(5):
        consenting(clinic_north, born_on=None)
    assert bands(taken("patients", clinic_north)) == {"not-recorded": 5}


# --- How rare somebody is -------------------------------------------------------------------------


def test_every_group_in_the_file_is_large_enough_and_the_receipt_says_how_large(
    taken, settings, clinic_north
):
    for number in range(24):
        consenting(
            clinic_north,
            sex=("female", "male")[number % 2],
            born_on=days_ago(365 * (45 + 12 * (number % 5)) + 90),
        )
    for k in (5, 6, 12, 13):
        settings.RESEARCH_SMALLEST_GROUP = k
        files = taken("patients", clinic_north)
        groups = Counter(tuple(row[n] for n in GROUP) for row in rows_of(files, "patients"))
        risk = risk_of(files)
        assert all(number >= k for number in groups.values())
        assert risk["smallest_group"] == (min(groups.values()) if groups else None)
        assert (risk["groups"], risk["patients"]) == (len(groups), sum(groups.values()))
        assert risk["patients"] + risk["patients_left_out_as_rare"] == 24
    assert risk["patients"] == 0
    assert risk["highest_risk"] is None


def test_it_is_those_with_a_row_who_must_be_enough(taken, clinic_north):
    patients = [consenting(clinic_north) for _ in range(9)]
    for patient in patients[:4]:
        records.echo(patient, "2024-02-02", lvef_percent=60)
    assert rows_of(taken("echo_studies", clinic_north), "echo_studies") == []
    assert len(rows_of(taken("patients", clinic_north), "patients")) == 9


def test_joining_two_files_tells_no_age_that_one_of_them_withholds(taken, clinic_north):
    """Of eleven in their seventies and eighties eight have a study, too few of them over 80."""
    for years, number, with_study in ((72, 6, 6), (85, 5, 3), (45, 2, 2)):
        for place in range(number):
            patient = consenting(clinic_north, born_on=days_ago(years * 365 + 90))
            if place < with_study:
                records.echo(patient, "2024-02-02", lvef_percent=60)
    assert bands(taken("patients", clinic_north)) == {"70-79": 6, "80-89": 5}
    files = taken("echo_studies", clinic_north)
    assert bands(files, "echo_studies") == {"70-79": 6}
    assert risk_of(files)["patients_left_out_as_rare"] == 5


def test_the_receipt_counts_what_was_pooled_and_by_one_alone(taken, cohort, clinic_north):
    for years in (45, 85, 85, 62, 62):
        consenting(clinic_north, born_on=days_ago(years * 365 + 90))
    risk = risk_of(taken("patients", clinic_north))
    assert risk["smallest_group_by_one"] == {
        "clinic": 11, "sex": 11, "age_band": 5, "present_mechanism": 11,
    }  # fmt: skip
    assert (risk["patients_with_age_pooled"], risk["patients_left_out_as_rare"]) == (5, 0)
    assert (risk["highest_risk"], risk["groups"]) == (0.2, 2)


# --- What surgical timing rests on ----------------------------------------------------------------


def test_no_true_day_stands_in_the_timing_of_an_extract(taken, cohort, clinic_north):
    """Facts and the day since which a recommendation holds carry true days: they stay behind."""
    Standing.objects.update(
        acc_aha_rows="AHA-PI-01 AHA-PI-02", acc_aha_levels="B-NR none",
        acc_aha_facts="lvef_percent=58@2024-03-01", acc_aha_since_on=date(2024, 3, 1),
        acc_aha_missing="lvesd_mm", acc_aha_class="1",
    )  # fmt: skip
    told = [row for row in rows_of(taken("surgical_timing", clinic_north), "surgical_timing")
            if row["body"] == "acc_aha"]  # fmt: skip
    assert len(told) == len(cohort)
    for row in told:
        said = [row[name] for name in ("recommendation", "level", "missing", "class")]
        assert said == ["AHA-PI-01 AHA-PI-02", "B-NR none", "lvesd_mm", "1"]
        assert not {"facts", "held_since_on"} & row.keys()
        assert not any("2024-03-01" in cell or "=58" in cell for cell in row.values())


def test_a_word_that_is_no_row_of_a_rule_stays_behind(taken, cohort, clinic_north):
    Standing.objects.update(acc_aha_rows=f"AHA-PI-01 {SECRET}", acc_aha_levels=SECRET)
    found = rows_of(taken("surgical_timing", clinic_north), "surgical_timing")
    assert {(row["recommendation"], row["level"]) for row in found if row["body"] == "acc_aha"} == {
        ("AHA-PI-01", "")
    }
