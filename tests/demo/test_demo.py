"""The demo: what it makes, where it refuses, and that its patients show what they are for."""

import datetime
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.actions import create_clinic
from accounts.models import Clinic, ClinicSetting, User
from accounts.permissions import Role, roles_in
from audit.models import AuditEvent
from demo import making
from demo.clinics import MEMBERS, NORTH_CODE, PASSWORD, SOUTH_CODE
from demo.making import HAND_WRITTEN, Order, make_demo
from demo.patients import NORTH, SOUTH
from demo.patients.unmeasured import write_unmeasured
from followup.models import (
    Appointment,
    ContactAttempt,
    ContactWish,
    FollowUpEnd,
    Referral,
    Standing,
)
from patients.models import (
    AcuteEpisode,
    Allergy,
    ClinicalRecord,
    EchoStudy,
    LabResult,
    Patient,
    Registration,
    SymptomLog,
)
from patients.writing import writing_many
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice, Medication

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def debug_is_on(settings):
    settings.DEBUG = True


# Record number: grade, valve, symptoms, then class and status by ACC/AHA and by ESC/EACTS.
SHOWN = {
    "HV-20391": ("severe", "native", True, "1", "met", "I", "met"),
    "HV-20418": (
        "severe", "native", False, "2a", "pending_judgement", "IIa", "pending_judgement",
    ),
    "HV-20433": ("severe", "native", False, "1", "met", "I", "met"),
    "HV-20457": ("severe", "native", None, "1", "either_way", "I", "either_way"),
    "HV-20587": ("not_on_this_scale", "native", None, "", "closed", "", "closed"),
    "HV-20402": ("moderate", "native", None, "", "open", "", "open"),
    "HV-20266": ("not_on_this_scale", "surgical_repair", False, "", "closed", "", "closed"),
    "HV-20087": ("not_on_this_scale", "mechanical", None, "", "closed", "", "closed"),
    "HV-20311": ("moderate", "native", False, "", "open", "", "open"),
    "HV-20588": ("cannot_be_graded", "unknown", None, "", "unknown", "", "unknown"),
    "S-0007": ("severe", "native", False, "2a", "pending_judgement", "I", "met"),
}  # fmt: skip


def run(**options) -> str:
    """The command with the hand-written patients only, unless more are asked for."""
    out = StringIO()
    call_command("demo", stdout=out, **{"patients": HAND_WRITTEN, **options})
    return out.getvalue()


def of(number: str) -> Patient:
    return Registration.objects.get(record_number=number).patient


def clinical_kinds():
    return [
        kind
        for kind in ClinicalRecord.__subclasses__()
        if kind.__module__.startswith(("patients", "treatments"))
    ]


class TestTheDemo(TestCase):
    """What the hand-written patients show, made once for all of these."""

    @classmethod
    def setUpTestData(cls):
        with override_settings(DEBUG=True):
            cls.printed = run()

    def test_it_makes_two_clinics_with_their_hand_written_patients(self):
        everybody = Patient.objects.order_by("id")
        firsts = [each.registrations.order_by("from_on", "id")[0] for each in everybody]
        codes = [registration.clinic.code for registration in firsts]
        assert codes.count(NORTH_CODE) == len(NORTH)
        assert codes.count(SOUTH_CODE) == len(SOUTH)
        assert f"{HAND_WRITTEN} patients" in self.printed

    def test_it_prints_the_logins_and_the_published_figures(self):
        assert PASSWORD in self.printed
        assert all(member.username in self.printed for member in MEMBERS)
        assert re.search(r"NH-06 .*58 ± 9", self.printed)
        assert "first 800 patients of seed 1, more than this demo holds" in self.printed

    def test_everybody_can_log_in_with_the_printed_password(self):
        for member in MEMBERS:
            user = User.objects.get(username=member.username)
            assert user.check_password(PASSWORD)
            assert user.emailaddress_set.get().verified
            assert user.is_staff == (member.username in {"alice", "clara", "ada"})
            assert not user.is_superuser
        answer = self.client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
        assert answer.status_code == 302
        north = Clinic.objects.get(code=NORTH_CODE)
        assert roles_in(User.objects.get(username="ada"), north) == [Role.CLINIC_ADMINISTRATOR]

    def test_each_patient_shows_what_it_is_for(self):
        found = Registration.objects.filter(record_number__in=SHOWN)
        shown = {
            registration.record_number: (
                standing.grade,
                standing.valve_state,
                standing.symptomatic,
                standing.acc_aha_class,
                standing.acc_aha_status,
                standing.esc_class,
                standing.esc_status,
            )
            for registration in found.select_related("patient__standing")
            if (standing := registration.patient.standing)
        }
        assert shown == SHOWN
        acute = Standing.objects.filter(is_acute=True).values_list("patient", flat=True)
        assert of("HV-20587").pk in acute

    def test_the_stories_hold_their_small_print(self):
        rossi = of("HV-20418").echostudy_set.order_by("performed_on")
        assert [study.lvesd_mm for study in rossi] == [34, 34, 33, 35, 36, 38, 38, 39]
        assert of("HV-20418").allergy_set.get().substance == "penicillin"
        episode = AcuteEpisode.objects.get(patient=of("HV-20587"))
        assert episode.is_open
        assert episode.place
        assert episode.accepted_by_name
        assert episode.onset_at < episode.accepted_at < timezone.now()
        therapy = of("HV-20402").medication_set.filter(stopped_on=None)
        classes = {course.drug_class for course in therapy}
        assert {"arni", "beta_blocker", "mra", "sglt2_inhibitor"} <= classes
        assert of("HV-20402").intervention_set.filter(kind="crt").exists()
        assert EndocarditisProphylaxisAdvice.objects.filter(patient=of("HV-20266")).exists()
        plan = AnticoagulationPlan.objects.get(patient=of("HV-20087"))
        assert (float(plan.inr_low), float(plan.inr_high)) == (2.5, 3.5)
        inrs = LabResult.objects.filter(analyte="inr", patient=plan.patient)
        assert inrs.count() > 40
        assert float(inrs.first().value) == 1.7
        moderate = of("HV-20311")
        last = moderate.echostudy_set.filter(status=EchoStudy.Status.FINAL).first()
        assert (last.lvef_percent_low, last.lvef_percent_high) == (55, 60)
        assert moderate.echostudy_set.filter(status=EchoStudy.Status.DRAFT).count() == 1
        captopril = Medication.objects.filter(patient=moderate, drug="captopril")
        assert captopril.filter(stopped_on=None).exists()

    def test_the_unmeasured_patient_has_a_referral_and_nothing_else(self):
        patient = of("HV-20588")
        assert patient.registrations.get().referring_doctor
        kinds = clinical_kinds()
        assert not any(kind._default_manager.filter(patient=patient).exists() for kind in kinds)

    def test_the_numbers_of_a_study_agree_with_each_other(self):
        numbers = EchoStudy.objects.filter(patient__registrations__record_number__in=SHOWN)
        for study in numbers.exclude(eroa_mm2=None):
            flow = 2 * 3.14159265 * float(study.pisa_radius_mm / 10) ** 2
            flow *= float(study.aliasing_velocity_cm_s)
            eroa_mm2 = flow / float(study.mr_peak_velocity_m_s)
            assert float(study.eroa_mm2) == pytest.approx(eroa_mm2, abs=0.6)
            volume_ml = float(study.eroa_mm2 * study.mr_vti_cm) / 100
            assert float(study.regurgitant_volume_ml) == pytest.approx(volume_ml, abs=5)
        for study in numbers.exclude(lvedv_ml=None):
            stroke_ml = study.lvedv_ml - study.lvesv_ml
            assert float(100 * stroke_ml / study.lvedv_ml) == pytest.approx(
                float(study.lvef_percent_low), abs=1
            )
            if study.regurgitant_fraction_percent:
                assert float(100 * study.regurgitant_volume_ml / stroke_ml) == pytest.approx(
                    float(study.regurgitant_fraction_percent), abs=4
                )
        for study in numbers.exclude(spap_mmhg=None):
            pressure = 4 * study.tr_peak_velocity_m_s**2 + study.right_atrial_pressure_mmhg
            assert float(study.spap_mmhg) == pytest.approx(float(pressure), abs=1)
        for study in numbers.exclude(lvesd_mm=None):
            assert study.lvesd_mm < study.lvedd_mm

    def test_nothing_is_unusual_and_every_row_has_its_author_and_history(self):
        for kind in clinical_kinds():
            for row in kind._default_manager.all():
                assert row.entered_by_id is not None
                assert getattr(row, "implausible_confirmed", []) == []
                assert row.history.count() == row.version
        logged = SymptomLog.objects.first()
        assert logged.history.get().history_change_reason == "demo patient"

    def test_the_audit_says_when_the_demo_was_really_made(self):
        events = AuditEvent.objects.filter(record_kind="demo", action="create")
        front_desk = (Appointment, ContactAttempt, ContactWish, FollowUpEnd, Referral)
        kinds = (*clinical_kinds(), *front_desk)
        rows = sum(kind._default_manager.count() for kind in kinds)
        people = Patient.objects.count() + Registration.objects.count()
        assert sum(event.counts["rows"] for event in events) == rows + people
        assert all(event.at.date() >= timezone.now().date() - DAY for event in events)

    def test_it_is_complete(self):
        assert making.unfinished() == ""


DAY = datetime.timedelta(days=1)


def test_all_days_move_with_the_day_of_the_demo():
    run(today=datetime.date(2024, 2, 29))
    newest = EchoStudy.objects.latest("performed_on").performed_on
    assert newest == datetime.date(2024, 2, 28)
    assert of("HV-20418").age_on(datetime.date(2024, 2, 29)) == 67
    assert EchoStudy.history.latest().history_date.date() <= datetime.date(2024, 2, 29)


SMALL = {"north": (write_unmeasured,), "south": ()}


def test_a_second_run_adds_nothing():
    make_demo(Order(patients=2, **SMALL))
    counts = [model.objects.count() for model in (User, Patient, EchoStudy, Allergy, AuditEvent)]
    printed = run(if_empty=True)
    assert PASSWORD in printed
    assert "incomplete" not in printed
    assert counts == [
        model.objects.count() for model in (User, Patient, EchoStudy, Allergy, AuditEvent)
    ]
    with pytest.raises(CommandError, match="exist already"):
        run()


def test_it_leaves_somebody_elses_database_alone(clinic_north):
    assert PASSWORD not in run(if_empty=True)
    assert not Patient.objects.exists()


# --- Where it refuses -----------------------------------------------------------------------------


def test_it_refuses_on_a_live_instance(settings):
    settings.INSTANCE = "live"
    for if_empty in (True, False):
        with pytest.raises(CommandError, match="live"):
            run(if_empty=if_empty)
    assert not Clinic.objects.exists()


def test_it_refuses_where_debug_is_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG is off"):
        run()
    assert not Clinic.objects.exists()


def test_a_start_with_data_is_not_stopped_where_debug_is_off(clinic_north, settings):
    settings.DEBUG = False
    assert PASSWORD not in run(if_empty=True)
    assert not Patient.objects.exists()


def test_it_refuses_beside_another_clinic():
    create_clinic(code="west", name="West", time_zone="UTC", by=None)
    with pytest.raises(CommandError, match="not the demo's"):
        run()
    assert not Patient.objects.exists()


def test_it_refuses_beside_a_patient_of_nobody():
    with writing_many([], by=None, reason="entered") as write:
        write.add(Patient(family_name="Nobody"))
    with pytest.raises(CommandError, match="not the demo's"):
        run()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"patients": HAND_WRITTEN - 1}, "at least"),
        ({"patients": -5}, "at least"),
        ({"jobs": 0}, "At least one job"),
        ({"today": datetime.date(2199, 1, 1)}, "future"),
        ({"truth": Path("/no/such/folder/truth.csv")}, "cannot be written"),
        ({"truth": Path(__file__).parent}, "it is a folder"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_made(options, words):
    with pytest.raises(CommandError, match=words):
        run(**options)
    assert not Clinic.objects.exists()
    assert not User.objects.exists()


def test_a_day_that_is_none_is_refused_in_words():
    with pytest.raises(CommandError, match="2026-11-30"):
        call_command("demo", "--today", "30.11.2026")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL takes several jobs")
def test_several_jobs_are_refused_on_sqlite():
    with pytest.raises(CommandError, match="Several jobs need PostgreSQL"):
        run(jobs=2)


# --- In chunks ------------------------------------------------------------------------------------


class StoppedError(Exception):
    """Somebody pulled the plug."""


def stop_after(patients):
    def tell(made, of):
        if made >= patients:
            raise StoppedError

    return tell


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 2)
    monkeypatch.setattr(making, "AT_ONCE", 3)


TODAY = datetime.date(2026, 3, 2)


# The database's own, and the users behind them.
KEYS = {
    "id",
    "patient_id",
    "clinic_id",
    "responsible_clinician_id",
    "intervention_id",
    "echo_study_id",
    "lab_result_id",
}


def simulated_rows():
    """Everything that is stored of the simulated patients, without the database's own keys."""
    story = of("HV-20588").pk
    return {
        kind.__name__: sorted(
            [
                {
                    name: value
                    for name, value in row.items()
                    if name not in KEYS and not name.endswith("_by_id")
                }
                for row in kind._default_manager.exclude(**{owner: story}).values()
            ],
            key=lambda row: row["public_id"],
        )
        for kind, owner in (
            (Patient, "pk"),
            (Registration, "patient"),
            *((kind, "patient") for kind in clinical_kinds()),
        )
    }


def test_a_small_demo_that_is_interrupted_leaves_nothing():
    with pytest.raises(StoppedError):
        make_demo(Order(patients=5, **SMALL), stop_after(2))
    assert not Clinic.objects.exists()
    assert not Patient.objects.exists()


def test_a_large_demo_that_is_interrupted_says_so_and_is_completed_by_the_same_order(small_chunks):
    order = Order(patients=7, today=TODAY, **SMALL)
    with pytest.raises(StoppedError):
        make_demo(order, stop_after(3))
    assert Patient.objects.count() == 3
    printed = run(if_empty=True)
    assert "incomplete" in printed
    assert "manage.py demo --patients 7 --seed 1 --today 2026-03-02" in printed
    with pytest.raises(making.DemoRefusedError, match="incomplete"):
        make_demo(Order(patients=9, today=TODAY, **SMALL))
    assert make_demo(order) == 7
    assert Patient.objects.count() == 7
    assert making.unfinished() == ""
    with pytest.raises(making.DemoRefusedError, match="exist already"):
        make_demo(order)


def test_a_completed_demo_is_the_one_that_was_never_interrupted(small_chunks):
    order = Order(patients=6, today=TODAY, **SMALL)
    with transaction.atomic():
        make_demo(order)
        whole = simulated_rows()
        transaction.set_rollback(True)
    assert not Patient.objects.exists()
    with pytest.raises(StoppedError):
        make_demo(order, stop_after(3))
    make_demo(order)
    assert simulated_rows() == whole


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite takes one writer at a time")
def test_several_processes_make_the_same_demo(small_chunks, tmp_path):
    order = Order(patients=8, today=TODAY, truth=tmp_path / "truth.csv", jobs=2, **SMALL)
    assert make_demo(order) == 8
    assert Patient.objects.count() == 8
    assert Standing.objects.count() == 8
    assert making.unfinished() == ""
    numbers = [
        line.split(",")[0] for line in order.truth.read_text(encoding="utf-8").splitlines()[1:]
    ]
    simulated = [number for number in dict.fromkeys(numbers) if not number.startswith("HV-20")]
    assert simulated == sorted(simulated, key=lambda number: number[-6:])


def test_the_mark_is_a_dated_setting_of_the_northern_clinic():
    make_demo(Order(patients=1, seed=7, today=TODAY, **SMALL))
    marks = ClinicSetting.objects.filter(name=making.MARK).order_by("id")
    assert [mark.value["complete"] for mark in marks] == [False, True]
    assert marks[1].value | {"complete": True} == {
        "patients": 1,
        "seed": 7,
        "today": "2026-03-02",
        "complete": True,
    }
