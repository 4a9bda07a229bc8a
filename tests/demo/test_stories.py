"""The awkward demo patients: what mrtrack must say of each, and that their numbers agree."""

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import TestCase, override_settings
from django.urls import reverse

from demo.book import Book
from demo.clinics import make_cast
from demo.patients import NORTH, SOUTH, Story
from demo.patients.active_endocarditis import write_active_endocarditis
from demo.patients.acute_papillary_rupture import write_acute_papillary_rupture
from demo.patients.amended_study import write_amended_study
from demo.patients.biological_valve_wears_out import write_biological_valve_wears_out
from demo.patients.child import write_child
from demo.patients.clips_after_resynchronization import write_clips_after_resynchronization
from demo.patients.deceased import write_deceased
from demo.patients.declined_surgery import write_declined_surgery
from demo.patients.doac_on_mechanical_valve import write_doac_on_mechanical_valve
from demo.patients.flail_called_class_one import write_flail_called_class_one
from demo.patients.late_systolic_prolapse import write_late_systolic_prolapse
from demo.patients.lost_to_follow_up import write_lost_to_follow_up
from demo.patients.lvef_as_a_range import write_lvef_as_a_range
from demo.patients.mechanical_valve_thrombosis import write_mechanical_valve_thrombosis
from demo.patients.mixed_mechanism import write_mixed_mechanism
from demo.patients.moved_to_the_south import write_moved_to_the_south
from demo.patients.no_team_review import write_no_team_review
from demo.patients.one_measurement import write_one_measurement
from demo.patients.outflow_obstruction import write_outflow_obstruction
from demo.patients.pregnant_severe import write_pregnant_severe
from demo.patients.repaired_valve_leaks_again import write_repaired_valve_leaks_again
from demo.patients.rheumatic_stenosis import write_rheumatic_stenosis
from demo.patients.vasodilator_without_reason import write_vasodilator_without_reason
from followup.models import Standing
from followup.standing import assessment_of
from guidelines.assessment import assess
from guidelines.facts import Fact
from guidelines.vocabulary import Etiology, MitralValveState, PregnancyStatus, Scope, Verdict
from patients.days import spoken
from patients.fields import MEASURES
from patients.models import (
    ANALYTES,
    BodySize,
    ClinicalRecord,
    EchoStudy,
    LabResult,
    Patient,
    Registration,
)
from patients.selectors import known_until, registrations_seen_by
from reports.patient_page.banner import dangers_of
from treatments.facts import PatientRecord, picture_of, record_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Shown:
    """What lists show of one patient: classes and statuses by ACC/AHA, then by ESC/EACTS.

    A status without a class is the state of the gate; ``possible`` is the class that could still
    be reached; ``rows`` are the gates that are closed.
    """

    write: Story
    grade: str
    valve: str
    symptomatic: bool | None
    acc_aha: tuple[str, str] = ("", "open")
    esc: tuple[str, str] = ("", "open")
    possible: tuple[str, str] = ("", "")
    provisional: bool = False
    rows: tuple[str, ...] = field(default=())


def closed(write, grade, valve, symptomatic, row, possible=("", "")) -> Shown:
    """Behind a gate of the native valve; another chapter may still hold a class."""
    shut = ("", "closed")
    return Shown(write, grade, valve, symptomatic, shut, shut, possible, rows=(row,))


ANY = ("1", "I")
STORIES = (
    Shown(
        write_no_team_review, "severe", "native", True,
        ("1", "met"), ("I", "pending_judgement"), ANY,
    ),
    Shown(
        write_one_measurement, "severe", "native", True,
        ("1", "met"), ("I", "pending_judgement"), ANY, provisional=True,
    ),
    Shown(
        write_lvef_as_a_range, "severe", "native", False, ("2a", "either_way"), possible=ANY
    ),
    Shown(
        write_late_systolic_prolapse, "cannot_be_graded", "native", False, possible=("2a", "")
    ),
    Shown(
        write_flail_called_class_one, "severe", "native", None,
        ("2a", "either_way"), ("IIa", "either_way"), ANY,
    ),
    Shown(write_mixed_mechanism, "severe", "native", True, ("1", "met"), ("I", "met"), ANY),
    Shown(
        write_amended_study, "severe", "native", False,
        ("2a", "pending_judgement"), possible=("2a", ""),
    ),
    Shown(write_declined_surgery, "severe", "native", True, ("1", "met"), ("I", "met"), ANY),
    Shown(
        write_lost_to_follow_up, "severe", "native", None,
        ("1", "either_way"), ("I", "either_way"), ANY,
    ),
    Shown(write_moved_to_the_south, "severe", "native", False, ("1", "met"), ("I", "met"), ANY),
    Shown(write_vasodilator_without_reason, "moderate", "native", False),
    closed(write_pregnant_severe, "severe", "native", True, "SAFE-09"),
    closed(write_child, "not_on_this_scale", "native", True, "SAFE-01"),
    closed(write_outflow_obstruction, "severe", "native", True, "SAFE-08"),
    closed(write_rheumatic_stenosis, "moderate", "native", True, "SAFE-07"),
    closed(write_active_endocarditis, "severe", "native", True, "SAFE-06", ANY),
    closed(
        write_repaired_valve_leaks_again, "not_on_this_scale", "surgical_repair", True, "SAFE-03"
    ),
    closed(write_clips_after_resynchronization, "not_on_this_scale", "teer", True, "SAFE-03"),
    closed(
        write_mechanical_valve_thrombosis, "not_on_this_scale", "mechanical", None, "SAFE-02", ANY
    ),
    closed(
        write_biological_valve_wears_out, "not_on_this_scale", "surgical_bioprosthesis", True,
        "SAFE-02", ("2a", "I"),
    ),
    closed(
        write_doac_on_mechanical_valve, "not_on_this_scale", "mechanical", False, "SAFE-02",
        ("1", "IIa"),
    ),
    closed(write_deceased, "not_on_this_scale", "mechanical", None, "SAFE-02", ANY),
)  # fmt: skip
ALL = (*NORTH, *SOUTH)
IN_DANGER = {write_mechanical_valve_thrombosis, write_doac_on_mechanical_valve}
NEW_HERE = {write_one_measurement}
TODAY = datetime.date(2026, 3, 1)


def name_of(write) -> str:
    return write.__name__.removeprefix("write_")


@pytest.fixture
def cast(db, settings):
    settings.DEBUG = True
    return make_cast()


@pytest.fixture
def told(cast):
    """Return a function that writes one story and gives its patient."""
    return teller(cast)


def teller(cast) -> Callable[[Story], Patient]:
    users = cast.users
    today = min(cast.north.today(), cast.south.today())
    north = Book(cast.north, today, users["alice"], users["nina"], users["clara"])
    south = Book(cast.south, today, users["charlie"], users["charlie"], users["charlie"])
    return lambda write: write(south if write in SOUTH else north)


@pytest.fixture
def record_today(told):
    """Return a function that writes one story and gives its record of today."""

    def gathered(write, on=None, known_at=None):
        patient = told(write)
        day = on or patient.standing.assessed_for_on
        return record_of([patient], on=day, known_at=known_at)[patient.pk]

    return gathered


# What is shown -----------------------------------------------------------------------------------


@override_settings(DEBUG=True)
class TestEverybody(TestCase):
    """What is true of all stories, which are written once."""

    @classmethod
    def setUpTestData(cls):
        cls.patients = {name_of(write): told for write, told in _everybody()}

    def test_each_story_shows_what_it_is_for(self):
        for shown in STORIES:
            name = name_of(shown.write)
            patient = self.patients[name]
            assert shown_of(patient) == {
                "grade": (shown.grade, shown.valve, shown.symptomatic),
                "acc_aha": (*shown.acc_aha, shown.possible[0], shown.provisional),
                "esc": (*shown.esc, shown.possible[1], shown.provisional),
                "is_acute": False,
            }, name
            record = record_of([patient], on=patient.standing.assessed_for_on)[patient.pk]
            assert bool(dangers_of(record)) is (shown.write in IN_DANGER), name
            _check_gates(record, shown.rows)
            _check_years(record, new_here=shown.write in NEW_HERE)

    def test_the_numbers_are_plausible_and_agree_with_each_other(self):
        for patient in self.patients.values():
            _check_ranges(patient)
            sizes = list(BodySize.objects.filter(patient=patient).exclude(weight_kg=None))
            for study in patient.echostudy_set.all():
                _check_pisa(study)
                _check_volumes(study)
                _check_pressure(study)
                _check_prosthesis(study)
                _check_body_surface(study, sizes)


def _everybody() -> Iterator[tuple[Story, Patient]]:
    tell = teller(make_cast())
    for write in ALL:
        yield write, tell(write)


def shown_of(patient: Patient) -> dict[str, object]:
    """What lists show of a patient, in the words of ``Shown``."""
    standing = Standing.objects.get(patient=patient)
    return {
        "grade": (standing.grade, standing.valve_state, standing.symptomatic),
        "is_acute": standing.is_acute,
    } | {
        body: tuple(
            getattr(standing, f"{body}_{column}")
            for column in ("class", "status", "possible", "provisional")
        )
        for body in ("acc_aha", "esc")
    }


def _check_gates(record: PatientRecord, rows: tuple[str, ...]) -> None:
    """A closed gate names its row and lets no rule for chronic native disease speak."""
    for verdict in assessment_of(record).editions:
        assert tuple(gate.row for gate in verdict.gates.closed) == rows
        if rows:
            native = [f for f in verdict.findings if f.rule.scope is Scope.NATIVE_CHRONIC]
            assert {each.verdict for each in native} == {Verdict.NOT_APPLICABLE}


def _check_years(record: PatientRecord, *, new_here: bool) -> None:
    """Every story has years of visits, and what every visit asks."""
    days = [study.performed_on for study in record.echo_studies]
    assert len(days) >= (2 if new_here else 3)
    assert (max(days) - min(days)).days > 2.5 * 365
    assert record.symptom_logs
    assert record.lab_results
    assert record.allergies
    for procedure in record.performed:
        assert procedure.urgency != "not_stated"


@pytest.mark.parametrize(
    ("write", "opened"),
    [
        (write_pregnant_severe, {"pregnancy_status": PregnancyStatus.NOT_PREGNANT}),
        (write_child, {"age_years": Decimal(30), "etiology": Etiology.DEGENERATIVE}),
        (
            write_outflow_obstruction,
            {"sam_or_lvot_obstruction": False, "etiology": Etiology.DEGENERATIVE},
        ),
        (
            write_active_endocarditis,
            {"endocarditis_active_or_suspected": False, "etiology": Etiology.DEGENERATIVE},
        ),
        (write_repaired_valve_leaks_again, {"mitral_valve_state": MitralValveState.NATIVE}),
    ],
    ids=["pregnant", "child", "obstruction", "endocarditis", "repaired"],
)
def test_without_its_gate_class_one_would_be_printed(write, opened, record_today):
    record = record_today(write)
    facts = {name: Fact(value) for name, value in opened.items()}
    assessment = assess(picture_of(record).having(**facts), on=record.on)
    assert [verdict.headline_class for verdict in assessment.editions] == ["1", "I"]


def test_the_acute_patient_has_an_emergency_and_no_chronic_rule(record_today):
    record = record_today(write_acute_papillary_rupture)
    assert record.open_episode is not None
    assert record.patient.standing.is_acute
    for verdict in assessment_of(record).editions:
        assert [gate.row for gate in verdict.gates.closed] == ["SAFE-05"]
        assert verdict.headline is None


def test_one_measurement_is_called_provisional_and_the_second_line_is_named(record_today):
    assessment = assessment_of(record_today(write_one_measurement))
    assert assessment.grade.is_provisional
    assert {reason.line for reason in assessment.grade.reasons_for} == {"pisa"}
    assert "vena_contracta_mm" in assessment.grade.missing
    assert all("if severity is confirmed" in verdict.headline for verdict in assessment.editions)


def test_an_orifice_of_one_late_frame_neither_shows_nor_excludes(record_today):
    record = record_today(write_late_systolic_prolapse)
    assert max(study.eroa_mm2 for study in record.echo_studies) >= 40
    assessment = assessment_of(record)
    assert [severity.is_severe for severity in assessment.severities] == [None, None]
    assert "cmr_regurgitant_volume_ml" in assessment.grade.missing
    assert any("overstate" in note for note in assessment.grade.notes)


def test_a_range_around_the_limit_decides_nothing_and_is_asked_for(record_today):
    assessment = assessment_of(record_today(write_lvef_as_a_range))
    for verdict in assessment.editions:
        told = {finding.rule.id.split("/")[-1]: finding for finding in verdict.findings}
        assert told["lv-dysfunction"].verdict is Verdict.CANNOT_TELL
        assert told["lv-dysfunction"].missing == ("lvef_percent",)
        assert " is possible" in verdict.summary
        assert verdict.strongest_possible.strength == 3


def test_new_fibrillation_takes_back_that_he_was_well(record_today):
    picture = picture_of(record_today(write_flail_called_class_one))
    assert picture.reading("atrial_fibrillation") is True
    assert picture.reading("symptomatic") is None
    assert "before the new atrial fibrillation" in picture.facts["symptomatic"].reason
    assert picture.facts["lvef_percent"].too_old_to_reassure


def test_a_mixed_mechanism_reads_as_if_the_primary_part_dominates(record_today):
    assessment = assessment_of(record_today(write_mixed_mechanism))
    for verdict in assessment.editions:
        assert "if the primary part dominates" in verdict.headline
    assert any("Mixed mechanism" in note for note in assessment.notes)


def test_her_refusal_stands_beside_an_unchanged_verdict(record_today):
    assessment = assessment_of(record_today(write_declined_surgery))
    assert "The patient declines intervention." in assessment.notes
    assert all(verdict.headline_kind.value == "met" for verdict in assessment.editions)


def test_class_one_of_the_lost_patient_does_not_age_away(record_today):
    record = record_today(write_lost_to_follow_up)
    assert (record.on - record.echo_studies[0].performed_on).days > 2 * 365
    assessment = assessment_of(record)
    assert assessment.grade.rests_on_old_evidence
    assert picture_of(record).facts["symptomatic"].too_old_to_reassure


def test_no_rule_reads_the_limits_of_adults_in_a_child(record_today):
    assessment = assessment_of(record_today(write_child))
    assert [severity.is_severe for severity in assessment.severities] == [None, None]
    assert assessment.missing == ()


def test_obstruction_warns_of_vasodilators_and_nitrates(record_today):
    record = record_today(write_outflow_obstruction)
    assert any(drug.drug_class == "nitrate" for drug in record.current_medications)
    [gate] = assessment_of(record).editions[0].gates.closed
    assert "nitrates" in gate.message


def test_the_woman_with_stenosis_is_asked_about_pregnancy_again(record_today):
    assessment = assessment_of(record_today(write_rheumatic_stenosis))
    assert assessment.notes == ("Ask about pregnancy before acting.",)


def test_a_vasodilator_for_the_leak_alone_is_on_record_with_normal_pressures(record_today):
    record = record_today(write_vasodilator_without_reason)
    [enalapril] = record.current_medications
    assert (enalapril.drug, enalapril.indication) == ("enalapril", "mr_alone")
    assert all(log.systolic_bp_mmhg < 130 for log in record.symptom_logs)


# Dangers -----------------------------------------------------------------------------------------


def test_a_low_inr_on_the_mechanical_valve_asks_for_contact_today(record_today):
    record = record_today(write_mechanical_valve_thrombosis)
    [danger] = dangers_of(record)
    assert danger.startswith("INR 1.6")
    assert "contact the patient today" in danger
    gradients = [study.mitral_mean_gradient_mmhg for study in record.echo_studies]
    assert gradients[0] > 2 * gradients[1]


def test_a_doac_on_the_mechanical_valve_asks_for_contact_today(record_today):
    dangers = dangers_of(record_today(write_doac_on_mechanical_valve))
    assert "A direct oral anticoagulant on a mechanical mitral valve: contact today." in dangers
    assert any("70 days ago: measure it again" in danger for danger in dangers)


def test_a_doac_on_the_biological_valve_is_no_danger(record_today):
    record = record_today(write_biological_valve_wears_out)
    assert any(drug.drug_class == "doac" for drug in record.current_medications)
    assert dangers_of(record) == []


def test_no_danger_is_shown_of_the_dead(told):
    patient = told(write_deceased)
    today = patient.standing.assessed_for_on
    assert dangers_of(record_of([patient], on=today)[patient.pk]) == []
    before = patient.deceased_on - datetime.timedelta(days=1)
    at = patient.history.filter(deceased_on=None).latest("history_date").history_date
    alive = record_of([patient], on=before, known_at=at)[patient.pk].patient
    assert alive.deceased_on is None
    # The clinic's cohort keeps its dead.
    assert patient.registrations.get().until_on is None


# The biography of the record ---------------------------------------------------------------------


def test_the_former_clinic_reads_up_to_the_day_of_the_move(told, cast, client_of):
    patient = told(write_moved_to_the_south)
    north, south = (cast.users[name] for name in ("alice", "charlie"))
    assert [each.record_number for each in registrations_seen_by(north, patient)] == ["HV-20295"]
    assert [each.record_number for each in registrations_seen_by(south, patient)] == ["S-0031"]
    until = known_until(registrations_seen_by(north, patient))
    moved_on = Registration.objects.get(record_number="HV-20295").until_on
    record = record_of([patient], on=moved_on, known_at=until)[patient.pk]
    assert len(record.echo_studies) == 3
    assert assessment_of(record).result.value == "moderate_to_severe"
    address = reverse("reports:patient-page", args=[patient.public_id])
    read_by = {
        user.username: client_of(user).get(address).content.decode() for user in (north, south)
    }
    seen_in_the_south = spoken(patient.echostudy_set.latest("performed_on").performed_on)
    assert seen_in_the_south not in read_by["alice"]
    assert seen_in_the_south in read_by["charlie"]


def test_an_amended_study_keeps_what_was_believed_and_when(told):
    patient = told(write_amended_study)
    study = patient.echostudy_set.get(accession_number="NE-117488")
    first, second = study.history.order_by("history_date")
    assert (study.status, study.version) == ("amended", 2)
    assert (first.reader_grade_high, second.reader_grade_high) == (3, 4)
    assert (first.eroa_mm2, second.eroa_mm2) == (32, 43)
    assert first.derived["eroa_mm2"] != second.derived["eroa_mm2"]
    assert "28" in second.history_change_reason
    day = second.history_date.date()
    before = record_of([patient], on=day, known_at=second.history_date - datetime.timedelta(days=1))
    assert assessment_of(before[patient.pk]).result.value == "moderate_to_severe"
    after = record_of([patient], on=day, known_at=second.history_date)
    assert assessment_of(after[patient.pk]).result.value == "severe"


def test_the_report_that_came_late_was_not_known_before(told):
    patient = told(write_amended_study)
    outside = patient.echostudy_set.get(accession_number="EXT-20447")
    assert (outside.entered_at.date() - outside.performed_on).days > 600
    day = outside.entered_at.date() - datetime.timedelta(days=1)
    known = record_of([patient], on=day, known_at=outside.entered_at - datetime.timedelta(days=1))
    assert outside.pk not in {study.pk for study in known[patient.pk].echo_studies}
    assert outside.pk in {
        study.pk for study in record_of([patient], on=day)[patient.pk].echo_studies
    }


# Numbers -----------------------------------------------------------------------------------------


def _check_ranges(patient: Patient) -> None:
    for kind in ClinicalRecord.__subclasses__():
        for row in kind._default_manager.filter(patient=patient):
            for name, measure in MEASURES.items():
                value = getattr(row, name, None)
                assert value is None or measure.is_plausible(value), (row, name, value)
    for result in LabResult.objects.filter(patient=patient).exclude(analyte="blood_culture"):
        low, high = ANALYTES[result.analyte].plausible
        assert Decimal(low) <= result.value <= Decimal(high), result


def _check_pisa(study: EchoStudy) -> None:
    if study.eroa_mm2 is None:
        return
    flow = 2 * 3.14159265 * float(study.pisa_radius_mm / 10) ** 2
    eroa_mm2 = flow * float(study.aliasing_velocity_cm_s) / float(study.mr_peak_velocity_m_s)
    assert float(study.eroa_mm2) == pytest.approx(eroa_mm2, abs=0.6)
    volume_ml = float(study.eroa_mm2 * study.mr_vti_cm) / 100
    assert float(study.regurgitant_volume_ml) == pytest.approx(volume_ml, abs=5)
    # A holosystolic jet lasts about 0.3 s; a late one a third of it.
    share = float(study.mr_vti_cm) / float(study.mr_peak_velocity_m_s * 100)
    longest = 0.15 if study.jet_timing == "late_systolic" else 0.35
    assert 0.1 <= share <= longest


def _check_volumes(study: EchoStudy) -> None:
    if study.lvesd_mm is not None:
        assert 6 <= study.lvedd_mm - study.lvesd_mm <= 26
    if study.lvedv_ml is None:
        return
    stroke_ml = study.lvedv_ml - study.lvesv_ml
    assert float(100 * stroke_ml / study.lvedv_ml) == pytest.approx(
        float(study.lvef_percent_low), abs=1
    )
    if study.regurgitant_fraction_percent:
        fraction = float(100 * study.regurgitant_volume_ml / stroke_ml)
        assert fraction == pytest.approx(float(study.regurgitant_fraction_percent), abs=4)
    if study.regurgitant_volume_ml and study.heart_rate_bpm and study.bsa_m2:
        forward_ml = float(stroke_ml - study.regurgitant_volume_ml)
        index = forward_ml * float(study.heart_rate_bpm) / 1000 / float(study.bsa_m2)
        assert 1.5 <= index <= 4.2, f"cardiac index {index:.2f} L/min/m2"


def _check_pressure(study: EchoStudy) -> None:
    if study.spap_mmhg is not None:
        pressure = 4 * study.tr_peak_velocity_m_s**2 + study.right_atrial_pressure_mmhg
        assert float(study.spap_mmhg) == pytest.approx(float(pressure), abs=1)
    if study.systolic_bp_mmhg is not None:
        assert study.systolic_bp_mmhg > study.diastolic_bp_mmhg + 20


def _check_prosthesis(study: EchoStudy) -> None:
    """Velocity index times orifice area is the area of the outflow tract, 18 to 24 mm wide."""
    if study.doppler_velocity_index and study.effective_orifice_area_cm2:
        area = float(study.doppler_velocity_index * study.effective_orifice_area_cm2)
        assert 2.5 <= area <= 4.6


def _check_body_surface(study: EchoStudy, sizes: list[BodySize]) -> None:
    if study.bsa_m2 is None or not sizes:
        return
    near = min(sizes, key=lambda size: abs((size.measured_on - study.performed_on).days))
    du_bois = 0.007184 * float(near.height_cm) ** 0.725 * float(near.weight_kg) ** 0.425
    assert float(study.bsa_m2) == pytest.approx(du_bois, abs=0.08)


# The people --------------------------------------------------------------------------------------


class Registered(Exception):  # noqa: N818 (not a fault: the story was read far enough)
    """What a story registers: record number and person."""


class FirstPage(Book):
    """A book in which every story ends with the registration, before anything is stored."""

    def register(self, record_number, **person):
        raise Registered(record_number, person)


@pytest.fixture(scope="module")
def people():
    """Record number and person of every story, by its function."""
    book = FirstPage(None, TODAY, None, None)
    found = {}
    for write in ALL:
        with pytest.raises(Registered) as registered:
            write(book)
        found[write] = registered.value.args
    return found


def test_names_and_record_numbers_are_used_once_and_telephones_ring_nowhere(people):
    fictional = re.compile(r"^(\+33 1 99 00 \d\d \d\d|\+1 555 01\d\d)( \(mother\))?$")
    persons = [person for _, person in people.values()]
    names = {(person["family_name"], person["given_name"]) for person in persons}
    telephones = {person["telephone"] for person in persons}
    assert len(names) == len(telephones) == len({number for number, _ in people.values()}) == 33
    assert all(fictional.match(telephone) for telephone in telephones)
    assert all(person["email"].endswith(".example") for person in persons if "email" in person)


def test_each_module_says_what_its_patient_shows():
    for write in ALL:
        assert import_module(write.__module__).__doc__.strip()
        assert write.__doc__.strip()
        assert write.__module__ == f"demo.patients.{name_of(write)}"


def test_the_first_hour_lists_every_hand_written_patient(people):
    text = (Path(project.BASE_DIR) / "docs/clinicians/first-hour.md").read_text(encoding="utf-8")
    for number, person in people.values():
        assert f"| {number} |" in text or f"| {number}, " in text
        age = Patient(born_on=person["born_on"]).age_on(TODAY)
        named = (
            person["family_name"] if "deceased_on" in person else f"{person['family_name']}, {age}"
        )
        assert f"| {named} |" in text
