"""Booking several patients from Today: those ticked or the whole list, all of them or none."""

from datetime import timedelta

import pytest

from accounts.actions import grant_membership
from accounts.permissions import Role
from followup.models import Appointment, Standing
from patients.actions import mark_deceased
from patients.days import spoken
from reports.views import worklist as view
from tests.factories import records as make

URL = "/today/"


@pytest.fixture
def day(clinic_north):
    """`day(-3)`: three days before the clinic's today."""
    return lambda days=0: clinic_north.today() + timedelta(days=days)


@pytest.fixture
def three(clinic_north, day):
    """Three who are overdue."""
    made = [make.patient_of(clinic_north, family_name=n) for n in ("Bianchi", "Rossi", "Verdi")]
    overdue(*made, on=day(-40))
    return made


def overdue(*patients, on):
    Standing.objects.filter(patient__in=patients).update(bucket="overdue", due_by_on=on)


def sent(patients=(), **typed):
    return {"patient": [str(each.public_id) for each in patients], "book": "yes", **typed}


@pytest.fixture
def visit(day):
    return {"kind": "visit_and_echo", "planned_on": str(day(9))}


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_those_ticked_are_booked_and_the_list_comes_back_as_it_was(
    clara, client_of, three, visit, day
):
    client = client_of(clara)
    answer = client.post(f"{URL}?bucket=overdue", sent(three[:2], **visit))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{URL}?bucket=overdue")
    assert {row.patient for row in Appointment.objects.all()} == set(three[:2])
    page = client.get(URL, {"bucket": "booked"})
    assert f"2 appointments booked for {spoken(day(9))}" in text_of(page)


def test_all_or_none_with_the_reason_beside_the_row(clara, client_of, three, visit, day):
    make.appointment(three[1], day(20), "visit_and_echo")
    overdue(three[1], on=day(-40))
    data = sent(three, **visit, place="Lab 2")
    answer = client_of(clara).post(f"{URL}?bucket=overdue", data)
    errors = {row.patient.family_name: row.error for row in answer.context["rows"]}
    assert "planned already" in errors["Rossi"]
    assert errors["Bianchi"] == errors["Verdi"] == ""
    assert all(row.is_ticked for row in answer.context["rows"])
    assert 'value="Lab 2"' in answer.text
    assert "Nothing was booked" in text_of(answer)
    assert Appointment.objects.count() == 1


def test_a_refused_patient_whom_the_page_does_not_show_is_named_above_it(
    clara, client_of, three, visit, day
):
    make.appointment(three[1], day(20), "visit_and_echo")
    answer = client_of(clara).post(f"{URL}?bucket=overdue", sent(three, **visit))
    (row,) = answer.context["refused_elsewhere"]
    assert row.patient == three[1]
    assert row.error in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "box"), [({"planned_on": "31.2.2027"}, "planned_on"), ({"kind": ""}, "kind")]
)
def test_what_cannot_be_read_is_named_beside_its_box_and_the_ticks_stay(
    clara, client_of, three, visit, typed, box
):
    answer = client_of(clara).post(URL, sent(three[:1], **visit | typed))
    assert answer.context["book"].errors[box]
    assert [row.is_ticked for row in answer.context["rows"]].count(True) == 1
    assert not Appointment.objects.exists()


def test_enter_in_a_box_books_nothing(clara, client_of, three, visit):
    data = sent(three, **visit) | {"check": "yes"}
    del data["book"]
    assert client_of(clara).post(URL, data).status_code == 200
    assert not Appointment.objects.exists()


def test_nobody_is_ticked(clara, client_of, three, visit):
    assert "Tick the patients" in text_of(client_of(clara).post(URL, sent(**visit)))


def test_who_died_or_wants_no_contact_has_no_tick_and_is_not_booked(
    clara, alice, client_of, three, visit, clinic_north, day
):
    make.contact_wish(three[0], day(-1))
    mark_deceased(
        by=alice, clinic=clinic_north, patient=three[1], deceased_on=day(-1), reason="told"
    )
    overdue(*three, on=day(-40))
    client = client_of(clara)
    page = client.get(URL, {"bucket": "overdue"})
    assert {r.patient.family_name: r.may_book for r in page.context["rows"]} == {
        "Bianchi": False, "Rossi": False, "Verdi": True,
    }  # fmt: skip
    assert page.text.count('name="patient"') == 1
    assert "Does not wish to be contacted" in text_of(client.post(URL, sent([three[0]], **visit)))
    assert "1 of those ticked died" in text_of(client.post(URL, sent([three[1]], **visit)))
    assert not Appointment.objects.exists()


def test_another_clinics_patient_is_not_booked(charlie, client_of, three, visit):
    assert "3 of those ticked" in text_of(client_of(charlie).post(URL, sent(three, **visit)))
    assert not Appointment.objects.exists()


# The whole list ----------------------------------------------------------------------------------


def test_the_whole_list_is_booked_once_its_number_was_confirmed(
    clara, client_of, three, visit, day
):
    make.contact_wish(three[0], day(-1))
    overdue(three[0], on=day(-40))
    client, address = client_of(clara), f"{URL}?bucket=overdue"
    asked = client.post(address, sent(**visit, whole_list="yes"))
    assert not Appointment.objects.exists()
    assert (asked.context["whole"].count, asked.context["whole"].left_out) == (2, 1)
    assert "Of this list 2 would be booked. 1 would be left out" in text_of(asked)
    assert "Book for all 2" in text_of(asked)
    done = client.post(address, sent(**visit, whole_list="yes", whole_list_count="2"))
    assert done.status_code == 302
    assert {row.patient for row in Appointment.objects.all()} == set(three[1:])


def test_a_list_that_has_changed_is_asked_about_again(clara, client_of, three, visit):
    data = sent(**visit, whole_list="yes", whole_list_count="2")
    answer = client_of(clara).post(f"{URL}?bucket=overdue", data)
    assert answer.context["whole"].count == 3
    assert not Appointment.objects.exists()


def test_the_whole_list_goes_beyond_the_page(clara, client_of, three, visit, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 2)
    data = sent(**visit, whole_list="yes", whole_list_count="3")
    assert client_of(clara).post(f"{URL}?bucket=overdue", data).status_code == 302
    assert Appointment.objects.count() == 3


def test_too_long_a_list_is_narrowed_first(clara, client_of, three, visit, monkeypatch):
    monkeypatch.setattr(view, "MOST_AT_ONCE", 2)
    data = sent(**visit, whole_list="yes", whole_list_count="3")
    answer = client_of(clara).post(f"{URL}?bucket=overdue", data)
    assert "at most 2 are booked at once" in text_of(answer)
    assert not Appointment.objects.exists()


def test_an_empty_list_books_nobody(clara, client_of, three, visit):
    answer = client_of(clara).post(f"{URL}?bucket=declined", sent(**visit, whole_list="yes"))
    assert answer.status_code == 200
    assert not Appointment.objects.exists()


def test_who_may_not_book_has_neither_ticks_nor_a_form(
    client_of, clinic_north, three, django_user_model, alice
):
    grant_membership(
        user=(nobody := django_user_model.objects.create_user("nele")),
        clinic=clinic_north,
        roles=[Role.AUDITOR],
        by=None,
    )
    assert client_of(nobody).post(URL, sent(three)).status_code == 403
    assert 'id="ticked"' in client_of(alice).get(URL, {"bucket": "overdue"}).text


def test_what_is_to_correct_or_to_confirm_stands_above_the_list(
    clara, client_of, three, visit, day
):
    client = client_of(clara)
    whole = sent(whole_list="yes", **visit)
    wrong = sent(three, **visit | {"planned_on": "nonsense"})
    for typed in (whole, wrong):
        answer = client.post(f"{URL}?bucket=overdue", typed)
        assert answer.text.index('id="ticked"') < answer.text.index("<table")
        assert answer.text.count('id="ticked"') == 1
    assert "nonsense" in answer.text
    assert not Appointment.objects.exists()
