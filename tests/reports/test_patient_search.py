"""Finding a patient from the box in the top bar."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditEvent
from tests.factories import records

URL = "/patients/search"


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def nguyen(clinic_north):
    return records.patient_of(
        clinic_north,
        family_name="Nguyễn",
        given_name="Thị Lan",
        record_number="HV-20433",
        born_on=records.day_of("1964-01-27"),
    )


@pytest.fixture
def rossi(clinic_north):
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", record_number="HV-20418"
    )


def search(client, text):
    answer = client.post(URL, {"q": text}, follow=True)
    assert answer.status_code == 200
    return answer


def found(client, text):
    return [row.patient.family_name for row in search(client, text).context["rows"]]


@pytest.mark.parametrize(
    "text",
    ["nguyen", "LAN nguyễn", "thi", "HV-20433", "hv-20433", "1964-01-27", "27.1.1964", " nguyen "],
)
def test_it_finds_by_name_number_or_birth_date(client, nguyen, rossi, text):
    assert found(client, text) == ["Nguyễn"]


def test_a_single_hit_is_shown_as_one_row_and_not_opened(client, nguyen, rossi):
    answer = search(client, "HV-20433")
    assert answer.templates[0].name == "reports/patient_list.html"
    assert len(answer.context["rows"]) == 1


@pytest.mark.parametrize("text", ["nguyen", "HV-20433", "1964-01-27"])
def test_what_was_typed_never_stands_in_an_address(client, nguyen, text):
    for address, _ in search(client, text).redirect_chain:
        assert text not in address
        assert "?search=" in address


def test_the_page_says_what_was_searched(client, nguyen):
    page = search(client, "<b>nguyen").content.decode()
    assert "&lt;b&gt;nguyen" in page
    assert "<b>nguyen" not in page


def test_a_search_is_audited_with_its_count_and_without_its_text(alice, client, nguyen, rossi):
    search(client, "HV-204")
    event = AuditEvent.objects.get(action="search")
    assert event.actor_id == alice.pk
    assert event.clinic_id == nguyen.registrations.get().clinic_id
    assert event.counts == {"found": 2}
    assert (event.record_kind, event.role) == ("patient", "clinician")
    assert "204" not in f"{event.note}{event.record_id}{event.patient_id}"


def test_it_hides_other_clinics(charlie, client_of, nguyen):
    assert found(client_of(charlie), "nguyen") == []
    assert AuditEvent.objects.get(action="search").counts == {"found": 0}


def test_another_clinics_record_number_finds_nobody(alice, client, clinic_south, rossi):
    records.patient_of(clinic_south, family_name="South", record_number="S-77")
    assert found(client, "S-77") == []


def test_it_requires_login(clinic_north):
    answer = Client().post(URL, {"q": "nguyen"})
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("person", ["rita", "otto", "ada"])
def test_it_is_refused_to_who_may_open_no_record(person, request, client_of, nguyen):
    client = client_of(request.getfixturevalue(person))
    assert client.post(URL, {"q": "nguyen"}).status_code == 403
    assert not AuditEvent.objects.filter(action="search").exists()


def test_typing_in_the_address_is_refused(client, nguyen):
    assert client.get(URL, {"q": "nguyen"}).status_code == 405


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE patients_patient --", "%", "_", "\x00", "a" * 5000, "31.02.2020", "-"]
)
def test_nonsense_finds_nobody(client, nguyen, text):
    answer = search(client, text)
    rows = answer.context["rows"]
    assert rows == [] or not answer.context["search_text"]


def test_an_empty_search_shows_everybody(client, nguyen, rossi):
    assert found(client, "  ") == ["Nguyễn", "Rossi"]
    assert not AuditEvent.objects.filter(action="search").exists()


def test_it_can_be_cleared(client, nguyen, rossi):
    token = search(client, "nguyen").context["token"]
    answer = client.post(URL, {"clear": token})
    assert answer["Location"] == reverse("reports:patient-list")
    assert token not in client.session["patient_searches"]
    assert len(client.get(f"/patients/?search={token}").context["rows"]) == 2


def test_two_searches_in_two_windows_do_not_disturb_each_other(client, nguyen, rossi):
    first = search(client, "nguyen").context["token"]
    search(client, "rossi")
    again = client.get(f"/patients/?search={first}")
    assert [row.patient.family_name for row in again.context["rows"]] == ["Nguyễn"]


def test_old_searches_are_forgotten(client, nguyen):
    for number in range(25):
        search(client, f"name {number}")
    assert len(client.session["patient_searches"]) == 20


def test_logging_out_forgets_the_searches(client, nguyen):
    search(client, "nguyen")
    client.post(reverse("account_logout"))
    assert all("patient_searches" not in each.get_decoded() for each in Session.objects.all())


def test_somebody_elses_token_is_nothing(client, bob, client_of, nguyen, rossi):
    token = search(client, "nguyen").context["token"]
    assert len(client_of(bob).get(f"/patients/?search={token}").context["rows"]) == 2


def test_filters_and_pages_keep_the_search(client, nguyen, rossi):
    token = search(client, "nguyen").context["token"]
    page = client.get("/patients/", {"search": token, "acute": "no"})
    assert [row.patient.family_name for row in page.context["rows"]] == ["Nguyễn"]
    assert f'name="search" value="{token}"' in page.content.decode()


def test_it_searches_the_clinic_chosen_and_says_so(
    alice, client_of, clinic_north, clinic_south, nguyen
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    client = client_of(alice)
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    page = search(client, "nguyen").content.decode()
    assert "Nobody found for" in page
    assert "Only South Valve Clinic was searched." in page


def test_a_search_takes_few_queries(client, nguyen, rossi):
    with CaptureQueriesContext(connection) as queries:
        search(client, "o")
    assert len(queries) <= 30
