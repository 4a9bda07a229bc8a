"""Moving a patient to another clinic, and what either clinic then sees."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from patients.actions import (
    change_registration,
    end_registration,
    mark_deceased,
    move_patient,
    register_in_clinic,
)
from patients.models import EchoStudy, Patient, Registration
from patients.writing import StaleRecord
from tests.factories import records

LATER_ROW, EARLIER_ROW = 2, 30


@pytest.fixture
def registration(patient):
    return patient.registrations.get()


@pytest.fixture
def days_ago(clinic_north):
    return lambda number: clinic_north.today() - timedelta(days=number)


@pytest.fixture
def url(registration):
    return reverse("patients:registration-move", args=[registration.public_id])


@pytest.fixture
def typed(clinic_south, days_ago):
    return {
        "to_clinic": str(clinic_south.public_id),
        "moved_on": days_ago(5).isoformat(),
        "reason": "moved house",
        "version": "1",
    }


@pytest.fixture
def submit(alice, client_of, url, typed):
    client = client_of(alice)
    return lambda **changed: client.post(url, typed | changed)


@pytest.fixture
def moved(alice, registration, clinic_south, days_ago):
    return move_patient(
        by=alice,
        registration=registration,
        to_clinic=clinic_south,
        moved_on=days_ago(5),
        reason="moved house",
    )


# ---- the page ------------------------------------------------------------------------------------


def test_it_works_after_a_look_at_what_will_happen(submit, patient, days_ago, clinic_south):
    page = submit()
    text = page.content.decode()
    assert "South Valve Clinic follows the patient from" in text
    assert "from NORTH HV-20418" in text
    assert "You have no role in South Valve Clinic" in text
    assert Registration.objects.count() == 1
    answer = submit(confirm=page.context["digest"])
    assert answer["Location"] == reverse("patients:registrations", args=[patient.public_id])
    old, new = patient.registrations.order_by("pk")
    assert (old.until_on, old.ended_because) == (days_ago(5), "moved")
    assert (new.clinic, new.record_number) == (clinic_south, "from NORTH HV-20418")
    assert (new.from_on, new.until_on) == (days_ago(5), None)


def test_both_clinics_get_an_audit_event(submit, clinic_north, clinic_south, patient):
    submit(confirm=submit().context["digest"])
    events = AuditEvent.objects.filter(
        record_kind="registration", patient_id=str(patient.public_id)
    ).exclude(action="view")
    assert {(event.clinic_id, event.action) for event in events if event.actor_id} == {
        (clinic_north.pk, "change"),
        (clinic_south.pk, "create"),
    }


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("to_clinic", "", "required"),
        ("to_clinic", "elsewhere", "Select a valid choice"),
        ("moved_on", "1 Jan 2148", "in the future"),
        ("moved_on", "1 Jan 1999", "began later, on 1 Jan 2000"),
        ("moved_on", "", "required"),
        ("reason", "", "Say why"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, value, message):
    answer = submit(**({"reason": "kept as typed"} | {name: value}))
    form = answer.context["form"]
    assert message in " ".join(form.errors[name])
    assert name == "reason" or b"kept as typed" in answer.content
    assert Registration.objects.count() == 1


def test_the_clinic_itself_is_no_target(submit, clinic_north):
    answer = submit(to_clinic=str(clinic_north.public_id))
    assert "Select a valid choice" in answer.context["form"].errors["to_clinic"][0]


def test_a_confirmed_move_counts_for_no_other_day(submit, days_ago):
    digest = submit().context["digest"]
    answer = submit(confirm=digest, moved_on=days_ago(4).isoformat())
    assert "look at it again" in answer.content.decode()
    assert Registration.objects.count() == 1


def test_a_dead_patient_does_not_move_after_the_death(submit, patient, days_ago, clinic_north):
    mark_deceased(
        by=None, clinic=clinic_north, patient=patient, deceased_on=days_ago(9), reason="letter"
    )
    assert "died on" in submit().context["form"].errors["moved_on"][0]


def test_a_registration_changed_meanwhile_does_not_move_unseen(submit, bob, registration):
    digest = submit().context["digest"]
    registration.referring_doctor = "Dr. Home"
    change_registration(by=bob, registration=registration, reason="letter")
    answer = submit(confirm=digest)
    assert "changed this registration meanwhile" in answer.content.decode()
    assert Registration.objects.count() == 1


def test_somebody_who_may_register_there_gives_the_number(submit, alice, clinic_south, patient):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLERK], by=None)
    page = submit(record_number="S-44")
    assert "under S-44" in page.content.decode()
    submit(record_number="S-44", confirm=page.context["digest"])
    assert patient.registrations.get(clinic=clinic_south).record_number == "S-44"


def test_a_number_taken_there_is_refused_beside_its_box(submit, alice, clinic_south, registration):
    records.patient_of(clinic_south, record_number="S-44")
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLERK], by=None)
    digest = submit(record_number="S-44").context["digest"]
    answer = submit(record_number="S-44", confirm=digest)
    assert "already used" in answer.context["form"].errors["record_number"][0]
    registration.refresh_from_db()
    assert registration.until_on is None


def test_without_a_role_there_a_typed_number_is_not_used(submit, patient, clinic_south):
    records.patient_of(clinic_south, record_number="S-44")
    page = submit(record_number="S-44")
    assert "S-44" not in "".join(page.context["lines"])
    submit(record_number="S-44", confirm=page.context["digest"])
    number = patient.registrations.get(clinic=clinic_south).record_number
    assert number == "from NORTH HV-20418"


# ---- a patient whom the other clinic follows already ---------------------------------------------


@pytest.fixture
def followed_there(patient, clinic_south):
    return register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic_south,
        record_number="S-1",
        from_on=date(2020, 1, 1),
    )


def test_who_may_see_it_is_told_of_the_registration_there(
    submit, alice, clinic_south, followed_there
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.NURSE], by=None)
    text = submit().content.decode()
    assert "follows the patient already, under S-1 since 1 Jan 2020" in text


def test_who_may_not_see_it_is_shown_the_same_as_otherwise(submit, patient, clinic_south):
    before = submit().context["lines"]
    there = register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic_south,
        record_number="S-1",
        from_on=date(2020, 1, 1),
    )
    page = submit()
    assert page.context["lines"] == before
    answer = submit(confirm=page.context["digest"])
    assert answer.status_code == 302
    there.refresh_from_db()
    assert (there.record_number, there.until_on, there.version) == ("S-1", None, 1)
    assert patient.registrations.count() == 2


# ---- what either clinic sees afterwards ----------------------------------------------------------


@pytest.fixture
def studies(patient, moved, days_ago, charlie):
    earlier = records.echo(patient, days_ago(EARLIER_ROW), lvef_percent=58)
    later = records.echo(patient, days_ago(LATER_ROW), lvef_percent=47, by=charlie)
    return earlier, later


def test_the_old_clinic_reads_up_to_the_day_and_writes_nothing(
    studies, patient, alice, client_of, days_ago
):
    client = client_of(alice)
    _earlier, later = studies
    page = reverse("reports:patient-page", args=[patient.public_id])
    text = client.get(page).content.decode()
    assert str(later.public_id) not in text
    assert client.get(reverse("patients:echo-page", args=[later.public_id])).status_code == 404
    for name in ("echo-add", "symptom-log-add", "person-edit", "person-deceased"):
        address = reverse(f"patients:{name}", args=[patient.public_id])
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "x"}).status_code == 403
    registrations = reverse("patients:registrations", args=[patient.public_id])
    shown = client.get(registrations).content.decode()
    assert "moved to another clinic" in shown
    assert "from NORTH" not in shown


def test_the_old_clinic_opens_what_it_held_on_the_day_of_the_move(
    patient, alice, client_of, days_ago, registration, clinic_south
):
    held = records.echo(patient, days_ago(EARLIER_ROW), lvef_percent=58)
    move_patient(
        by=alice,
        registration=registration,
        to_clinic=clinic_south,
        moved_on=days_ago(5),
        reason="moved house",
    )
    answer = client_of(alice).get(reverse("patients:echo-page", args=[held.public_id]))
    assert answer.status_code == 200


def test_the_new_clinic_sees_and_writes_everything(studies, patient, charlie, client_of):
    client = client_of(charlie)
    for study in studies:
        address = reverse("patients:echo-page", args=[study.public_id])
        assert client.get(address).status_code == 200
    assert client.get(reverse("reports:patient-page", args=[patient.public_id])).status_code == 200
    address = reverse("patients:symptom-log-add", args=[patient.public_id])
    day = EchoStudy.objects.latest("performed_on").performed_on.isoformat()
    assert (
        client.post(address, {"recorded_on": day, "nyha": "2", "save": "save"}).status_code == 302
    )


def test_the_new_clinics_staff_replace_the_provisional_number(moved, charlie, client_of, patient):
    client = client_of(charlie)
    shown = client.get(reverse("patients:registrations", args=[patient.public_id]))
    assert "provisional" in shown.content.decode()
    address = reverse("patients:registration-edit", args=[moved.public_id])
    typed = {
        "record_number": "S-9",
        "from_on": moved.from_on.isoformat(),
        "reason": "own number",
        "version": "1",
        "save": "save",
    }
    assert client.post(address, typed).status_code == 302
    assert Registration.objects.get(pk=moved.pk).record_number == "S-9"


def test_the_old_clinics_staff_cannot_touch_the_new_registration(moved, alice, client_of):
    for name in ("edit", "end", "move"):
        address = reverse(f"patients:registration-{name}", args=[moved.public_id])
        assert client_of(alice).get(address).status_code == 404


def test_moving_back_gives_the_former_number_again(moved, charlie, clinic_north, days_ago, alice):
    back = move_patient(
        by=charlie,
        registration=moved,
        to_clinic=clinic_north,
        moved_on=days_ago(1),
        reason="came home",
    )
    numbers = list(
        Registration.objects.filter(clinic=clinic_north)
        .order_by("pk")
        .values_list("record_number", flat=True)
    )
    assert back.record_number == "HV-20418"
    assert numbers[0].startswith("HV-20418 (until ")
    assert Patient.objects.visible_to(alice).count() == 1
    assert back.patient.registrations.filter(until_on=None).get() == back


def test_moving_to_and_fro_on_one_day_works(registration, clinic_north, clinic_south):
    patient, today = registration.patient, min(clinic_north.today(), clinic_south.today())
    for _round in range(3):
        for target in (clinic_south, clinic_north):
            running = patient.registrations.get(until_on=None)
            move_patient(
                by=None, registration=running, to_clinic=target, moved_on=today, reason="to and fro"
            )
    assert patient.registrations.count() == 7
    assert patient.registrations.get(until_on=None).record_number == "HV-20418"


# ---- the act -------------------------------------------------------------------------------------


def test_a_move_is_all_or_nothing(registration, alice, clinic_south, days_ago, patient):
    records.patient_of(clinic_south, record_number="S-44")
    with pytest.raises(ValidationError, match="already used"):
        move_patient(
            by=alice,
            registration=registration,
            to_clinic=clinic_south,
            moved_on=days_ago(1),
            reason="moved house",
            record_number="S-44",
        )
    stored = patient.registrations.get()
    assert (stored.until_on, stored.version, stored.history.count()) == (None, 1, 1)


def test_a_stale_move_writes_nothing(registration, bob, alice, clinic_south, days_ago, patient):
    other = Registration.objects.get()
    end_registration(by=bob, registration=other, until_on=days_ago(3), because="discharged")
    with pytest.raises(StaleRecord):
        move_patient(
            by=alice,
            registration=registration,
            to_clinic=clinic_south,
            moved_on=days_ago(1),
            reason="moved house",
            expected_version=1,
        )
    assert patient.registrations.get().ended_because == "discharged"


def test_a_provisional_number_is_made_unique(registration, clinic_south, days_ago):
    records.patient_of(clinic_south, record_number="from NORTH HV-20418")
    moved = move_patient(
        by=None,
        registration=registration,
        to_clinic=clinic_south,
        moved_on=days_ago(1),
        reason="moved house",
    )
    assert moved.record_number == "from NORTH HV-20418 (2)"


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"to": "north"}, "to_clinic"),
        ({"days": -400}, "moved_on"),
        ({"days": 20_000}, "moved_on"),
        ({"reason": " "}, None),
    ],
)
def test_an_impossible_move_is_refused_in_words(
    registration, clinic_north, clinic_south, days_ago, changed, name
):
    with pytest.raises(ValidationError) as refusal:
        move_patient(
            by=None,
            registration=registration,
            to_clinic=clinic_north if changed.get("to") else clinic_south,
            moved_on=days_ago(changed.get("days", 1)),
            reason=changed.get("reason", "moved house"),
        )
    if name:
        assert set(refusal.value.message_dict) == {name}
    assert Registration.objects.count() == 1


def test_an_ended_registration_does_not_move(moved, registration, clinic_south, days_ago):
    registration.refresh_from_db()
    with pytest.raises(ValidationError, match="ended on"):
        move_patient(
            by=None,
            registration=registration,
            to_clinic=clinic_south,
            moved_on=days_ago(1),
            reason="moved house",
        )
