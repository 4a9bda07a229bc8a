"""Letters in the administration: found, read, never written there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from followup.actions import strike_letter
from followup.models import Letter
from tests.factories import records as make

pytestmark = pytest.mark.django_db


def url(page, *args):
    return reverse(f"admin:followup_letter_{page}", args=args)


@pytest.fixture
def rossi(clinic_north, alice):
    return make.patient_of(clinic_north, by=alice, record_number="HV-1", family_name="Rossi")


@pytest.fixture
def keep(alice, clinic_north):
    def kept(patient, days_ago=0, **given):
        day = clinic_north.today() - timedelta(days=days_ago)
        return make.letter(patient, day, by=alice, **given)

    return kept


def rows_of(client, **asked):
    return client.get(url("changelist"), asked).context["cl"].result_list


def test_a_letter_is_listed_and_read_with_what_it_was_written_from(
    clara, alice, clinic_north, rossi, keep, client_of
):
    letter = keep(rossi)
    strike_letter(by=alice, clinic=clinic_north, letter=letter, reason="wrong patient")
    client = client_of(clara)
    listed = client.get(url("changelist")).content.decode()
    for words in ("Rossi", "entered in error", "clinic letter", "North Valve Clinic"):
        assert words in listed
    assert "Words of the letter" not in listed
    page = client.get(url("change", letter.pk)).content.decode()
    for words in ("Words of the letter.", "ACC/AHA 2020, ESC/EACTS 2025", "wrong patient"):
        assert words in page
    assert reverse("reports:letter-page", args=[letter.public_id]) in page
    assert 'name="_save"' not in page


def test_a_letter_is_neither_added_changed_deleted_nor_exported(alice, rossi, keep, client_of):
    letter = keep(rossi)
    alice.is_staff = True
    alice.save()
    client = client_of(alice)
    assert client.post(url("add"), {"text": "x"}).status_code == 403
    assert client.post(url("change", letter.pk), {"text": "x"}).status_code == 403
    assert client.post(url("delete", letter.pk), {"post": "yes"}).status_code == 403
    client.post(url("changelist"), {"action": "export_selected", "_selected_action": letter.pk})
    assert not AuditEvent.objects.filter(action="export").exists()
    letter.refresh_from_db()
    assert (letter.text, letter.version) == ("Dear colleague,\n\nWords of the letter.\n", 1)


def test_it_hides_other_clinics(charlie, rossi, keep, client_of):
    letter = keep(rossi)
    charlie.is_staff = True
    charlie.save()
    client = client_of(charlie)
    assert list(rows_of(client)) == []
    for page in ("change", "history"):
        assert client.get(url(page, letter.pk)).status_code == 404


def test_opening_a_letter_its_history_and_a_version_is_audited(clara, rossi, keep, client_of):
    letter = keep(rossi)
    client = client_of(clara)
    version = letter.history.get().history_id
    for address in (
        url("change", letter.pk),
        url("history", letter.pk),
        url("simple_history", letter.pk, version),
    ):
        before = AuditEvent.objects.count()
        assert client.get(address).status_code == 200
        event = AuditEvent.objects.latest("id")
        assert AuditEvent.objects.count() == before + 1
        assert (event.action, event.record_kind) == ("view", "letter")
        assert (event.record_id, event.patient_id) == (str(letter.public_id), str(rossi.public_id))


def test_a_letter_is_found_by_its_patient_its_day_its_kind_and_whether_it_is_struck(
    clara, alice, clinic_north, rossi, keep, client_of
):
    other = make.patient_of(clinic_north, by=alice, record_number="HV-2", family_name="Okafor")
    old = keep(rossi, days_ago=800)
    new = keep(other, kind=Letter.Kind.PATIENT)
    strike_letter(by=alice, clinic=clinic_north, letter=old, reason="wrong patient")
    client = client_of(clara)
    found = client.post(url("changelist"), {"q": "okafor"}, follow=True)
    assert list(found.context["cl"].result_list) == [new]
    assert list(rows_of(client, speaks_of_on__year=str(old.speaks_of_on.year))) == [old]
    assert list(rows_of(client, kind__exact="patient")) == [new]
    assert list(rows_of(client, struck="yes")) == [old]
    assert list(rows_of(client, patient=str(rossi.public_id))) == [old]


@pytest.mark.parametrize("count", [5, 50])
def test_a_list_takes_the_same_queries_at_5_and_at_50_rows(
    clara, rossi, keep, client_of, django_assert_num_queries, count
):
    for number in range(count):
        keep(rossi, number, text=f"Letter {number}.\n")
    client = client_of(clara)
    with django_assert_num_queries(8):
        assert len(rows_of(client)) == count
