"""The pages on which two records are compared, merged, and made two again."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.actions import correct_person, end_registration
from patients.models import EchoStudy, Patient, PatientMerge
from tests.factories import records

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 1)


@pytest.fixture
def twin(clinic_north):
    """The same person, registered a second time with a slip in the name."""
    other = records.patient_of(
        clinic_north,
        record_number="HV-99999",
        family_name="Rosi",
        given_name="Marco",
        born_on=date(1959, 4, 12),
        sex=Patient.Sex.MALE,
        telephone="555 0101",
    )
    records.echo(other, DAY, lvef_percent=55, lvesd_mm=44)
    records.diagnosis(other, DAY, mechanism="mixed")
    return other


@pytest.fixture
def pages(patient, twin):
    records.diagnosis(patient, DAY)
    return {
        "choose": reverse("patients:merge-choose", args=[patient.public_id]),
        "compare": reverse("patients:merge-compare", args=[patient.public_id, twin.public_id]),
    }


TYPED = {
    "stays": "this",
    "value_family_name": "this",
    "value_telephone": "other",
    "conflicts_seen": "on",
    "reason": "same passport",
    "is_same": "on",
}


@pytest.fixture
def submit(alice, client_of, pages):
    client = client_of(alice)
    return lambda **changed: client.post(pages["compare"], TYPED | changed)


@pytest.fixture
def merged(submit):
    answer = submit(confirm=submit().context["digest"])
    assert answer.status_code == 302
    return PatientMerge.objects.get()


def test_possible_duplicates_are_offered(alice, client_of, pages, twin):
    text = client_of(alice).get(pages["choose"]).content.decode()
    assert "similar name" in text or "one letter" in text or "HV-99999" in text
    assert pages["compare"] in text


def test_any_other_record_is_found_by_its_number_and_the_search_is_audited(
    alice, client_of, pages, clinic_north
):
    records.patient_of(clinic_north, record_number="ZZ-1", family_name="Else", born_on=None)
    text = client_of(alice).post(pages["choose"], {"q": "ZZ-1"}).content.decode()
    assert "Else" in text
    assert AuditEvent.objects.filter(action="search", note="for a record to merge").exists()


def test_nobody_is_found_whom_the_clinic_let_go(alice, client_of, pages, clinic_north):
    """The name that another clinic entered since is not told by the way."""
    gone = records.patient_of(clinic_north, record_number="ZZ-2", family_name="Oldname")
    end_registration(
        by=alice,
        registration=gone.registrations.get(),
        until_on=clinic_north.today() - timedelta(days=1),
        because="moved",
    )
    gone.refresh_from_db()
    gone.family_name = "Newname"
    correct_person(by=None, clinic=clinic_north, patient=gone, reason="elsewhere")
    for typed in ("Newname", "ZZ-2"):
        page = client_of(alice).post(pages["choose"], {"q": typed})
        assert page.context["found"] == []


def test_both_are_shown_side_by_side_with_what_they_say_differently(alice, client_of, pages):
    text = client_of(alice).get(pages["compare"]).content.decode()
    assert "Rossi" in text
    assert "Rosi" in text
    assert "The diagnosis of 1 Mar 2024 and that of 1 Mar 2024 differ" in text
    assert "mechanism: “Primary” or “Mixed primary and secondary”" in text
    assert "1 Mar 2024" in text


def test_two_anticoagulants_that_run_are_pointed_out(alice, client_of, pages, patient, twin):
    records.anticoagulation_plan(patient, DAY, agent="vka", inr_low=2, inr_high=3)
    plan = records.anticoagulation_plan(twin, DAY, agent="doac")
    client = client_of(alice)
    text = client.get(pages["compare"]).content.decode()
    assert "Each record has a running anticoagulation plan: vitamin K antagonist, INR 2" in text
    assert "direct oral anticoagulant from 1 Mar 2024. After the merge both run" in text
    type(plan).objects.filter(pk=plan.pk).update(until_on=date(2024, 5, 1))
    assert "After the merge both run" not in client.get(pages["compare"]).content.decode()


@pytest.mark.parametrize(
    ("mine", "theirs", "is_said"),
    [
        ("none_known", "rash", True),
        ("rash", "none_known", True),
        ("none_known", "none_known", False),
        ("rash", "rash", False),
        ("none_known", "", False),
        ("", "rash", False),
    ],
)
def test_an_allergy_that_the_other_record_denies_is_pointed_out(
    alice, client_of, pages, patient, twin, mine, theirs, is_said
):
    for each, reaction in ((patient, mine), (twin, theirs)):
        if reaction:
            records.allergy(
                each,
                DAY,
                reaction=reaction,
                substance="" if reaction == "none_known" else "penicillin",
            )
    text = client_of(alice).get(pages["compare"]).content.decode()
    assert ("no allergy is known, the other names one" in text) is is_said


def test_it_shows_what_will_happen_and_then_does_it(submit, patient, twin):
    page = submit()
    text = page.content.decode()
    assert "HV-99999 finds HV-20418" in text
    assert "Nothing is saved yet" in text
    assert not PatientMerge.objects.exists()
    answer = submit(confirm=page.context["digest"])
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    patient.refresh_from_db()
    assert (patient.family_name, patient.telephone) == ("Rossi", "555 0101")
    assert EchoStudy.objects.get().patient == patient


def test_the_other_record_may_stay(submit, patient, twin):
    page = submit(stays="other")
    assert submit(stays="other", confirm=page.context["digest"]).status_code == 302
    twin.refresh_from_db()
    assert (twin.family_name, twin.telephone) == ("Rossi", "555 0101")
    assert PatientMerge.objects.get().absorbed == patient


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stays", "Choose the record that stays"),
        ("value_family_name", "Choose the value that is right"),
        ("reason", "Say why"),
        ("is_same", "one and the same person"),
        ("conflicts_seen", "Look at it above"),
    ],
)
def test_it_rejects_bad_input_beside_the_field(submit, name, message):
    answer = submit(**{name: ""})
    assert message in " ".join(answer.context["form"].errors[name])
    assert not PatientMerge.objects.exists()


def test_when_a_record_was_changed_meanwhile_it_is_shown_again(submit, twin):
    digest = submit().context["digest"]
    records.log(twin, DAY, nyha=2)
    answer = submit(confirm=digest)
    assert answer.status_code == 409
    assert b"was changed meanwhile" in answer.content
    assert not PatientMerge.objects.exists()


def test_one_study_in_both_keeps_them_from_being_merged(submit, patient, pages, client_of, alice):
    records.echo(patient, DAY, lvef_percent=60)
    answer = submit()
    assert b"cannot be merged yet" in answer.content
    assert b"entered twice" in answer.content
    assert not PatientMerge.objects.exists()


def test_the_addresses_of_the_absorbed_record_lead_to_the_one_that_stays(
    merged, twin, patient, alice, client_of
):
    client = client_of(alice)
    for name in ("reports:patient-page", "patients:registrations", "patients:echo-add"):
        answer = client.get(reverse(name, args=[twin.public_id]))
        assert answer["Location"] == reverse(name, args=[patient.public_id])
    study = EchoStudy.objects.get()
    page = client.get(reverse("patients:echo-page", args=[study.public_id]))
    assert page.status_code == 200
    assert b"Rossi" in page.content


def test_what_is_sent_to_the_absorbed_record_is_not_saved_and_not_lost(
    merged, twin, alice, client_of
):
    url = reverse("patients:symptom-log-add", args=[twin.public_id])
    answer = client_of(alice).post(url, {"comment": "tired since Easter", "save": "save"})
    assert answer.status_code == 409
    assert b"tired since Easter" in answer.content
    assert not twin.symptomlog_set.exists()


def test_the_other_record_is_read_as_it_was_known_before(
    patient, twin, alice, client_of, clinic_north
):
    """Entered and merged on days of the past: here the merge is of today, the day before shown."""
    from django.utils import timezone
    from django.utils.dateparse import parse_date

    from patients.merging import MergeOrder, merge_patients

    merge_patients(MergeOrder(patient, twin), by=alice, clinic=clinic_north, reason="same")
    yesterday = (timezone.now() - timedelta(days=1)).date()
    url = reverse("reports:patient-page", args=[twin.public_id])
    answer = client_of(alice).get(url, {"known": yesterday.isoformat()})
    assert answer.status_code == 200
    assert parse_date(yesterday.isoformat())
    assert b"Rosi" in answer.content


def test_it_is_undone_on_its_page(merged, patient, twin, alice, client_of):
    client = client_of(alice)
    url = reverse("patients:merge-undo", args=[merged.public_id])
    page = client.get(url)
    typed = {"seen": page.context["seen"], "reason": "twins", "is_undone": "on", "save": "save"}
    assert client.post(url, typed | {"reason": ""}).context["form"].errors["reason"]
    answer = client.post(url, typed)
    assert answer["Location"] == reverse("reports:patient-page", args=[twin.public_id])
    assert EchoStudy.objects.get().patient == twin
    assert b"It was undone on" in client.get(url).content


def test_after_its_time_it_says_why_it_is_not_undone(merged, alice, client_of, settings):
    settings.MERGE_UNDO_DAYS = 0
    PatientMerge.objects.filter(pk=merged.pk).update(merged_at="2026-01-05T12:00:00Z")
    url = reverse("patients:merge-undo", args=[merged.public_id])
    page = client_of(alice).get(url)
    assert b"It cannot be undone" in page.content
    client_of(alice).post(url, {"seen": page.context["seen"], "reason": "x", "is_undone": "on"})
    merged.refresh_from_db()
    assert merged.undone_at is None


def test_a_merge_by_another_clinic_is_not_there(merged, charlie, client_of, pages):
    client = client_of(charlie)
    undo = reverse("patients:merge-undo", args=[merged.public_id])
    for url in (*pages.values(), undo):
        assert client.get(url).status_code == 404


def test_nurses_and_clerks_may_not_merge_and_are_told(nina, clara, client_of, pages):
    for user in (nina, clara):
        for url in pages.values():
            answer = client_of(user).get(url)
            assert answer.status_code == 403
            assert b"does not allow you to merge" in answer.content
    assert AuditEvent.objects.filter(action="refused").count() == 4


def test_two_patients_that_no_clinic_follows_both_are_not_merged(
    alice, patient, clinic_south, client_of
):
    from accounts.actions import grant_membership
    from accounts.permissions import Role

    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    other = records.patient_of(clinic_south)
    url = reverse("patients:merge-compare", args=[patient.public_id, other.public_id])
    answer = client_of(alice).get(url)
    assert answer.status_code == 403
    assert b"follows both today" in answer.content


def test_it_asks_for_a_login(client, pages):
    for url in pages.values():
        assert client.get(url)["Location"].startswith("/accounts/login/")
