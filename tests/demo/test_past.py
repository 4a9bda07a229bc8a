"""The past of the demo: what was known of each row on each day, and how it is written."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from audit.models import AuditEvent
from demo.clinics import make_cast
from demo.lives import Place, past_of, write_lives
from demo.past import AFTERNOON, PLANNED_DAYS_BEFORE, Desk, Entering, versions_of
from demo.simulation.life import Life, Written
from demo.simulation.simulating import simulate
from followup.models import Standing
from followup.standing import renew_standings
from patients.derived import derived_values
from patients.models import (
    AcuteEpisode,
    ClinicalRecord,
    EchoStudy,
    HeartFailureAdmission,
    LabResult,
    Patient,
    Registration,
    SymptomLog,
)
from patients.past import (
    PastRefusedError,
    PastRow,
    Version,
    derived_at_the_end,
    write_past,
)
from patients.selectors import known_until, version_known
from tests.factories import records as make
from tests.source_tree import imported_modules, named, python_files
from treatments.models import AnticoagulationPlan, Complication, Intervention, Medication
from treatments.record import KINDS, record_from, record_of

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
REGISTERED_ON = date(2020, 1, 10)


@pytest.fixture(autouse=True)
def debug_is_on(settings):
    settings.DEBUG = True


def evening(day: date) -> datetime:
    """An instant after everything that was entered on a day."""
    return datetime.combine(day, time(22), tzinfo=PARIS)


# --- A row's versions, without a database ---------------------------------------------------------

DESK = Desk(PARIS, clinician_id=1, nurse_id=2, clerk_id=3, now=NOW)
LATER_DESK = Desk(PARIS, clinician_id=11, nurse_id=12, clerk_id=13, now=NOW)


def versions(row, *, by="clinician", registered_on=REGISTERED_ON, **entered):
    return versions_of(row, Entering(DESK, registered_on), by=by, **entered)


def days(found) -> list[date]:
    return [version.at.astimezone(PARIS).date() for version in found]


def formers(found) -> list[dict]:
    return [dict(version.former) for version in found]


def test_a_row_is_entered_on_its_own_day_by_whoever_entered_it():
    (only,) = versions(LabResult(taken_on=date(2024, 5, 6)), by="clerk")
    assert days([only]) == [date(2024, 5, 6)]
    assert (only.by_id, only.reason, only.former) == (3, "demo patient", {})


def test_what_happened_before_registration_becomes_known_with_it():
    (only,) = versions(LabResult(taken_on=date(2001, 5, 6)))
    assert days([only]) == [REGISTERED_ON]


def test_a_row_may_come_in_late():
    (only,) = versions(LabResult(taken_on=date(2024, 5, 6)), entered_on=date(2024, 9, 1))
    assert days([only]) == [date(2024, 9, 1)]


def test_nothing_is_entered_in_the_future():
    (today,) = versions(LabResult(taken_on=date(2026, 3, 3)))
    assert today.at <= NOW
    early = Desk(PARIS, 1, 2, 3, now=datetime(2026, 3, 2, 4, tzinfo=UTC))
    row = LabResult(taken_on=date(2026, 3, 2))
    assert versions_of(row, Entering(early, REGISTERED_ON), by="nurse")[0].at <= early.now


def test_a_drug_is_not_known_stopped_before_its_stop():
    course = Medication(
        noted_on=date(2023, 1, 5), stopped_on=date(2023, 8, 1), stop_reason="side_effect"
    )
    found = versions(course, by="nurse")
    assert days(found) == [date(2023, 1, 5), date(2023, 8, 1)]
    assert formers(found) == [{"stopped_on": None, "stop_reason": ""}, {}]
    assert [version.by_id for version in found] == [2, 1]


@pytest.mark.parametrize("stopped_on", [date(2023, 1, 5), date(2022, 12, 1), date(2026, 3, 3)])
def test_what_was_known_at_once_or_has_not_come_makes_no_version(stopped_on):
    assert len(versions(Medication(noted_on=date(2023, 1, 5), stopped_on=stopped_on))) == 1


def test_an_operation_is_planned_then_performed_then_followed():
    repair = Intervention(
        kind="mitral_repair",
        status="performed",
        planned_on=date(2024, 3, 1),
        performed_on=date(2024, 3, 4),
        operator="Dr H. Keller",
        discharged_on=date(2024, 3, 13),
        baseline_measured_on=date(2024, 6, 1),
        baseline_mean_gradient_mmhg=Decimal("2.5"),
    )
    found = versions(repair)
    planned = date(2024, 3, 1) - timedelta(days=PLANNED_DAYS_BEFORE)
    assert days(found) == [planned, date(2024, 3, 4), date(2024, 3, 13), date(2024, 6, 1)]
    first, performed, discharged, last = formers(found)
    assert (first["status"], first["performed_on"], first["operator"]) == ("planned", None, "")
    assert "planned_on" not in first
    assert "kind" not in first
    assert "status" not in performed
    assert performed["discharged_on"] is None
    assert "discharged_on" not in discharged
    assert discharged["baseline_mean_gradient_mmhg"] is None
    assert last == {}


def test_an_operation_that_was_not_planned_here_begins_with_its_day():
    found = versions(Intervention(kind="pci", status="performed", performed_on=date(2022, 4, 4)))
    assert days(found) == [date(2022, 4, 4)]


def test_an_operation_that_is_still_planned_was_entered_before_today():
    (only,) = versions(Intervention(kind="teer", planned_on=date(2026, 3, 20)))
    assert days([only]) == [date(2026, 3, 20) - timedelta(days=PLANNED_DAYS_BEFORE)]


def test_an_operation_is_planned_before_it_is_declined():
    found = versions(
        Intervention(
            kind="mitral_repair",
            status="declined",
            planned_on=date(2024, 3, 1),
            decided_on=date(2024, 2, 20),
            reason="wishes no operation",
        )
    )
    assert formers(found) == [{"status": "planned", "decided_on": None, "reason": ""}, {}]
    assert days(found)[1] == date(2024, 2, 20)


def test_a_plan_runs_until_it_ends():
    found = versions(AnticoagulationPlan(from_on=date(2024, 1, 1), until_on=date(2024, 4, 1)))
    assert formers(found) == [{"until_on": None}, {}]


def test_somebody_is_in_hospital_until_the_discharge():
    stay = HeartFailureAdmission(admitted_on=date(2024, 1, 1), discharged_on=date(2024, 1, 9))
    assert formers(versions(stay)) == [{"discharged_on": None}, {}]


def test_a_person_lives_until_they_die():
    person = Patient(deceased_on=date(2025, 1, 1), last_contact_on=date(2024, 10, 1))
    found = versions(person, by="clerk")
    assert days(found) == [REGISTERED_ON, date(2024, 10, 1), date(2025, 1, 1)]
    assert formers(found) == [
        {"deceased_on": None, "last_contact_on": None},
        {"deceased_on": None},
        {},
    ]


def test_a_registration_runs_until_it_ends():
    row = Registration(from_on=REGISTERED_ON, until_on=date(2024, 1, 1), ended_because="moved")
    assert formers(versions(row)) == [{"until_on": None, "ended_because": ""}, {}]


def test_an_emergency_is_acknowledged_observed_and_closed_at_its_clock_times():
    onset = datetime(2025, 5, 5, 20, tzinfo=UTC)
    later = [onset + timedelta(hours=hours) for hours in (1, 2, 3, 200)]
    episode = AcuteEpisode(
        onset_at=onset,
        acknowledged_at=later[0],
        acknowledged_by_id=1,
        accepted_at=later[1],
        accepted_by_name="Dr H. Keller",
        observed_at=later[2],
        heart_rate_bpm=118,
        closed_at=later[3],
        closed_by_id=1,
        closure="intervention",
    )
    found = versions(episode)
    assert [version.at for version in found][1:] == later
    assert onset < found[0].at < later[0]
    assert formers(found)[0]["closed_at"] is None
    assert formers(found)[0]["acknowledged_by_id"] is None
    assert formers(found)[2]["heart_rate_bpm"] is None
    assert formers(found)[3] == {"closed_at": None, "closed_by_id": None, "closure": ""}


def test_a_study_that_a_sonographer_entered_was_a_draft_until_it_was_read():
    study = EchoStudy(performed_on=date(2025, 5, 5), status="final", finalized_at=NOW)
    found = Entering(DESK, REGISTERED_ON).row(study, by="nurse")
    assert formers(found.versions)[0]["status"] == "draft"
    assert [version.by_id for version in found.versions] == [2, 1]
    assert (study.finalized_at, study.finalized_by_id) == (found.versions[1].at, 1)


def test_a_study_that_its_reader_entered_was_final_at_once():
    study = EchoStudy(performed_on=date(2025, 5, 5), status="final", finalized_at=NOW)
    found = Entering(DESK, REGISTERED_ON).row(study, by="clinician")
    assert len(found.versions) == 1
    assert study.finalized_at == found.versions[0].at


def test_an_amended_study_had_other_values_and_other_derived_ones():
    study = EchoStudy(
        performed_on=date(2025, 5, 5),
        status="amended",
        finalized_at=NOW,
        lvesd_mm=Decimal(41),
        lvedd_mm=Decimal(60),
        bsa_m2=Decimal("2.0"),
    )
    study.derived = derived_values(study)
    amended = (
        (date(2025, 5, 20), {"lvesd_mm": Decimal(14)}, "41 was typed as 14"),
        (date(2025, 6, 1), {"bsa_m2": None}, "height and weight came later"),
    )
    found = Entering(DESK, REGISTERED_ON).row(study, by="nurse", amended=amended).versions
    assert [version.reason for version in found[2:]] == [each[2] for each in amended]
    draft, first, second, last = formers(found)
    assert (draft["status"], draft["lvesd_mm"]) == ("draft", Decimal(14))
    assert (first["status"], first["lvesd_mm"], first["bsa_m2"]) == ("final", Decimal(14), None)
    assert "lvesd_index_mm_m2" not in first["derived"]
    assert "status" not in second
    assert second["bsa_m2"] is None
    assert last == {}
    assert study.derived["lvesd_index_mm_m2"]["value"] == "20.5"


def test_a_struck_row_was_good_before():
    struck_at = datetime(2025, 6, 1, 9, tzinfo=UTC)
    row = SymptomLog(recorded_on=date(2025, 5, 5), struck_at=struck_at, struck_by_id=1)
    assert formers(versions(row)) == [{"struck_at": None, "struck_by_id": None}, {}]


def test_after_a_move_the_new_clinic_writes():
    entering = Entering(DESK, REGISTERED_ON, (date(2024, 1, 1), LATER_DESK))

    def by(row):
        return [version.by_id for version in versions_of(row, entering, by="nurse")]

    assert by(LabResult(taken_on=date(2024, 1, 1))) == [2]
    assert by(LabResult(taken_on=date(2024, 1, 2))) == [12]
    assert by(Medication(noted_on=date(2023, 1, 1), stopped_on=date(2024, 5, 1))) == [2, 11]


# --- Writing --------------------------------------------------------------------------------------


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def places(cast):
    def desk(clinic, *names):
        return Desk(ZoneInfo(clinic.time_zone), *(cast.users[name].pk for name in names), now=NOW)

    return {
        "north": Place(cast.north, (desk(cast.north, "alice", "nina", "clara"),)),
        "south": Place(cast.south, (desk(cast.south, "charlie", "charlie", "charlie"),)),
    }


def life(*rows, **more) -> Life:
    person = {"family_name": "Sova", "given_name": "Ida", "born_on": date(1955, 5, 5)}
    plain = {
        "index": 1,
        "clinic": "north",
        "person": person | {"sex": "female"},
        "record_number": "T-1",
        "registered_on": REGISTERED_ON,
    }
    return Life(**plain | more, rows=list(rows))


def written(each: Life, places) -> Patient:
    rows = past_of(each, places, seed=1)
    write_past(rows, note="test")
    return rows[0].row


DRUG = Written(
    "treatments.Medication",
    {
        "noted_on": date(2023, 1, 5),
        "started_on": date(2023, 1, 5),
        "drug": "enalapril",
        "stopped_on": date(2023, 8, 1),
        "stop_reason": "side_effect",
    },
    "clinician",
)
REPAIR = Written(
    "treatments.Intervention",
    {
        "kind": "mitral_repair",
        "status": "performed",
        "planned_on": date(2024, 3, 1),
        "performed_on": date(2024, 3, 4),
    },
    "clinician",
)
STUDY = Written(
    "patients.EchoStudy",
    {"performed_on": date(2025, 5, 5), "lvesd_mm": Decimal(41), "lvedd_mm": Decimal(60)},
    "nurse",
    amended=((date(2025, 5, 20), {"lvesd_mm": Decimal(14)}, "41 was typed as 14"),),
)
LATE = Written(
    "patients.LabResult",
    {"taken_on": date(2022, 1, 1), "analyte": "creatinine", "value": Decimal(90), "unit": "umol/L"},
    "clerk",
    entered_on=date(2024, 9, 1),
)


def known(patient, day, on=TODAY):
    return record_of([patient], on=on, known_at=evening(day))[patient.pk]


def test_time_travel_sees_each_act_from_its_day_on(places):
    patient = written(life(DRUG, REPAIR, STUDY, LATE), places)
    day_before = date(2023, 7, 31)
    assert known(patient, date(2023, 1, 4)).medications == []
    assert known(patient, day_before).medications[0].stopped_on is None
    assert known(patient, date(2023, 8, 1)).medications[0].stopped_on == date(2023, 8, 1)
    assert known(patient, date(2024, 3, 3)).interventions[0].status == "planned"
    assert known(patient, date(2024, 3, 3)).performed == []
    assert known(patient, date(2024, 3, 4)).performed[0].performed_on == date(2024, 3, 4)
    assert known(patient, date(2024, 8, 31)).lab_results == []
    assert len(known(patient, date(2024, 9, 1)).lab_results) == 1
    assert known(patient, date(2025, 5, 5)).echo_studies[0].lvesd_mm == 14
    assert known(patient, date(2025, 5, 5)).echo_studies[0].status == "final"
    assert known(patient, date(2025, 5, 20)).echo_studies[0].lvesd_mm == 41
    assert known(patient, date(2025, 5, 20)).echo_studies[0].status == "amended"


def test_a_draft_is_no_final_study_before_it_is_read(places):
    patient = written(life(STUDY), places)
    noon = datetime.combine(date(2025, 5, 5), time(12), tzinfo=PARIS)
    assert record_of([patient], on=TODAY, known_at=noon)[patient.pk].echo_studies[0].status == (
        "draft"
    )


def test_a_row_says_who_entered_it_when_and_how_often_it_changed(places, cast):
    patient = written(life(DRUG, STUDY), places)
    course, study = patient.medication_set.get(), patient.echostudy_set.get()
    assert (course.version, course.entered_by) == (2, cast.users["alice"])
    assert (study.version, study.entered_by) == (3, cast.users["nina"])
    assert study.entered_at.astimezone(PARIS).date() == date(2025, 5, 5)
    assert study.finalized_by == cast.users["alice"]
    assert [version.version for version in study.history.order_by("history_id")] == [1, 2, 3]
    assert study.history.earliest().history_user == cast.users["nina"]
    assert study.derived == derived_values(study)
    assert study.history.latest().instance.derived == study.derived
    then = version_known(EchoStudy, study.pk, evening(date(2025, 5, 6)))
    assert (then.lvesd_mm, then.derived) == (14, derived_values(then))


def test_a_former_clinic_sees_what_it_held(places, cast):
    after = Written(
        "patients.LabResult",
        {"taken_on": date(2025, 1, 5), "analyte": "inr", "value": Decimal("2.5"), "unit": ""},
        "nurse",
    )
    moved_on = date(2023, 6, 1)
    patient = written(life(DRUG, after, ended=(moved_on, "moved"), moved_to="south"), places)
    old, new = patient.registrations.order_by("from_on", "id")
    assert (old.clinic, old.ended_because, old.until_on) == (cast.north, "moved", moved_on)
    assert (new.clinic, new.record_number, new.until_on) == (cast.south, "T-1-M", None)
    instant = known_until([old])
    then = record_of([patient], on=TODAY, known_at=instant)[patient.pk]
    assert then.lab_results == []
    assert then.medications[0].stopped_on is None
    assert patient.labresult_set.get().entered_by == cast.users["charlie"]
    stopped = patient.medication_set.get().history.latest()
    assert stopped.history_user == cast.users["charlie"]


def test_a_complication_finds_its_intervention(places):
    event = Written(
        "treatments.Complication",
        {"occurred_on": date(2024, 3, 6), "kind": "atrial_fibrillation", "intervention": 1},
        "nurse",
    )
    patient = written(life(DRUG, REPAIR, event), places)
    assert Complication.objects.get().intervention == patient.intervention_set.get()


def test_the_standing_is_what_a_later_renewal_would_store(places):
    now = timezone.now()
    lives = [simulate(1, index, TODAY) for index in range(1, 41)]
    write_lives(lives, places, 1, now=now)
    stored = {each.patient_id: each for each in Standing.objects.all()}
    assert len(stored) == 40
    renew_standings(list(stored), at=now)
    for fresh in Standing.objects.all():
        for field in Standing._meta.concrete_fields:
            if field.name != "id":
                assert getattr(fresh, field.attname) == getattr(
                    stored[fresh.patient_id], field.attname
                ), field.name


def test_a_record_at_hand_is_the_one_that_would_be_gathered(places):
    struck = Written(
        "patients.SymptomLog",
        {"recorded_on": date(2025, 1, 1), "struck_at": datetime(2025, 2, 1, tzinfo=UTC)},
    )
    planned = Written("treatments.Intervention", {"kind": "teer", "planned_on": TODAY})
    declined = Written(
        "treatments.Intervention",
        {"kind": "teer", "status": "declined", "decided_on": date(2025, 3, 3)},
    )
    emergency = Written(
        "patients.AcuteEpisode", {"onset_at": datetime(2025, 4, 4, 23, 30, tzinfo=UTC)}
    )
    lives = [
        life(DRUG, REPAIR, STUDY, LATE, struck, planned, declined, emergency),
        *(simulate(2, index, TODAY) for index in range(2, 14)),
    ]
    days = (TODAY, date(2025, 4, 5), date(2025, 4, 4), date(2025, 1, 1), date(2023, 1, 5))
    for each in lives:
        pasts = past_of(each, places, seed=1)
        write_past(pasts, note="test")
        patient = pasts[0].row
        rows = [past.row for past in pasts[1:] if isinstance(past.row, ClinicalRecord)]
        zone = places[each.moved_to or each.clinic].desks[0].zone
        for on in days:
            read = record_of([patient], on=on)[patient.pk]
            at_hand = record_from(patient, rows, on=on, zone=zone)
            for kind in KINDS:
                assert getattr(at_hand, kind.name) == getattr(read, kind.name), (kind.name, on)
            if read.acute_episodes:
                assert at_hand.zone == read.zone


def test_the_audit_is_not_back_dated(places):
    AuditEvent.objects.all()
    patient = written(life(DRUG, STUDY), places)
    event = AuditEvent.objects.latest("id")
    assert event.counts == {"patients": 1, "rows": 4, "versions": 7}
    assert event.patient_id == str(patient.public_id)
    assert event.at > datetime.now(tz=UTC) - timedelta(minutes=5)


OWN = {"history_id", "history_date", "id", "public_id", "entered_at", "accession_number"}


def contents(version):
    """What a history row says, without what differs from row to row."""
    return {
        field.attname: getattr(version, field.attname)
        for field in version._meta.concrete_fields
        if field.name not in OWN
    }


def rows_of(patient):
    day = date(2024, 3, 1)
    return [
        EchoStudy(
            patient=patient,
            performed_on=day,
            lvef_percent_low=Decimal("58.25"),
            prolapse_segments=["P2"],
            flail_leaflet=True,
            comment="tab\there, line\nthere, back\\slash, \\N and ünïcode",
            derived={"a": {"text": "b\\c\n"}},
        ),
        SymptomLog(patient=patient, recorded_on=day, nyha_low=1, nyha_high=2),
        LabResult(patient=patient, taken_on=day, analyte="inr", value=Decimal("2.5")),
        Medication(patient=patient, noted_on=day, drug="enalapril", dose_mg=Decimal("2.5")),
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_history_says_what_the_library_would_say(alice, clinic_north, number):
    patient = make.patient_of(clinic_north)
    ours, theirs = rows_of(patient), rows_of(patient)
    at = datetime(2024, 3, 1, 9, tzinfo=UTC)
    acts = tuple(
        Version(at + timedelta(hours=turn), alice.pk, "demo patient") for turn in range(number)
    )
    write_past([PastRow(row, acts) for row in ours], note="test")
    for row in theirs:
        row.entered_by, row.version = alice, number
        if isinstance(row, EchoStudy):
            row.accession_number = "other"
        bulk_create_with_history(
            [row], type(row), default_user=alice, default_change_reason="demo patient"
        )
    for our, their in zip(ours, theirs, strict=True):
        expected = contents(their.history.get())
        assert our.history.count() == number
        newest = contents(our.history.latest())
        assert newest | {"history_type": "+"} == expected
        first = contents(our.history.earliest())
        assert first | {"version": number} == expected
        our.refresh_from_db()
        their.refresh_from_db()
        for field in our._meta.concrete_fields:
            if field.name not in OWN:
                assert getattr(our, field.attname) == getattr(their, field.attname), field.name
        assert our.history.earliest().history_date == at
        assert our.entered_at == at


def test_the_next_row_gets_a_key_of_its_own(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    (past, *_) = rows_of(patient)
    write_past([PastRow(past, (Version(NOW, alice.pk, "demo patient"),))], note="test")
    later = make.echo(patient, date(2025, 1, 1), lvef_percent=60)
    assert later.pk > past.pk


def test_the_databases_own_rules_hold_and_all_is_undone(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    log, *_ = [row for row in rows_of(patient) if isinstance(row, SymptomLog)]
    log.nyha_low, log.nyha_high = 3, 2
    good = rows_of(patient)[0]
    acts = (Version(NOW, alice.pk, "demo patient"),)
    with pytest.raises(IntegrityError), transaction.atomic():
        write_past([PastRow(good, acts), PastRow(log, acts)], note="test")
    assert not EchoStudy.objects.exists()


def test_a_stored_row_and_a_row_without_a_version_are_refused(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    with pytest.raises(ValueError, match="new and has"):
        write_past([PastRow(patient, (Version(NOW, None, ""),))], note="test")
    with pytest.raises(ValueError, match="at least one version"):
        write_past([PastRow(rows_of(patient)[0], ())], note="test")


def test_many_calls_end_in_one_renewal(places):
    with derived_at_the_end():
        patient = written(life(DRUG), places)
        assert not Standing.objects.exists()
    assert Standing.objects.get().patient == patient


@pytest.mark.parametrize(("instance", "debug"), [("live", True), ("demo", False)])
def test_the_door_is_closed_where_patients_may_be_real(places, settings, instance, debug):
    rows = past_of(life(DRUG), places, seed=1)
    settings.INSTANCE, settings.DEBUG = instance, debug
    with pytest.raises(PastRefusedError):
        write_past(rows, note="test")
    assert not Patient.objects.exists()


def test_only_the_demo_goes_through_it():
    through = {
        named(path).partition("/")[0]
        for path in python_files()
        if "patients.past" in imported_modules(path)
    }
    assert through <= {"demo", "tests", "benchmarks"}


# --- Simulated patients are what the pages would accept -------------------------------------------


def test_every_row_of_simulated_patients_would_pass_its_checks(places):
    kinds = set()
    for index in range(1, 41):
        for past in past_of(simulate(1, index, TODAY), places, seed=1):
            row = past.row
            row.entered_by_id = 1
            row.clean_fields(exclude={"patient", "clinic", "intervention", *_people(row)})
            row.clean()
            kinds.add(type(row))
            assert [version.at for version in past.versions] == sorted(
                {version.at for version in past.versions}
            )
            assert past.versions[-1].at <= NOW
            if isinstance(row, ClinicalRecord) and row.date_field not in {"onset_at", "seen_at"}:
                day = getattr(row, row.date_field)
                assert day is None or day <= TODAY
    assert {EchoStudy, SymptomLog, LabResult, Medication, Intervention} <= kinds


def _people(row):
    return {
        field.name
        for field in row._meta.concrete_fields
        if field.is_relation and field.name not in {"patient", "clinic", "intervention"}
    }


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(places):
    def shown(seed):
        rows = past_of(simulate(seed, 5, TODAY), places, seed=seed)
        return [
            (
                type(past.row).__name__,
                past.row.public_id,
                past.versions,
                {
                    field.attname: getattr(past.row, field.attname)
                    for field in past.row._meta.concrete_fields
                    if field.name != "entered_at"
                },
            )
            for past in rows
        ]

    assert shown(1) == shown(1)
    assert shown(1) != shown(2)


def test_stage_clock_times_lie_in_the_afternoon():
    found = versions(Medication(noted_on=date(2023, 1, 5), stopped_on=date(2023, 8, 1)))
    assert found[1].at.astimezone(PARIS).time() >= AFTERNOON
