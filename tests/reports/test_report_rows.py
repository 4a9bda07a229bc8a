"""What stands in the rows of the reports that are computed or read from standings."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.guideline_settings import sign_off_edition
from followup.models import Standing
from guidelines.scores.ttr import Inr, time_in_range
from guidelines.series import MEASURES
from patients.actions import end_registration
from reports.catalogue import REPORTS
from reports.scope import Scope
from tests.factories import records
from tests.reports.pages import days_ago, severe_primary
from treatments.models import AnticoagulationPlan, Complication, Intervention


def rows(name, *clinics, **asked):
    report = REPORTS[name]
    scope = Scope(clinics, **asked)
    found = [dict(zip(report.headings, row, strict=True)) for row in report.rows(scope)]
    assert sum(report.count_by_clinic(scope).values()) == len(found)
    return found


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, record_number="HV-20418")


# --- Interventions and the team -------------------------------------------------------------------


def test_an_intervention_leaves_with_its_results(clinic_north, patient):
    done = records.intervention(patient, "2026-03-01", Intervention.Kind.MITRAL_REPAIR)
    for kind in (Complication.Kind.STROKE, Complication.Kind.BLEEDING):
        records.enter(
            Complication(
                patient=patient,
                intervention=done,
                occurred_on=records.day_of("2026-03-02"),
                kind=kind,
            )
        )
    [row] = rows("interventions", clinic_north)
    assert (row["kind"], row["complications"]) == ("mitral_repair", "2")
    assert {each["intervention_id"] for each in rows("complications", clinic_north)} == {
        str(done.public_id)
    }


def test_a_team_s_decision_leaves_with_its_answers(clinic_north, patient):
    records.team_review(patient, "2026-03-01", decision="watch")
    [row] = rows("team_reviews", clinic_north)
    assert (row["decision"], row["decision_label"]) == ("watch", "watchful waiting")
    assert (row["acc_aha_agrees"], row["esc_eacts_reason"]) == ("", "")


# --- Surgical timing and follow-up ----------------------------------------------------------------


def test_timing_has_a_row_for_each_edition(clinic_north):
    patient = severe_primary(clinic_north)
    records.team_review(patient, days_ago(3), decision="watch")
    found = rows("surgical_timing", clinic_north)
    assert [(row["body"], row["edition"]) for row in found] == [
        ("acc_aha", "acc-aha-2020"),
        ("esc_eacts", "esc-eacts-2025"),
    ]
    standing = patient.standing
    for row, body in zip(found, ("acc_aha", "esc"), strict=True):
        kept = {
            name: getattr(standing, f"{body}_{name}")
            for name in ("class", "possible", "rows", "levels", "since_on", "facts", "missing")
        }
        assert (row["class"], row["possible_class"]) == (kept["class"], kept["possible"])
        assert (row["recommendation"], row["level"]) == (kept["rows"], kept["levels"])
        assert row["held_since_on"] == (kept["since_on"].isoformat() if kept["since_on"] else "")
        assert (row["facts"], row["missing"]) == (kept["facts"], kept["missing"])
        assert (row["grade"], row["mechanism"]) == ("severe", "primary")
        assert (row["decision"], row["decided_on"]) == ("watch", days_ago(3).isoformat())
    assert any(row["missing"] for row in found)


def overt(clinic):
    """Severe primary MR with symptoms: class 1 or I by both editions, met."""
    patient = severe_primary(clinic)
    records.log(patient, days_ago(10), nyha=3, dyspnea=True, attribution="certain")
    return patient


BASIS = ("recommendation", "class", "level", "status", "held_since_on", "facts")


def test_timing_says_on_what_each_edition_rests(clinic_north):
    overt(clinic_north)
    acc_aha, esc = rows("surgical_timing", clinic_north)
    since, studied = days_ago(10).isoformat(), days_ago(20).isoformat()
    assert [acc_aha[name] for name in BASIS[:-1]] == ["AHA-PI-01", "1", "B-NR", "met", since]
    assert (esc["recommendation"], esc["level"], esc["held_since_on"]) == ("ESC25-P-02", "B", since)
    assert f"symptomatic=true@{since}" in acc_aha["facts"].split()
    assert f"severe_mr_acc_aha=true@{studied}" in acc_aha["facts"].split()


def test_timing_of_one_edition(clinic_north):
    severe_primary(clinic_north)
    [row] = rows("surgical_timing", clinic_north, edition="esc-eacts-2025")
    assert row["body_label"] == "ESC/EACTS"


def test_timing_counts_the_days_that_are_waited(clinic_north):
    patient = records.patient_of(clinic_north)
    records.diagnosis(patient, days_ago(400))
    records.echo(
        patient, days_ago(30), lvef_percent=50, lvesd_mm=45, eroa_mm2=50, eroa_method="pisa",
        vena_contracta_mm=9, regurgitant_volume_ml=70,
    )  # fmt: skip
    records.log(patient, days_ago(30), nyha=3)
    since = patient.standing.waits_since_on
    assert since is not None
    for row in rows("surgical_timing", clinic_north):
        assert row["class_1_open_since_on"] == since.isoformat()
        assert int(row["waiting_days"]) == (clinic_north.today() - since).days


OF_AN_EDITION = (*BASIS, "possible_class", "provisional", "missing")


def test_an_edition_that_is_not_signed_off_says_nothing(clinic_north, settings):
    overt(clinic_north)
    severe_primary(clinic_north)
    settings.SHOWS_UNSIGNED_VERDICTS = False
    of_all = ("missing_one", "class_1_open_since_on", "waiting_days", "goes_to_team_on")
    for row in rows("surgical_timing", clinic_north):
        assert row["signed_off"] == "false"
        assert {row[name] for name in (*OF_AN_EDITION, *of_all)} == {""}
        assert row["grade"] == "severe"


def test_one_fact_is_not_told_where_any_edition_is_not_signed_off(clinic_north, alice, settings):
    """It may be the fact that the hidden edition lacks."""
    patient = severe_primary(clinic_north)
    Standing.objects.filter(patient=patient).update(
        missing_one="lvef_percent", acc_aha_missing="lvef_percent", esc_missing="lvesd_mm"
    )
    settings.SHOWS_UNSIGNED_VERDICTS = False
    sign_off_edition(
        clinic=clinic_north, edition_id="acc-aha-2020", name="Dr A. Moreau", note="",
        on=clinic_north.today(), by=alice,
    )  # fmt: skip
    acc_aha, esc = rows("surgical_timing", clinic_north)
    assert (acc_aha["signed_off"], esc["signed_off"]) == ("true", "false")
    assert (acc_aha["missing"], esc["missing"]) == ("lvef_percent", "")
    assert (acc_aha["missing_one"], esc["missing_one"]) == ("", "")


def test_what_another_edition_says_does_not_stand_under_this_one(clinic_north):
    """Two clinics of a patient may judge by different editions; the standing is by one of them."""
    patient = overt(clinic_north)
    Standing.objects.filter(patient=patient).update(esc_edition="esc-eacts-2021")
    acc_aha, esc = rows("surgical_timing", clinic_north)
    assert esc["edition"] == "esc-eacts-2025"
    assert {esc[name] for name in OF_AN_EDITION} == {""}
    assert acc_aha["class"] == "1"


def test_a_standing_of_an_earlier_release_still_says_its_class(clinic_north):
    patient = overt(clinic_north)
    Standing.objects.filter(patient=patient).update(
        acc_aha_edition="", acc_aha_rows="", acc_aha_levels="", acc_aha_facts=""
    )
    acc_aha, _esc = rows("surgical_timing", clinic_north)
    assert (acc_aha["class"], acc_aha["recommendation"], acc_aha["facts"]) == ("1", "", "")


def test_follow_up_says_where_a_patient_stands(clinic_north):
    patient = severe_primary(clinic_north)
    [row] = rows("follow_up", clinic_north)
    standing = patient.standing
    assert row["bucket"] == standing.bucket
    assert row["due"] == standing.due_words
    assert row["concerns"].split() == [each["kind"] for each in standing.concerns]


def test_days_overdue_are_empty_where_nothing_is(clinic_north, patient):
    standing = patient.standing
    for due, said in ((days_ago(10), "10"), (days_ago(-10), ""), (None, "")):
        standing.due_by_on = due
        standing.save()
        assert [row["overdue_days"] for row in rows("follow_up", clinic_north)] == [said]


@pytest.mark.parametrize("name", ["surgical_timing", "follow_up", "progression", "registry"])
def test_nobody_who_left_is_in_what_is_computed(clinic_north, clinic_south, name):
    patient = severe_primary(clinic_north)
    assert rows(name, clinic_north)
    end_registration(
        by=None, registration=patient.registrations.get(), until_on=days_ago(1), because="moved"
    )
    assert rows(name, clinic_north) == []
    assert rows(name, clinic_south) == []


# --- INR ------------------------------------------------------------------------------------------

DAYS = ("2026-01-01", "2026-01-15", "2026-02-01", "2026-02-20")
VALUES = ("1.8", "2.4", "3.6", "2.8")


@pytest.fixture
def anticoagulated(patient):
    records.enter(
        AnticoagulationPlan(
            patient=patient, from_on=records.day_of("2025-12-01"), agent="vka",
            inr_low=Decimal(2), inr_high=Decimal(3),
        )
    )  # fmt: skip
    for day, value in zip(DAYS, VALUES, strict=True):
        records.lab(patient, day, "inr", value)
    return patient


def test_time_in_range_up_to_each_result_is_that_of_the_score(clinic_north, anticoagulated):
    found = rows("inr", clinic_north)
    inrs = [Inr(Decimal(v), records.day_of(d)) for d, v in zip(DAYS, VALUES, strict=True)]
    for number, row in enumerate(found, start=1):
        whole = time_in_range(inrs[:number], low=Decimal(2), high=Decimal(3))
        if whole.lowest is None:
            assert (row["ttr_percent_low"], row["ttr_days_counted"]) == ("", "0")
        else:
            assert float(row["ttr_percent_low"]) == pytest.approx(float(whole.lowest))
            assert row["ttr_percent_low"] == row["ttr_percent_high"]
    assert [row["place"] for row in found] == ["below", "in range", "above", "in range"]
    assert [row["days_since_previous"] for row in found] == ["", "14", "17", "19"]
    assert found[-1]["ttr_from_on"] == "2026-01-01"


def test_a_plan_that_changes_begins_anew(clinic_north, anticoagulated):
    records.enter(
        AnticoagulationPlan(
            patient=anticoagulated, from_on=records.day_of("2026-01-20"), agent="vka",
            inr_low=Decimal("2.5"), inr_high=Decimal("3.5"),
        )
    )  # fmt: skip
    found = rows("inr", clinic_north)
    assert [row["ttr_days_counted"] for row in found] == ["0", "14", "0", "19"]
    assert found[-1]["ttr_from_on"] == "2026-02-01"


def test_results_before_the_days_asked_for_count_and_do_not_leave(clinic_north, anticoagulated):
    whole = rows("inr", clinic_north)
    late = rows("inr", clinic_north, from_on=date(2026, 2, 1), until_on=date(2026, 2, 10))
    assert late == whole[2:3]


def test_without_a_plan_there_is_no_time_in_range(clinic_north, patient):
    records.lab(patient, "2026-01-01", "inr", "2.5")
    records.lab(patient, "2026-01-10", "inr", "4", comparator=">")
    first, second = rows("inr", clinic_north)
    assert (first["place"], first["inr_low"], first["ttr_percent_low"]) == ("", "", "")
    assert (second["comparator"], second["inr"], second["days_since_previous"]) == (">", "4", "9")


def test_a_result_known_only_as_more_gives_a_range(clinic_north, anticoagulated):
    records.lab(anticoagulated, "2026-03-01", "inr", "8", comparator=">")
    row = rows("inr", clinic_north)[-1]
    assert float(row["ttr_percent_low"]) < float(row["ttr_percent_high"])


# --- Progression ----------------------------------------------------------------------------------


def test_progression_has_a_row_for_each_measure(clinic_north, patient):
    for number, size in enumerate((36, 38, 41, 44, 47)):
        records.echo(
            patient, f"202{number + 1}-03-01", lvesd_mm=size, linear_method="two_d",
            lvef_percent=64,
        )  # fmt: skip
    records.diagnosis(patient, "2021-01-01")
    found = {row["measure"]: row for row in rows("progression", clinic_north)}
    assert list(found) == list(MEASURES)
    lvesd = found["lvesd_mm"]
    assert (lvesd["studies"], lvesd["latest_value_low"], lvesd["latest_value_high"]) == (
        "5", "47", "47",
    )  # fmt: skip
    assert float(lvesd["slope_per_year_low"]) <= float(lvesd["slope_per_year"])
    assert lvesd["slope_unit"] == "mm per year"
    assert (lvesd["latest_change_low"], lvesd["verdict"]) == ("3", "changed_for_real")
    assert (lvesd["limit_is_met"], lvesd["distance_to_limit"]) == ("true", "-7")
    assert found["lvef_percent"]["distance_to_limit"] == "4"
    never = found["bnp_pg_ml"]
    assert (never["studies"], never["verdict"], never["slope_per_year"]) == ("0", "", "")


def test_progression_as_of_another_day(clinic_north, patient):
    for year in (2021, 2022, 2023):
        records.echo(patient, f"{year}-03-01", lvesd_mm=40)
    found = {row["measure"]: row for row in rows("progression", clinic_north, on=date(2022, 6, 1))}
    assert (found["lvesd_mm"]["studies"], found["lvesd_mm"]["as_of_on"]) == ("2", "2022-06-01")
    known = rows("progression", clinic_north, on=date(2022, 6, 1), known_on=days_ago(1))
    assert {row["studies"] for row in known} == {"0"}


# --- Registry -------------------------------------------------------------------------------------


def test_the_registry_has_a_baseline_and_ten_years_of_follow_ups(clinic_north, patient):
    records.diagnosis(patient, "2015-01-01")
    for year in range(2015, 2026):
        records.echo(patient, f"{year}-03-01", lvesd_mm=year - 1980)
        records.log(patient, f"{year}-02-01", nyha=1 if year < 2020 else 2)
    records.intervention(patient, "2021-01-01", Intervention.Kind.MITRAL_REPAIR)
    records.lab(patient, "2018-01-01", "nt_probnp", "900")
    records.echo(patient, "2025-09-01", final=False)
    found = rows("registry", clinic_north)
    assert [row["visit"] for row in found] == ["baseline", *["follow_up"] * 10]
    assert [row["visit_on"][:4] for row in found] == [str(year) for year in range(2015, 2026)]
    assert found[0]["days_since_baseline"] == "0"
    assert [row["nyha_low"] for row in found] == ["1"] * 5 + ["2"] * 6
    assert [row["mitral_procedures"] for row in found] == ["0"] * 6 + ["1"] * 5
    assert found[6]["mitral_procedure"] == "mitral_repair"
    assert found[6]["days_since_procedure"] == str((date(2021, 3, 1) - date(2021, 1, 1)).days)
    assert [row["nt_probnp_pg_ml"] for row in found] == [""] * 3 + ["900"] * 8
    assert {row["mechanism"] for row in found} == {"primary"}
    assert found[0]["lvesd_mm"] == "35"


# --- Audit ----------------------------------------------------------------------------------------


def test_the_audit_leaves_by_clinic(clinic_north, clinic_south, alice, patient):
    records.echo(patient, days_ago(3), by=alice)
    found = rows("audit_events", clinic_north)
    assert {"north"} == {row["clinic"] for row in found} - {""}
    assert "alice" in {row["actor"] for row in found}
    assert rows("audit_events", clinic_south) != found
    assert rows("audit_events", clinic_north, known_on=days_ago(2)) == []
    today = timezone.now().date()
    assert len(rows("audit_events", clinic_north, from_on=days_ago(1), until_on=today)) == (
        len(found)
    )


def test_only_an_auditor_takes_the_audit(client_of, alice, otto, patient):
    url, take = "/reports/audit_events/", {"take": "yes", "purpose": "inspection", "form": "csv"}
    assert client_of(alice).get(url).status_code == 403
    answer = client_of(otto).post(url, take)
    assert answer.streaming
    assert b"patient_id" in b"".join(answer.streaming_content)
    page = client_of(otto).get("/reports/").content.decode()
    assert url in page
    assert "/reports/patients/" not in page
