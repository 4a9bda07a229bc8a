"""Finding a patient from the box in the top bar."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from accounts.shown_lists import PARTS_NOTED
from audit.models import AuditEvent
from patients.models import AcuteEpisode, Patient, Registration
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


# ---- what stands under the box while one types ----

FINDER = "/patients/finder"


def typed(client, text):
    answer = client.post(FINDER, {"q": text})
    assert answer.status_code == 200
    return answer


def names(answer):
    return [one.patient.family_name for one in answer.context["found"].patients]


def recent(answer):
    return [one.patient.family_name for one in answer.context["recent"]]


def opened(client, patient):
    assert client.get(f"/patients/{patient.public_id}/").status_code == 200


@pytest.mark.parametrize("text", ["ng", "lan nguy", "HV-20433", "27 Jan 1964", "27011964"])
def test_as_one_types_it_finds_by_name_number_or_birth_date(client, nguyen, rossi, text):
    assert names(typed(client, text)) == ["Nguyễn"]


@pytest.mark.parametrize(
    ("name", "text"), [("Søren", "Soren"), ("Łukasz", "lukasz"), ("Weiß", "weiss"), ("Ægir", "aeg")]
)
def test_letters_that_are_no_accents_are_typed_without(client, clinic_north, name, text):
    records.patient_of(clinic_north, family_name=name)
    for typed_so in (text, name):
        assert names(typed(client, typed_so)) == [name]


def test_each_line_tells_two_of_the_same_name_apart(client, nguyen, clinic_north):
    page = " ".join(typed(client, "nguyen").content.decode().split())
    age = nguyen.age_on(clinic_north.today())
    for words in ("Nguyễn, Thị Lan", "HV-20433", f"born 27 Jan 1964 ({age} y)", clinic_north.name):
        assert words in page
    assert f'href="/patients/{nguyen.public_id}/"' in page
    assert "acute" not in page


def test_an_open_acute_episode_is_marked_and_a_closed_one_is_not(client, alice, nguyen, rossi):
    acute = records.acute_episode(nguyen, records.day_of("2026-03-01"))
    [line] = typed(client, "nguyen").context["found"].patients
    assert line.is_acute
    assert "■ </span>acute" in typed(client, "nguyen").content.decode()
    AcuteEpisode.objects.filter(pk=acute.pk).update(closed_at=acute.onset_at)
    [line] = typed(client, "nguyen").context["found"].patients
    assert not line.is_acute


def test_eight_are_shown_and_the_rest_is_counted(client, clinic_north):
    for number in range(11):
        records.patient_of(clinic_north, family_name=f"Valva{number:02}")
    answer = typed(client, "valva")
    assert names(answer) == [f"Valva{number:02}" for number in range(8)]
    assert answer.context["found"].count == 11
    assert "and 3 more:" in answer.content.decode()
    assert "8 of 11 patients shown" in answer.content.decode()


def test_the_whole_record_number_comes_first_and_a_name_that_begins_so_next(client, clinic_north):
    for family_name, number in (("Aart", "R-1"), ("Martin", "R-2"), ("Zoe", "Art"), ("Arta", "9")):
        records.patient_of(
            clinic_north, family_name=family_name, given_name="", record_number=number
        )
    assert names(typed(client, "art")) == ["Arta", "Aart", "Martin", "Zoe"]
    assert names(typed(client, "Art"))[0] == "Zoe"


def test_one_character_is_too_few_to_look_for(client, nguyen):
    answer = typed(client, "n")
    assert "found" not in answer.context
    assert "Type one more character." in answer.content.decode()


def test_a_date_that_can_be_read_in_two_ways_says_how_it_was_read(client, clinic_north):
    december = records.patient_of(
        clinic_north, family_name="December", born_on=records.day_of("1959-12-04")
    )
    records.patient_of(clinic_north, family_name="April", born_on=records.day_of("1959-04-12"))
    answer = typed(client, "04/12/1959")
    assert names(answer) == [december.family_name]
    page = " ".join(answer.content.decode().split())
    assert "Read as born <strong>4 Dec 1959</strong>, day first" in page
    assert "For 12 Apr 1959 type 1959-04-12" in page
    listed = " ".join(search(client, "04/12/1959").content.decode().split())
    assert "read as born 4 Dec 1959 (day first; for 12 Apr 1959 type 1959-04-12)" in listed


def test_a_date_that_can_be_read_in_one_way_is_not_doubted(client, rossi):
    page = typed(client, "13.4.1959").content.decode()
    assert "13 Apr 1959" in page
    assert "day first" not in page


def test_as_one_types_it_hides_other_clinics(charlie, client_of, nguyen):
    client = client_of(charlie)
    for text in ("nguyen", "HV-20433", "1964-01-27"):
        answer = typed(client, text)
        assert answer.context["found"].count == 0
        assert "Nobody found" in answer.content.decode()


def test_somebody_else_and_nobody_get_the_same_answer(charlie, client_of, nguyen):
    client = client_of(charlie)
    hidden = typed(client, "nguyen").content.decode()
    assert hidden.replace("nguyen", "") == typed(client, "nobodyatall").content.decode()


def test_as_one_types_it_searches_the_clinic_chosen(
    alice, client_of, clinic_north, clinic_south, nguyen
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    client = client_of(alice)
    assert names(typed(client, "nguyen")) == ["Nguyễn"]
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    answer = typed(client, "nguyen")
    assert names(answer) == []
    assert "Nobody found in South Valve Clinic." in answer.content.decode()


def test_a_clinic_where_no_record_opens_says_so_and_is_no_refusal(
    alice, client_of, clinic_south, nguyen
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    client = client_of(alice)
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    page = typed(client, "nguyen").content.decode()
    assert "does not open patients’ records" in page
    assert "Nguyễn" not in page
    assert not AuditEvent.objects.filter(action="refused").exists()


def test_a_former_clinic_does_not_learn_of_a_later_death(client, alice, nguyen, clinic_north):
    Registration.objects.filter(patient=nguyen).update(
        until_on=records.day_of("2020-05-01"), ended_because="moved"
    )
    Patient.objects.filter(pk=nguyen.pk).update(deceased_on=records.day_of("2021-06-02"))
    page = typed(client, "nguyen").content.decode()
    assert "read up to 1 May 2020" in page
    assert "died" not in page


def test_a_death_is_told_with_its_day(client, nguyen):
    Patient.objects.filter(pk=nguyen.pk).update(deceased_on=records.day_of("2021-06-02"))
    assert "died 2 Jun 2021" in typed(client, "nguyen").content.decode()


def test_as_one_types_it_requires_login(clinic_north):
    assert Client().post(FINDER, {"q": "nguyen"}).status_code == 302


@pytest.mark.parametrize("person", ["rita", "otto", "ada"])
def test_as_one_types_it_is_refused_to_who_may_open_no_record(person, request, client_of, nguyen):
    client = client_of(request.getfixturevalue(person))
    assert client.post(FINDER, {"q": "nguyen"}).status_code == 403
    assert client.post(FINDER, {"q": ""}).status_code == 403


def test_as_one_types_an_address_is_refused(client, nguyen):
    assert client.get(FINDER, {"q": "nguyen"}).status_code == 405


@pytest.mark.parametrize("text", ["'; DROP TABLE", "%%", "__", "\x00\x00", "a" * 5000, "<b>--"])
def test_nonsense_as_one_types_finds_nobody(client, nguyen, text):
    answer = typed(client, text)
    assert "Nguyễn" not in answer.content.decode()
    assert "<b>--" not in answer.content.decode()


def test_typing_is_one_line_of_the_audit_in_a_minute(alice, client, nguyen, rossi):
    for text in ("ng", "ngu", "nguy", "ro"):
        typed(client, text)
    event = AuditEvent.objects.get(action="search")
    assert (event.actor_id, event.counts, event.record_kind) == (alice.pk, {"found": 1}, "patient")
    assert "as typed" in event.note
    session = client.session
    session[PARTS_NOTED] = {part: at - 61 for part, at in session[PARTS_NOTED].items()}
    session.save()
    typed(client, "rossi")
    assert AuditEvent.objects.filter(action="search").count() == 2


def test_another_clinic_is_another_line_of_the_audit(alice, client_of, clinic_south, nguyen):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    client = client_of(alice)
    typed(client, "nguyen")
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    typed(client, "nguyen")
    assert AuditEvent.objects.filter(action="search").count() == 2


def test_nothing_that_was_typed_is_kept(client, nguyen):
    typed(client, "nguyen")
    event = AuditEvent.objects.get(action="search")
    assert "nguyen" not in f"{event.note}{event.counts}{event.record_id}{event.patient_id}"
    assert "nguyen" not in str(dict(client.session))


def test_typing_takes_the_same_queries_for_one_and_for_eight(client, clinic_north):
    records.patient_of(clinic_north, family_name="Einzel")
    for number in range(9):
        records.patient_of(clinic_north, family_name=f"Viele{number}")
    typed(client, "einzel")  # the line of this minute is written
    with CaptureQueriesContext(connection) as one:
        typed(client, "einzel")
    with CaptureQueriesContext(connection) as eight:
        typed(client, "viele")
    # Nine fit, so they are counted, too.
    assert len(eight) == len(one) + 1
    assert len(eight) <= 9


# ---- recently opened ----


def test_an_empty_box_offers_who_was_opened_last(client, nguyen, rossi):
    for patient in (nguyen, rossi, nguyen, rossi, nguyen):
        opened(client, patient)
    answer = typed(client, "  ")
    assert recent(answer) == ["Nguyễn", "Rossi"]
    assert "Recently opened by you" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="search").exists()


def test_who_opened_nobody_is_told_what_to_type(client, nguyen):
    answer = typed(client, "")
    assert recent(answer) == []
    assert "Type a part of a name" in answer.content.decode()


def test_recent_patients_are_ones_own(client, bob, client_of, nguyen):
    opened(client, nguyen)
    assert recent(typed(client_of(bob), "")) == []


def test_eight_recent_patients_at_most_in_as_many_queries_as_for_one(client, clinic_north):
    first, *others = [records.patient_of(clinic_north) for _ in range(10)]
    opened(client, first)
    with CaptureQueriesContext(connection) as one:
        assert len(recent(typed(client, ""))) == 1
    for patient in others:
        opened(client, patient)
    with CaptureQueriesContext(connection) as many:
        assert len(recent(typed(client, ""))) == 8
    assert len(many) == len(one)


def test_a_patient_out_of_sight_by_now_is_no_recent_patient(client, nguyen, rossi):
    opened(client, nguyen)
    opened(client, rossi)
    Registration.objects.filter(patient=rossi).update(
        until_on=records.day_of("2020-05-01"), ended_because="entered_in_error"
    )
    assert recent(typed(client, "")) == ["Nguyễn"]


def test_recent_patients_are_those_of_the_clinic_chosen(alice, client_of, clinic_south, nguyen):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    client = client_of(alice)
    opened(client, nguyen)
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    assert recent(typed(client, "")) == []
