"""Reading another clinic's record in an emergency: who, whose, for how long, and what is kept."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import change_membership, create_clinic, grant_membership
from accounts.models import User
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration
from patients.emergency.actions import (
    ATTEMPTS,
    TooManyAttemptsError,
    end_emergency_access,
    open_emergency_access,
    review_emergency_access,
)
from patients.emergency.selectors import number_to_review
from patients.models import EmergencyAccess, Patient, Registration
from patients.selectors import patient_or_404
from tests.factories.cast import member
from tests.factories.records import echo, patient_of

pytestmark = pytest.mark.django_db

REASON = "Brought in unconscious with pulmonary edema."
URL = reverse("patients:emergency-open")


@pytest.fixture
def patient(clinic_north, alice):
    found = patient_of(
        clinic_north, by=alice, record_number="HV-7", born_on=date(1950, 2, 3), family_name="Zephyr"
    )
    echo(found, "2024-01-01", by=alice, lvef_percent=58)
    return found


@pytest.fixture
def typed(clinic_north, patient):
    return {
        "clinic": str(clinic_north.public_id),
        "record_number": "hv-7",
        "born_on": "3 Feb 1950",
        "reason": REASON,
    }


@pytest.fixture
def access(charlie, clinic_north, patient):
    return open_emergency_access(
        by=charlie, clinic=clinic_north, record_number="HV-7", born_on=patient.born_on,
        reason=REASON,
    )  # fmt: skip


def page_of(patient):
    return reverse("reports:patient-page", args=[patient.public_id])


def end(access, *, hours=5):
    """Let so many hours go by."""
    past = timedelta(hours=hours)
    EmergencyAccess.objects.filter(pk=access.pk).update(
        opened_at=access.opened_at - past, ends_at=access.ends_at - past
    )


# ---- opening -------------------------------------------------------------------------------------


def test_it_opens_the_record_of_exactly_this_person(charlie, client_of, typed, patient):
    client = client_of(charlie)
    assert client.get(page_of(patient)).status_code == 404
    answer = client.post(URL, typed)
    assert answer["Location"] == page_of(patient)
    text = client.get(page_of(patient)).content.decode()
    assert "Emergency access to a record of North Valve Clinic" in text
    assert "It closes in 3 h 59 min" in text
    opened = EmergencyAccess.objects.get()
    assert (opened.user, opened.reason) == (charlie, REASON)
    assert opened.ends_at - opened.opened_at == timedelta(hours=4)


def test_it_requires_login(client, db):
    assert "/accounts/login/" in client.get(URL)["Location"]


def test_only_clinicians_may(nina, client_of, typed):
    answer = client_of(nina).post(URL, typed)
    assert answer.status_code == 403
    assert "does not allow you to open another clinic’s record" in answer.content.decode()
    assert not EmergencyAccess.objects.exists()


def bare(answer):
    """The page without what was typed, the token of its form and the seconds of its session."""
    text = re.sub(r'(value|data-session-left)="[^"]*"', "", answer.content.decode())
    return answer.status_code, text


def test_a_wrong_number_and_a_wrong_birth_date_are_answered_alike(
    charlie, client_of, typed, clinic_north, patient
):
    patient_of(clinic_north, record_number="HV-8", born_on=None)
    client = client_of(charlie)
    wrong = (
        {"record_number": "HV-99"},
        {"born_on": "4 Feb 1950"},
        {"record_number": "HV"},
        {"record_number": "HV-8"},
        {"record_number": "HV-99", "born_on": "4 Feb 1950"},
    )
    answers = {bare(client.post(URL, typed | changed)) for changed in wrong}
    ((status, text),) = answers
    assert status == 422
    assert "No record was opened" in text
    assert "Zephyr" not in text
    refusals = AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=charlie.pk)
    assert refusals.count() == len(wrong)
    assert {(e.clinic_id, e.patient_id, e.record_kind) for e in refusals} == {
        (clinic_north.pk, "", "emergencyaccess")
    }
    assert not EmergencyAccess.objects.exists()


def test_the_clinic_that_was_named_decides_between_two_people(
    clinic_north, typed, charlie, client_of
):
    east = create_clinic(code="east", name="East Clinic", time_zone="UTC", by=None)
    other = patient_of(east, record_number="HV-7", born_on=date(1950, 2, 3), family_name="Other")
    client_of(charlie).post(URL, typed | {"clinic": str(east.public_id)})
    assert EmergencyAccess.objects.get().registration.patient == other


@pytest.mark.parametrize("box", ["clinic", "record_number", "born_on", "reason"])
def test_every_box_is_asked_and_nothing_typed_is_lost(charlie, client_of, typed, box):
    answer = client_of(charlie).post(URL, typed | {box: ""})
    assert answer.status_code == 422
    assert box in answer.context["form"].errors
    assert "No record was opened: 1 thing to correct" in answer.content.decode()
    assert "This field is required" not in answer.content.decode()
    kept = [word for name, word in typed.items() if name not in {box, "clinic"}]
    assert all(word in answer.content.decode() for word in kept)


def test_a_reason_of_a_word_is_none(charlie, client_of, typed):
    answer = client_of(charlie).post(URL, typed | {"reason": "urgent"})
    assert "the other clinic must understand why" in answer.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_a_person_tries_so_often_within_the_hour(charlie, client_of, typed):
    client = client_of(charlie)
    for _ in range(ATTEMPTS):
        client.post(URL, typed | {"record_number": "none"})
    answer = client.post(URL, typed)
    assert answer.status_code == 429
    assert "tried too often" in answer.content.decode()
    assert not EmergencyAccess.objects.exists()
    assert AuditEvent.objects.filter(note="too many attempts").count() == 1


def test_somebody_elses_attempts_do_not_count(charlie, clinic_south, clinic_north, patient):
    def attempt(by):
        return open_emergency_access(
            by=by, clinic=clinic_north, record_number="HV-7", born_on=patient.born_on, reason=REASON
        )

    for _ in range(ATTEMPTS):
        attempt(charlie)
    with pytest.raises(TooManyAttemptsError):
        attempt(charlie)
    assert attempt(member("dora", clinic_south, Role.CLINICIAN)).pk


def test_a_second_opening_is_the_same_access(access, charlie, clinic_north, patient):
    again = open_emergency_access(
        by=charlie, clinic=clinic_north, record_number="HV-7", born_on=patient.born_on, reason="x"
    )
    assert again == access
    assert EmergencyAccess.objects.get().reason == REASON


def test_ones_own_clinics_are_not_offered(charlie, client_of, clinic_south, clinic_north):
    text = client_of(charlie).get(URL).content.decode()
    assert "North Valve Clinic" in text
    assert str(clinic_south.public_id) not in text.partition("<select")[2].partition("</select")[0]


# ---- what it opens -------------------------------------------------------------------------------


def test_nothing_can_be_entered(access, charlie, client_of, patient):
    client = client_of(charlie)
    for name in ("patients:echo-add", "patients:person-edit", "reports:decide"):
        answer = client.get(reverse(name, args=[patient.public_id]))
        assert answer.status_code == 403, name
        text = answer.content.decode()
        assert "opened this record in an emergency, to read it" in text
        assert "This record is open to read only" in text
        assert "Your role does not" not in text
        assert f'href="{page_of(patient)}"' in text


def test_every_page_of_the_patient_says_so(access, charlie, client_of, patient):
    client = client_of(charlie)
    study = patient.echostudy_set.get()
    addresses = [
        reverse("reports:patient-timeline", args=[patient.public_id]),
        reverse("reports:record-index", args=[patient.public_id]),
        reverse("reports:letter-list", args=[patient.public_id]),
        reverse("patients:registrations", args=[patient.public_id]),
        reverse("patients:echo-page", args=[study.public_id]),
        reverse("patients:record-list", args=[patient.public_id, "allergy"]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Emergency access to a record of" in answer.content.decode(), address
    lists = client.get(reverse("reports:patient-list"))
    assert "Emergency access to a record of" not in lists.content.decode()


def test_no_list_search_or_export_shows_the_patient(access, charlie, client_of, patient):
    client = client_of(charlie)
    client.get(page_of(patient))
    for name in ("reports:patient-list", "reports:worklist", "reports:recall", "reports:team-list",
                 "reports:worklist-csv", "reports:recall-csv", "reports:waiting-csv"):  # fmt: skip
        answer = client.get(reverse(name))
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"Zephyr" not in body, name
    for text in ("Zephyr", "HV-7", "3 Feb 1950", ""):
        answer = client.post(reverse("reports:patient-finder"), {"q": text})
        assert b"Zephyr" not in answer.content
    answer = client.post(reverse("reports:report-page", args=["patients"]),
                         {"take": "1", "purpose": "to see whether", "form": "csv"})  # fmt: skip
    body = b"".join(answer) if answer.streaming else answer.content
    assert b"Zephyr" not in body
    assert not Patient.objects.visible_to(charlie).exists()


def test_every_look_is_kept_under_its_own_role(access, charlie, client_of, patient):
    client = client_of(charlie)
    study = patient.echostudy_set.get()
    for address in (page_of(patient), reverse("patients:echo-page", args=[study.public_id]),
                    reverse("reports:patient-timeline", args=[patient.public_id])):  # fmt: skip
        client.get(address)
    looks = AuditEvent.objects.filter(action=AuditAction.VIEW, actor_id=charlie.pk)
    assert looks.count() >= 3
    assert set(looks.values_list("role", "clinic_id")) == {
        ("break_glass", access.registration.clinic_id)
    }


def test_the_reason_is_not_in_the_audit(access, patient):
    event = AuditEvent.objects.get(record_kind="emergencyaccess")
    assert (event.action, event.role) == (AuditAction.CREATE, "break_glass")
    assert event.patient_id == str(patient.public_id)
    assert "edema" not in event.note


def test_it_opens_nobody_else(access, charlie, client_of, clinic_north, alice):
    other = patient_of(clinic_north, by=alice)
    assert client_of(charlie).get(page_of(other)).status_code == 404


def test_a_former_clinic_reads_the_whole_record_while_it_runs(
    alice, client_of, clinic_north, clinic_south, charlie, patient
):
    end_registration(
        by=alice, registration=patient.registrations.get(), because="discharged",
        until_on=clinic_north.today() - timedelta(days=30),
    )  # fmt: skip
    Registration.objects.create(
        patient=patient, clinic=clinic_south, record_number="S-1",
        from_on=clinic_south.today() - timedelta(days=20),
    )  # fmt: skip
    later = clinic_south.today() - timedelta(days=10)
    study = echo(patient, later, by=charlie, lvef_percent=41)
    page = reverse("patients:echo-page", args=[study.public_id])
    assert client_of(alice).get(page).status_code == 404
    open_emergency_access(
        by=alice, clinic=clinic_south, record_number="S-1", born_on=patient.born_on, reason=REASON
    )
    assert client_of(alice).get(page).status_code == 200


def test_a_registration_by_mistake_opens_nothing(access, charlie, client_of, patient):
    Registration.objects.update(ended_because=Registration.Ended.ENTERED_IN_ERROR)
    assert client_of(charlie).get(page_of(patient)).status_code == 404


# ---- its end -------------------------------------------------------------------------------------


def test_it_ends_by_itself(access, charlie, client_of, patient):
    end(access)
    assert client_of(charlie).get(page_of(patient)).status_code == 404


def test_it_ends_with_the_role_and_with_the_account(access, charlie, client_of, patient):
    client = client_of(charlie)
    assert client.get(page_of(patient)).status_code == 200
    change_membership(membership=charlie.memberships.get(), roles=[Role.NURSE], by=None)
    assert client.get(page_of(patient)).status_code == 404
    change_membership(membership=charlie.memberships.get(), roles=[Role.CLINICIAN], by=None)
    assert client.get(page_of(patient)).status_code == 200
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    assert "/accounts/login/" in client.get(page_of(patient))["Location"]


def test_who_opened_it_ends_it(access, charlie, client_of, patient):
    client = client_of(charlie)
    answer = client.post(reverse("patients:emergency-end", args=[access.public_id]))
    assert answer.status_code == 302
    assert client.get(page_of(patient)).status_code == 404
    access.refresh_from_db()
    assert access.ended_by == charlie


def test_nobody_else_of_their_clinic_ends_it(access, client_of, clinic_south, alice):
    url = reverse("patients:emergency-end", args=[access.public_id])
    stranger = member("eve", clinic_south, Role.CLINIC_ADMINISTRATOR)
    assert client_of(stranger).post(url).status_code == 404
    assert client_of(alice).post(url).status_code == 403
    access.refresh_from_db()
    assert access.ended_at is None


def test_two_who_end_it_at_once_end_it_once(access, charlie, ada):
    ended = [end_emergency_access(access=access, by=user) for user in (ada, charlie)]
    assert ended == [True, False]
    access.refresh_from_db()
    assert access.ended_by == ada
    assert AuditEvent.objects.filter(note="emergency access ended early").count() == 1


# ---- the review ----------------------------------------------------------------------------------


def test_the_administrator_of_the_patients_clinic_reviews_it(access, ada, client_of):
    client = client_of(ada)
    page = client.get(reverse("patients:emergency-reviews")).content.decode()
    assert "Emergency access (1)" in page
    assert REASON in page
    assert "HV-7" in page
    assert "Zephyr" not in page
    url = reverse("patients:emergency-review", args=[access.public_id])
    assert client.post(url, {"remark": ""}).status_code == 422
    assert client.post(url, {"remark": "Spoke with Dr Charlie: right."}).status_code == 302
    access.refresh_from_db()
    assert (access.reviewed_by, access.remark) == (ada, "Spoke with Dr Charlie: right.")
    assert "Emergency access (1)" not in client.get("/").content.decode()


def test_a_review_is_kept_once(access, ada, clinic_north):
    review_emergency_access(access=access, by=ada, remark="right")
    second = member("ed", clinic_north, Role.CLINIC_ADMINISTRATOR)
    with pytest.raises(ValidationError, match="reviewed meanwhile"):
        review_emergency_access(access=access, by=second, remark="wrong")
    access.refresh_from_db()
    assert access.remark == "right"


def test_nobody_reviews_their_own(access, charlie, clinic_north):
    grant_membership(user=charlie, clinic=clinic_north, roles=[Role.CLINIC_ADMINISTRATOR], by=None)
    assert number_to_review(charlie) == 0
    with pytest.raises(ValidationError, match="Somebody else"):
        review_emergency_access(access=access, by=charlie, remark="right")


def test_the_review_hides_other_clinics(access, clinic_south, client_of, alice):
    eve = member("eve", clinic_south, Role.CLINIC_ADMINISTRATOR)
    url = reverse("patients:emergency-review", args=[access.public_id])
    assert client_of(eve).get(url).status_code == 404
    assert REASON not in client_of(eve).get(reverse("patients:emergency-reviews")).content.decode()
    assert client_of(alice).get(url).status_code == 403


def test_the_list_reads_as_often_for_many(access, ada, client_of, clinic_north, charlie):
    client, url = client_of(ada), reverse("patients:emergency-reviews")
    client.get(url)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    few = queries()
    now = timezone.now()
    for number in range(12):
        other = patient_of(clinic_north, record_number=f"M-{number}")
        EmergencyAccess.objects.create(
            user=charlie, registration=other.registrations.get(), reason=REASON, opened_at=now,
            ends_at=now + timedelta(hours=1),
        )  # fmt: skip
    assert queries() == few


def test_a_review_is_whole_or_none(access):
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(remark="without a reviewer")


def test_who_has_no_access_finds_no_patient(charlie, patient):
    with pytest.raises(Http404):
        patient_or_404(charlie, patient.public_id)
