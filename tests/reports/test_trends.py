"""The course of each measure: what is drawn, what is said, and what must never read as calm."""

from __future__ import annotations

import random
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from guidelines.vocabulary import Mechanism
from patients.actions import mark_deceased
from patients.selectors import registrations_seen_by
from reports.kinds import doors_of
from reports.patient_page.page import case_of
from reports.patient_page.trends import BY_SLUG, SUBJECTS, enlarged, trends_of
from tests.factories import records as make
from treatments.models import Intervention

pytestmark = pytest.mark.django_db

LABORATORY = {"laboratory": "North", "linear_method": "two_d", "bsa_m2": "2.0"}
SEVERE = {"eroa_mm2": 44, "eroa_method": "pisa", "vena_contracta_mm": 8}


@pytest.fixture
def days_ago(clinic_north):
    def ago(days):
        return clinic_north.today() - timedelta(days=days)

    return ago


@pytest.fixture
def patient(clinic_north, days_ago):
    """Primary MR of a native valve, born long enough ago, followed for twenty years."""
    patient = make.patient_of(clinic_north, from_on=days_ago(7000))
    make.diagnosis(patient, days_ago(400))
    return patient


@pytest.fixture
def case(alice):
    """Return the case of a patient as Alice sees it now."""

    def of(patient):
        patient.refresh_from_db()
        registrations = registrations_seen_by(alice, patient)
        return case_of(
            patient,
            registrations,
            read_until=None,
            known_at=None,
            now=timezone.now(),
            doors=doors_of(alice, patient, registrations),
        )

    return of


@pytest.fixture
def figure(case):
    """Return the figure of one measure of a patient, by its place in addresses."""

    def of(patient, slug):
        figures = trends_of(case(patient)).figures
        return next(each for each in figures if each.subject.slug == slug)

    return of


@pytest.fixture
def growing(patient, days_ago):
    """LVESD 34 to 39 mm over six years; severe, so that the limits may speak."""
    for years, lvesd in zip(range(6, -1, -1), (33, 34, 35, 36, 37, 38, 39), strict=True):
        make.echo(
            patient,
            days_ago(365 * years + 20),
            lvesd_mm=lvesd,
            lvef_percent=66,
            **LABORATORY,
            **SEVERE,
        )
    return patient


def said(figure):
    return " ".join([figure.words.verdict, *figure.words.lines])


# What is drawn


def test_all_charts_of_a_patient_have_one_time_axis(growing, case, days_ago):
    make.lab(growing, days_ago(30), "nt_probnp", 400)
    make.log(growing, days_ago(900), nyha=1)
    figures = trends_of(case(growing)).figures
    assert len(figures) > 5
    axes = {(f.chart.from_on, f.chart.until_on, f.chart.width, f.chart.margins) for f in figures}
    assert len(axes) == 1
    ((first, last, _width, _margins),) = axes
    assert first == days_ago(365 * 6 + 20)
    assert last >= days_ago(-365)


def test_a_course_that_grows_is_named_with_pace_limit_and_dates(growing, figure):
    lvesd = figure(growing, "lvesd")
    assert lvesd.words.state == "attention"
    assert lvesd.words.verdict.startswith("Changed for real, for the worse: +1.0 mm a year (1.0 to")
    assert re.search(r"Limit ≥ 40 mm: 22\s% probability of being beyond it", said(lvesd))
    assert re.search(r"may be met (any day|from \w{3} \d{4}), expected \w{3} \d{4}\.", said(lvesd))
    assert len(lvesd.chart.trend) == 2
    assert lvesd.chart.band[-1].on == lvesd.chart.until_on


def test_a_steady_course_is_within_measurement_error(growing, figure):
    lvef = figure(growing, "lvef")
    assert lvef.words.state == "quiet"
    assert lvef.words.verdict.startswith("Within measurement error: 0.00 points a year")


def test_the_earliest_day_stands_before_the_expected_one(growing, figure):
    text = said(figure(growing, "lvesd"))
    assert text.index("may be met") < text.index("expected")


def test_a_limit_that_an_earlier_study_met_is_named_although_the_last_one_is_below(
    growing, figure, days_ago
):
    make.echo(growing, days_ago(200), lvesd_mm=41, lvef_percent=66, **LABORATORY, **SEVERE)
    text = said(figure(growing, "lvesd"))
    assert "met by the study of" in text


def test_a_limit_that_was_met_before_the_last_event_is_not_forgotten(growing, figure, days_ago):
    make.echo(growing, days_ago(500), lvesd_mm=41, lvef_percent=66, **LABORATORY, **SEVERE)
    make.admission(growing, days_ago(450))
    lvesd = figure(growing, "lvesd")
    assert next(row.use for row in lvesd.rows if row.value_text == "41") == "earlier part"
    assert "met by the study of" in said(lvesd)
    assert lvesd.words.state not in ("quiet", "good")


def test_a_limit_that_is_met_stands_within_measurement_error(patient, figure, days_ago):
    for days, lvesd in ((800, 38), (400, 38), (20, 40)):
        make.echo(patient, days_ago(days), lvesd_mm=lvesd, **LABORATORY, **SEVERE)
    lvesd = figure(patient, "lvesd")
    assert lvesd.words.state == "beyond"
    assert "the last study is beyond it" in said(lvesd)
    assert "it stands, confirm by a repeat" in said(lvesd)


def test_a_value_beyond_a_limit_has_another_shape(patient, figure, days_ago):
    for days, lvesd in ((800, 38), (20, 41)):
        make.echo(patient, days_ago(days), lvesd_mm=lvesd, **LABORATORY, **SEVERE)
    svg = figure(patient, "lvesd").svg
    points = re.findall(r'<g role="img" tabindex="-?\d">.*?</g>', svg)
    assert ["<circle" in point for point in points] == [True, False]
    assert ["<rect" in point for point in points] == [False, True]


def test_one_study_is_too_few_and_has_neither_line_nor_date(patient, figure, days_ago):
    make.echo(patient, days_ago(20), lvesd_mm=39, **LABORATORY, **SEVERE)
    lvesd = figure(patient, "lvesd")
    assert lvesd.words.state == "unknown"
    assert lvesd.words.verdict.startswith("Too few studies: one that counts, 39 mm on")
    assert "expected" not in said(lvesd)
    assert (list(lvesd.chart.trend), list(lvesd.chart.band)) == ([], [])


def test_nothing_measured_is_said_and_not_drawn(patient, case):
    trends = trends_of(case(patient))
    assert trends.figures == []
    assert trends.missing == [subject.title for subject in SUBJECTS]


def test_ranges_are_drawn_as_ranges_and_said_as_such(patient, figure, days_ago):
    make.echo(patient, days_ago(400), lvef_percent=(55, 60), **LABORATORY, **SEVERE)
    make.echo(
        patient,
        days_ago(20),
        lvef_percent_low=60,
        lvef_percent_high=95,
        lvef_percent_low_open=True,
        lvef_method="biplane",
        **LABORATORY,
        **SEVERE,
    )
    lvef = figure(patient, "lvef")
    assert [row.value_text for row in lvef.rows] == ["> 60", "55–60"]
    assert "Within measurement error" in lvef.words.verdict
    assert "<circle" not in lvef.svg


def test_a_natriuretic_peptide_has_ratios_and_a_log_axis(patient, figure, days_ago):
    for days, value in ((1200, 100), (800, 210), (400, 390), (20, 820)):
        make.lab(patient, days_ago(days), "nt_probnp", value)
    peptide = figure(patient, "nt-probnp")
    assert peptide.chart.is_log
    assert peptide.scale == "log scale"
    assert re.match(r"Changed for real, for the worse: \+\d+ % a year", peptide.words.verdict)
    low, high = peptide.chart.points[0].error
    assert low > 0
    assert high / 100 == pytest.approx(100 / low)


# What must not mislead


def test_a_draft_is_hollow_and_changes_nothing_that_is_said(growing, figure, days_ago):
    before = figure(growing, "lvesd").words
    make.echo(growing, days_ago(2), final=False, lvesd_mm=48, **LABORATORY)
    after = figure(growing, "lvesd")
    assert after.words == before
    assert after.rows[0].use == "draft, not used"
    assert not after.chart.in_order[-1].filled


def test_a_value_that_is_too_old_is_hollow_and_said_to_be(patient, figure, days_ago):
    for days in (1600, 1200, 800):
        make.echo(patient, days_ago(days), lvesd_mm=33, **LABORATORY, **SEVERE)
    lvesd = figure(patient, "lvesd")
    assert [point.filled for point in lvesd.chart.in_order] == [True, True, False]
    assert "Last value: 2 years old: too old to reassure." in said(lvesd)
    assert lvesd.words.state == "attention"
    assert lvesd.rows[0].use == "used, but old"


def test_a_newer_study_by_another_method_is_named_and_its_limit_counts(patient, figure, days_ago):
    for days in (1200, 800, 400):
        make.echo(
            patient,
            days_ago(days),
            regurgitant_volume_ml=45,
            regurgitant_volume_method="pisa",
            **LABORATORY,
            **SEVERE,
        )
    make.echo(
        patient,
        days_ago(20),
        regurgitant_volume_ml=67,
        regurgitant_volume_method="doppler_volumetric",
        **LABORATORY,
        **SEVERE,
    )
    volume = figure(patient, "regurgitant-volume")
    assert "Newest value 67 mL on" in said(volume)
    assert "not compared, another method" in said(volume)
    assert "the last study that is compared (" in said(volume)
    assert volume.words.state == "beyond"
    assert volume.rows[0].use == "not used"


def test_after_an_operation_the_trend_begins_anew(patient, figure, days_ago):
    for days, lvef in ((1500, 66), (1300, 64), (1100, 62), (700, 50), (400, 54), (30, 58)):
        make.echo(patient, days_ago(days), lvef_percent=lvef, **LABORATORY)
    make.intervention(patient, days_ago(900), Intervention.Kind.MITRAL_REPAIR)
    lvef = figure(patient, "lvef")
    assert [row.use for row in lvef.rows if row.value_text] == ["used"] * 3 + ["earlier part"] * 3
    assert lvef.chart.trend[0][0] == days_ago(700)
    assert [event.label for event in lvef.chart.events] == ["Mitral repair"]
    # The limits of a native valve say nothing of a repaired one.
    assert (lvef.limits, list(lvef.chart.thresholds)) == ((), [])
    assert "Limit" not in said(lvef)


@pytest.mark.parametrize("mechanism", [Mechanism.SECONDARY_VENTRICULAR, "unknown"])
def test_no_limit_is_drawn_where_its_rules_are_for_others(
    clinic_north, figure, days_ago, mechanism
):
    patient = make.patient_of(clinic_north, from_on=days_ago(2000))
    make.diagnosis(patient, days_ago(400), mechanism=str(mechanism), etiology="unknown")
    make.echo(patient, days_ago(30), lvef_percent=35, lvesd_mm=60, **LABORATORY)
    assert figure(patient, "lvesd").limits == ()
    assert figure(patient, "lvesd").words.state == "unknown"


def test_a_limit_of_one_edition_alone_names_it(growing, figure, days_ago):
    make.echo(growing, days_ago(5), la_volume_index_ml_m2=50, **LABORATORY, **SEVERE)
    (both,) = figure(growing, "lvesd").limits
    (one,) = figure(growing, "la-volume-index").limits
    assert (both.label, both.whose) == ("≥ 40 mm", "")
    assert (one.label, one.whose, one.whose_short) == (
        "≥ 60 mL/m²",
        "ESC/EACTS 2025",
        "ESC/EACTS",
    )


def test_an_edition_that_is_not_signed_off_lends_no_limit(growing, case, settings):
    assert trends_of(case(growing)).has_limits
    settings.SHOWS_UNSIGNED_VERDICTS = False
    trends = trends_of(case(growing))
    assert not trends.has_limits
    assert not any(figure.chart.thresholds for figure in trends.figures)
    assert "Limit" not in " ".join(said(figure) for figure in trends.figures)


def test_of_somebody_who_died_nothing_is_expected(growing, case, alice, days_ago):
    registration = growing.registrations.get()
    mark_deceased(
        patient=growing,
        by=alice,
        clinic=registration.clinic,
        deceased_on=days_ago(3),
        reason="letter of the family",
    )
    trends = trends_of(case(growing))
    assert not any(figure.chart.band for figure in trends.figures)
    assert {figure.chart.until_on for figure in trends.figures} == {days_ago(3)}
    text = " ".join(said(figure) for figure in trends.figures)
    assert "expected" not in text
    assert "confirm" not in text
    assert "old" not in text


# Symptoms


def test_the_class_is_a_course_in_steps(patient, figure, days_ago):
    make.log(patient, days_ago(800), nyha=1)
    make.log(patient, days_ago(400), nyha=(1, 2))
    make.log(patient, days_ago(20), nyha=2)
    nyha = figure(patient, "nyha")
    assert [row.value_text for row in nyha.rows] == ["II", "I–II", "I"]
    assert nyha.words.state == "attention"
    assert nyha.words.verdict.startswith("Rose from class I–II (")
    assert nyha.chart.steps


def test_one_log_is_no_course(patient, figure, days_ago):
    make.log(patient, days_ago(20), nyha=1)
    assert figure(patient, "nyha").words.state == "unknown"


def test_freedom_from_symptoms_that_was_asked_long_ago_does_not_read_as_calm(
    patient, figure, days_ago
):
    make.log(patient, days_ago(900), nyha=1)
    make.log(patient, days_ago(500), nyha=1)
    nyha = figure(patient, "nyha")
    assert nyha.words.state == "attention"
    assert "too old to reassure" in said(nyha)
    assert not nyha.chart.in_order[-1].filled


# Events


def test_many_events_have_signs_with_a_key(growing, case, days_ago):
    make.intervention(growing, days_ago(700), Intervention.Kind.CABG)
    make.admission(growing, days_ago(300))
    make.comorbidity(growing, days_ago(100), "atrial_fibrillation", since_on=days_ago(500))
    trends = trends_of(case(growing))
    assert [(event.sign, event.label) for event in trends.signs] == [
        ("A", "CABG"),
        ("B", "Atrial fibrillation"),
        ("C", "Heart failure admission"),
    ]
    assert [event.sign for event in enlarged(case(growing), BY_SLUG["lvesd"]).chart.events] == [
        "",
        "",
        "",
    ]


# Speed


def test_sixty_studies_are_drawn_quickly_and_more_are_cut(patient, case, days_ago):
    chance = random.Random(1)
    for index in range(64):
        make.echo(
            patient,
            days_ago(100 * (64 - index)),
            lvef_percent=round(chance.gauss(64, 3)),
            lvesd_mm=round(chance.gauss(36, 2)),
            la_volume_index_ml_m2=round(chance.gauss(50, 4)),
            spap_mmhg=round(chance.gauss(35, 5)),
            **LABORATORY,
            **SEVERE,
        )
    held = case(patient)
    started = time.perf_counter()
    trends = trends_of(held)
    drawn = [(figure.svg, figure.rows) for figure in trends.figures]
    spent = time.perf_counter() - started
    assert len(drawn) == 6
    assert all(len(figure.chart.points) == 60 for figure in trends.figures)
    assert {figure.hidden_points for figure in trends.figures} == {4}
    # About 10 ms alone; the bound is for a machine that is busy with other things.
    assert spent < 0.3
