"""The demo: what it makes, where it refuses, and that its patients show what they are for."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import create_clinic
from accounts.models import Clinic, User
from accounts.permissions import Role, roles_in
from audit.models import AuditEvent
from demo.clinics import MEMBERS, NORTH_CODE, PASSWORD, SOUTH_CODE
from followup.models import Standing
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
from treatments.models import AnticoagulationPlan, EndocarditisProphylaxisAdvice, Medication

pytestmark = pytest.mark.django_db

# Record number: grade, valve, symptoms, then class and status by ACC/AHA and by ESC/EACTS.
SHOWN = {
    "HV-20391": ("severe", "native", True, "1", "met", "I", "met"),
    "HV-20418": ("severe", "native", False, "", "open", "", "open"),
    "HV-20433": ("severe", "native", False, "1", "met", "I", "met"),
    "HV-20457": ("severe", "native", None, "1", "either_way", "I", "either_way"),
    "HV-20587": ("not_on_this_scale", "native", None, "", "closed", "", "closed"),
    "HV-20402": ("moderate", "native", None, "", "open", "", "open"),
    "HV-20266": ("not_on_this_scale", "surgical_repair", False, "", "closed", "", "closed"),
    "HV-20087": ("not_on_this_scale", "mechanical", None, "", "closed", "", "closed"),
    "HV-20311": ("moderate", "native", False, "", "open", "", "open"),
    "HV-20588": ("cannot_be_graded", "unknown", None, "", "unknown", "", "unknown"),
    "S-0007": ("severe", "native", False, "", "open", "I", "met"),
}


def run(**options) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def of(number: str) -> Patient:
    return Registration.objects.get(record_number=number).patient


def test_it_makes_two_clinics_with_ten_patients_and_one():
    printed = run()
    assert Registration.objects.filter(clinic__code=NORTH_CODE).count() == 10
    assert Registration.objects.filter(clinic__code=SOUTH_CODE).count() == 1
    assert PASSWORD in printed
    assert all(member.username in printed for member in MEMBERS)


def test_everybody_can_log_in_with_the_printed_password(client):
    run()
    for member in MEMBERS:
        user = User.objects.get(username=member.username)
        assert user.check_password(PASSWORD)
        assert user.emailaddress_set.get().verified
        assert user.is_staff == (member.username in {"alice", "clara", "ada"})
        assert not user.is_superuser
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert answer.status_code == 302
    north = Clinic.objects.get(code=NORTH_CODE)
    assert roles_in(User.objects.get(username="ada"), north) == [Role.CLINIC_ADMINISTRATOR]


def test_each_patient_shows_what_it_is_for():
    run()
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
        for registration in Registration.objects.select_related("patient__standing")
        if (standing := registration.patient.standing)
    }
    assert shown == SHOWN
    acute = Standing.objects.filter(is_acute=True).values_list("patient", flat=True)
    assert list(acute) == [of("HV-20587").pk]


def test_the_stories_hold_their_small_print():
    run()
    rossi = of("HV-20418").echostudy_set.order_by("performed_on")
    assert [study.lvesd_mm for study in rossi] == [34, 34, 33, 35, 36, 38, 38, 39]
    assert of("HV-20418").allergy_set.get().substance == "penicillin"
    episode = AcuteEpisode.objects.get()
    assert episode.is_open
    assert episode.place
    assert episode.accepted_by_name
    assert episode.onset_at < episode.accepted_at < timezone.now()
    therapy = of("HV-20402").medication_set.filter(stopped_on=None)
    assert {"arni", "beta_blocker", "mra", "sglt2_inhibitor"} <= {m.drug_class for m in therapy}
    assert of("HV-20402").intervention_set.filter(kind="crt").exists()
    assert EndocarditisProphylaxisAdvice.objects.filter(patient=of("HV-20266")).exists()
    plan = AnticoagulationPlan.objects.get()
    assert (float(plan.inr_low), float(plan.inr_high)) == (2.5, 3.5)
    inrs = LabResult.objects.filter(analyte="inr", patient=plan.patient)
    assert inrs.count() > 40
    assert float(inrs.first().value) == 1.7
    moderate = of("HV-20311")
    last = moderate.echostudy_set.filter(status=EchoStudy.Status.FINAL).first()
    assert (last.lvef_percent_low, last.lvef_percent_high) == (55, 60)
    assert moderate.echostudy_set.filter(status=EchoStudy.Status.DRAFT).count() == 1
    assert Medication.objects.filter(patient=moderate, drug="captopril", stopped_on=None).exists()


def test_the_unmeasured_patient_has_a_referral_and_nothing_else():
    run()
    patient = of("HV-20588")
    assert patient.registrations.get().referring_doctor
    kinds = [model for model in _subclasses(ClinicalRecord) if not model._meta.abstract]
    assert not any(kind._default_manager.filter(patient=patient).exists() for kind in kinds)


def test_the_numbers_of_a_study_agree_with_each_other():
    run()
    for study in EchoStudy.objects.exclude(eroa_mm2=None):
        flow = 2 * 3.14159265 * float(study.pisa_radius_mm / 10) ** 2
        flow *= float(study.aliasing_velocity_cm_s)
        eroa_mm2 = flow / float(study.mr_peak_velocity_m_s)
        assert float(study.eroa_mm2) == pytest.approx(eroa_mm2, abs=0.6)
        volume_ml = float(study.eroa_mm2 * study.mr_vti_cm) / 100
        assert float(study.regurgitant_volume_ml) == pytest.approx(volume_ml, abs=5)
    for study in EchoStudy.objects.exclude(lvedv_ml=None):
        stroke_ml = study.lvedv_ml - study.lvesv_ml
        assert float(100 * stroke_ml / study.lvedv_ml) == pytest.approx(
            float(study.lvef_percent_low), abs=1
        )
        if study.regurgitant_fraction_percent:
            assert float(100 * study.regurgitant_volume_ml / stroke_ml) == pytest.approx(
                float(study.regurgitant_fraction_percent), abs=4
            )
    for study in EchoStudy.objects.exclude(spap_mmhg=None):
        pressure = 4 * study.tr_peak_velocity_m_s**2 + study.right_atrial_pressure_mmhg
        assert float(study.spap_mmhg) == pytest.approx(float(pressure), abs=1)
    for study in EchoStudy.objects.exclude(lvesd_mm=None):
        assert study.lvesd_mm < study.lvedd_mm


def test_nothing_is_unusual_and_every_row_has_its_author_history_and_audit():
    run()
    for kind in _subclasses(ClinicalRecord):
        for row in kind._default_manager.all():
            assert row.entered_by is not None
            assert getattr(row, "implausible_confirmed", []) == []
    logged = SymptomLog.objects.first()
    assert logged.history.get().history_change_reason == "demo patient"
    assert AuditEvent.objects.filter(record_kind="echostudy", action="create").count() == (
        EchoStudy.objects.count()
    )


def test_all_days_move_with_the_day_of_the_demo():
    run(today=datetime.date(2024, 2, 29))
    newest = EchoStudy.objects.latest("performed_on").performed_on
    assert newest == datetime.date(2024, 2, 28)
    assert of("HV-20418").age_on(datetime.date(2024, 2, 29)) == 67


def test_it_cannot_be_dated_in_the_future():
    with pytest.raises(CommandError, match="future"):
        run(today=datetime.date(2199, 1, 1))
    assert not Clinic.objects.exists()


def test_a_second_run_adds_nothing():
    run(if_empty=True)
    counts = [model.objects.count() for model in (User, Patient, EchoStudy, Allergy, AuditEvent)]
    printed = run(if_empty=True)
    assert PASSWORD in printed
    assert counts == [
        model.objects.count() for model in (User, Patient, EchoStudy, Allergy, AuditEvent)
    ]
    with pytest.raises(CommandError, match="exist already"):
        run()


def test_it_leaves_somebody_elses_database_alone(clinic_north, settings):
    settings.DEBUG = True
    assert PASSWORD not in run(if_empty=True)
    assert not Patient.objects.exists()


def test_it_refuses_on_a_live_instance(settings):
    settings.INSTANCE = "live"
    for if_empty in (True, False):
        with pytest.raises(CommandError, match="live"):
            run(if_empty=if_empty)
    assert not Clinic.objects.exists()


def test_it_refuses_beside_other_data_when_debug_is_off(settings):
    settings.DEBUG = False
    create_clinic(code="west", name="West", time_zone="UTC", by=None)
    with pytest.raises(CommandError, match="not the demo's"):
        run()
    assert not Patient.objects.exists()


def _subclasses(model):
    return [
        kind
        for kind in model.__subclasses__()
        if kind.__module__.startswith(("patients", "treatments"))
    ]
