"""The call list: who is on it, in which order, what each row says; booking several; the file."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from followup.models import Appointment, Standing
from guidelines.pathway import Bucket
from patients.actions import end_registration, mark_deceased
from patients.days import spoken
from patients.models import Patient, Registration
from tests.factories import records as make

URL = "/recall/"
MOST_QUERIES = 15


@pytest.fixture
def day(clinic_north):
    """`day(-3)`: three days before the clinic's today."""
    return lambda days=0: clinic_north.today() + timedelta(days=days)


def stand(patient, **values):
    """Set what the patient's standing says; every later write to the record computes it anew."""
    Standing.objects.filter(patient=patient).update(**values)


def not_due(*patients):
    """Nothing is due for them, so that only what the test is about puts them on the list."""
    for patient in patients:
        stand(patient, due_by_on=None, due_words="", bucket=Bucket.UP_TO_DATE.value)


@pytest.fixture
def due(clinic_north, day):
    """`due("Rossi", -40)`: a patient whose visit was due 40 days ago."""

    def made(name, days=-40, *, clinic=clinic_north, bucket=None, **person):
        patient = make.patient_of(clinic, family_name=name, **person)
        now = bucket or (Bucket.OVERDUE if days < 0 else Bucket.DUE)
        stand(patient, due_by_on=day(days), due_words="Visit with echo", bucket=now.value)
        return patient

    return made


def names_on(answer):
    return [row.patient.family_name for row in answer.context["rows"]]


def text_of(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def listed(clara, client_of):
    """The family names on the list as the clerk sees it."""
    return lambda query="", user=clara: names_on(client_of(user).get(URL + query))


# --- Who is on it --------------------------------------------------------------------------------


def test_it_works(clara, client_of, due, day):
    due("Rossi", -40, telephone="+33 1 99 00 00 09", record_number="HV-1")
    page = text_of(client_of(clara).get(URL))
    assert "1 to be called" in page
    for words in (
        "HV-1",
        "+33 1 99 00 00 09",
        "Visit with echo",
        "40 days overdue",
        spoken(day(-40)),
    ):
        assert words in page
    assert "Note a contact" in page
    assert "Book" in page


def test_it_requires_login(client):
    assert client.get(URL).status_code == 302


@pytest.mark.parametrize("name", ["rita", "otto", "ada"])
def test_who_may_not_open_patients_has_no_list(request, client_of, name):
    client = client_of(request.getfixturevalue(name))
    assert client.get(URL).status_code == 403
    assert "Recall</a>" not in client.get("/").text


def test_it_hides_other_clinics(charlie, listed, due):
    due("Rossi")
    assert listed(user=charlie) == []


def test_the_longest_overdue_come_first_and_those_without_a_date_last(
    listed, due, clinic_north, day
):
    due("Bianchi", 10)
    due("Rossi", -3)
    due("Verdi", -300)
    other = make.patient_of(clinic_north, family_name="Neri")
    make.contact(other, day(-5), next_try_on=day(-1))
    not_due(other)
    assert listed() == ["Verdi", "Rossi", "Bianchi", "Neri"]


@pytest.mark.parametrize(
    ("bucket", "is_on"),
    [
        (Bucket.DUE, True),
        (Bucket.OVERDUE, True),
        (Bucket.LOST, True),
        (Bucket.AWAITING_DECISION, True),
        (Bucket.AWAITING_INTERVENTION, True),
        (Bucket.FIRST_ASSESSMENT, True),
        (Bucket.UP_TO_DATE, True),
        (Bucket.BOOKED, False),
        (Bucket.ACUTE, False),
        (Bucket.MOVED, False),
        (Bucket.DECLINED, False),
        (Bucket.DISCHARGED, False),
    ],
)
def test_what_is_over_is_called_whatever_else_the_pathway_says_first(listed, due, bucket, is_on):
    due("Rossi", -40, bucket=bucket)
    assert listed() == (["Rossi"] if is_on else [])


def test_what_is_not_due_yet_is_not_called(listed, due):
    due("Rossi", 200, bucket=Bucket.UP_TO_DATE)
    due("Verdi", 10, bucket=Bucket.AWAITING_DECISION)
    assert listed() == []


def test_a_patient_without_a_standing_breaks_nothing(listed, clinic_north, day):
    patient = make.patient_of(clinic_north, family_name="Rossi")
    make.contact(patient, day(-5), next_try_on=day(0))
    Standing.objects.all().delete()
    assert listed() == ["Rossi"]


def test_the_last_contact_decides_on_another_try(listed, clinic_north, day):
    first, later, old = (
        make.patient_of(clinic_north, family_name=name) for name in ("Today", "Later", "Old")
    )
    make.contact(first, day(-5), next_try_on=day(0))
    make.contact(later, day(-5), next_try_on=day(1))
    make.contact(old, day(-9), next_try_on=day(-5))
    make.contact(old, day(-5), "reached")
    not_due(first, later, old)
    assert listed() == ["Today"]


def test_a_booking_since_answers_the_try(listed, clinic_north, day):
    booked, came, before = (
        make.patient_of(clinic_north, family_name=name) for name in ("Booked", "Came", "Before")
    )
    for patient in (booked, came, before):
        make.contact(patient, day(-5), next_try_on=day(-1))
    make.appointment(booked, day(20), booked_on=day(-3))
    make.appointment(came, day(-2), booked_on=day(-9), status="attended")
    make.appointment(before, day(90), booked_on=day(-60))
    not_due(booked, came, before)
    assert listed() == ["Before"]


def test_who_declined_is_not_tried_again(listed, clinic_north, day):
    patient = make.patient_of(clinic_north, family_name="Rossi")
    make.contact(patient, day(-5), next_try_on=day(-1))
    stand(patient, bucket=Bucket.DECLINED.value)
    assert listed() == []


def test_an_appointment_without_an_outcome_is_asked_about(clara, client_of, clinic_north, day):
    patient = make.patient_of(clinic_north, family_name="Rossi")
    row = make.appointment(patient, day(-2))
    missed, coming = make.patient_of(clinic_north), make.patient_of(clinic_north)
    make.appointment(missed, day(-2), status="missed")
    make.appointment(coming, day(2))
    not_due(patient, missed, coming)
    client = client_of(clara)
    page = client.get(URL)
    assert names_on(page) == ["Rossi"]
    assert "no outcome yet" in text_of(page)
    url = reverse("followup:appointment-missed", args=[row.public_id])
    assert f'formaction="{url}?back=%2Frecall%2F"' in page.text
    answer = client.post(f"{url}?back=%2Frecall%2F", {"version": row.version})
    assert answer.headers["Location"] == URL
    not_due(patient)
    assert names_on(client.get(URL)) == []


def test_the_dead_and_those_who_left_are_not_on_it(listed, due, alice, clinic_north, day):
    dead, gone = due("Dead"), due("Gone")
    mark_deceased(by=alice, clinic=clinic_north, patient=dead, deceased_on=day(-1), reason="told")
    registration = Registration.objects.get(patient=gone)
    end_registration(by=alice, registration=registration, until_on=day(-1), because="moved")
    Standing.objects.update(bucket="overdue", due_by_on=day(-40))
    assert listed() == []


def test_who_wants_no_contact_stands_apart(clara, client_of, due, day):
    silent = due("Rossi")
    make.contact_wish(silent, day(-3))
    stand(silent, bucket="overdue", due_by_on=day(-40))
    due("Verdi")
    client = client_of(clara)
    page = client.get(URL)
    assert names_on(page) == ["Verdi"]
    assert "Do not contact: 1" in text_of(page)
    assert "Rossi" in text_of(page)
    apart = client.get(f"{URL}?wish=none")
    assert names_on(apart) == ["Rossi"]
    assert 'name="patient"' not in apart.text


def test_a_wish_taken_back_or_struck_counts_no_more(listed, due, alice, day):
    back, struck = due("Back"), due("Struck")
    make.contact_wish(back, day(-9))
    make.contact_wish(back, day(-3), "any")
    make.strike(make.contact_wish(struck, day(-3)), by=alice)
    for patient in (back, struck):
        stand(patient, bucket="overdue", due_by_on=day(-40))
    assert sorted(listed()) == ["Back", "Struck"]


def test_who_wants_letters_only_shows_no_telephone(clara, client_of, due, day):
    patient = due("Rossi", telephone="+33 1 99 00 00 09")
    make.contact_wish(patient, day(-3), "letter_only")
    stand(patient, bucket="overdue", due_by_on=day(-40))
    page = text_of(client_of(clara).get(URL))
    assert "+33 1 99 00 00 09" not in page
    assert "do not telephone" in page
    assert "by letter only" in page


# --- Filters and pages ---------------------------------------------------------------------------


def test_the_filters_narrow_it(listed, due, clinic_north, day):
    due("Overdue", -3)
    due("Due", 10)
    again = make.patient_of(clinic_north, family_name="Again")
    make.contact(again, day(-5), next_try_on=day(-1))
    open_ = make.patient_of(clinic_north, family_name="Open")
    make.appointment(open_, day(-2))
    not_due(again, open_)
    waiting = due("Waiting", -9)
    make.contact(waiting, day(-5), next_try_on=day(5))
    stand(waiting, bucket="overdue", due_by_on=day(-9))
    assert listed("?why=overdue") == ["Waiting", "Overdue"]
    assert listed("?why=due") == ["Due"]
    assert listed("?why=again") == ["Again"]
    assert listed("?why=outcome") == ["Open"]
    assert "Waiting" not in listed("?why=now")
    assert len(listed("?why=now")) == 4


def test_an_unknown_filter_narrows_nothing_and_is_named(clara, client_of, due):
    due("Rossi")
    answer = client_of(clara).get(f"{URL}?why=x&clinic=y&page=z")
    assert names_on(answer) == ["Rossi"]
    assert "Not one of the choices" in text_of(answer)


def test_two_clinics_are_named_and_narrowed(alice, client_of, due, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    due("Rossi")
    due("Smith", clinic=clinic_south)
    client = client_of(alice)
    page = client.get(URL)
    assert sorted(names_on(page)) == ["Rossi", "Smith"]
    assert "(South Valve Clinic)" in text_of(page)
    assert names_on(client.get(f"{URL}?clinic=south")) == ["Smith"]


def test_it_has_pages_of_fifty(clara, client_of, due):
    for number in range(52):
        due(f"Name{number:02}", -100 + number)
    client = client_of(clara)
    assert "1–50 of 52 patients" in text_of(client.get(URL))
    assert names_on(client.get(f"{URL}?page=2")) == ["Name50", "Name51"]


@pytest.mark.parametrize("number", [2, 40])
def test_its_queries_do_not_grow_with_the_list(clara, client_of, due, day, number):
    for turn in range(number):
        patient = due(f"Name{turn:02}")
        make.contact(patient, day(-5))
        make.appointment(patient, day(-2))
        make.appointment(patient, day(20), "echo")
        make.contact_wish(patient, day(-2), "none" if turn % 5 == 1 else "telephone_only")
    Standing.objects.update(bucket="overdue", due_by_on=day(-40))
    client = client_of(clara)
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(URL)
    assert names_on(answer)
    assert len(queries) <= MOST_QUERIES, [each["sql"][:120] for each in queries]


# --- Several at once -----------------------------------------------------------------------------


@pytest.fixture
def three(due):
    return [due(name) for name in ("Bianchi", "Rossi", "Verdi")]


def ticks(patients, **typed):
    return {"patient": [str(each.public_id) for each in patients], **typed}


def test_several_are_booked(clara, client_of, three, day):
    data = ticks(three, kind="echo", planned_on=str(day(9)), planned_time="9.30", book="yes")
    answer = client_of(clara).post(URL, data, follow=True)
    assert f"3 appointments booked for {spoken(day(9))}" in text_of(answer)
    rows = Appointment.objects.all()
    assert {row.patient for row in rows} == set(three)
    assert {row.entered_by.username for row in rows} == {"clara"}


def test_all_are_booked_or_none_with_the_reason_beside_the_row(clara, client_of, three, day):
    make.appointment(three[1], day(20), "echo")
    Standing.objects.update(bucket="overdue", due_by_on=day(-40))
    data = ticks(three, kind="echo", planned_on=str(day(9)), place="Lab", book="yes")
    answer = client_of(clara).post(URL, data)
    errors = {row.patient.family_name: row.error for row in answer.context["rows"]}
    assert "planned already" in errors["Rossi"]
    assert errors["Bianchi"] == errors["Verdi"] == ""
    assert [row.is_ticked for row in answer.context["rows"]] == [True] * 3
    assert "Nothing was booked" in text_of(answer)
    assert 'value="Lab"' in answer.text
    assert Appointment.objects.count() == 1


def test_a_refused_patient_who_left_the_list_is_named_above_it(clara, client_of, three, day):
    make.appointment(three[1], day(20), "echo")
    stand(three[1], bucket="booked")
    data = ticks(three, kind="echo", planned_on=str(day(9)), book="yes")
    answer = client_of(clara).post(URL, data)
    assert names_on(answer) == ["Bianchi", "Verdi"]
    (row,) = answer.context["refused_elsewhere"]
    assert row.patient == three[1]
    assert row.error in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "box", "words"),
    [
        ({"planned_on": "31.2.2127"}, "planned_on", "There is no day"),
        ({"planned_on": "1 Jan 2020"}, "planned_on", "is over"),
        ({"planned_on": "1 Jan 2090"}, "planned_on", "more than five years ahead"),
        ({"planned_on": ""}, "planned_on", "required"),
        ({"kind": ""}, "kind", "required"),
        ({"planned_time": "late"}, "planned_time", "not a time"),
    ],
)
def test_bad_input_is_refused_beside_its_box_and_keeps_the_ticks(
    clara, client_of, three, day, typed, box, words
):
    data = ticks(three, kind="echo", planned_on=str(day(9)), book="yes") | typed
    answer = client_of(clara).post(URL, data)
    assert words in str(answer.context["form"].errors[box])
    assert all(row.is_ticked for row in answer.context["rows"])
    assert f'value="{typed.get("planned_on", day(9))}"' in answer.text
    # The page opens at its top: the boxes are there, not under fifty rows.
    assert answer.text.index('id="ticked"') < answer.text.index("<table")
    assert answer.text.count('id="ticked"') == 1
    assert not Appointment.objects.exists()


def test_enter_in_a_box_books_nothing(clara, client_of, three, day):
    data = ticks(three, kind="echo", planned_on=str(day(9)), check="yes")
    assert client_of(clara).post(URL, data).status_code == 200
    assert not Appointment.objects.exists()


def test_nobody_is_ticked(clara, client_of, three, day):
    data = {"kind": "echo", "planned_on": str(day(9)), "book": "yes", "patient": ["x"]}
    assert "Tick the patients" in text_of(client_of(clara).post(URL, data))


def test_a_patient_of_another_clinic_or_one_who_died_books_nobody(
    clara, alice, client_of, three, clinic_north, clinic_south, day
):
    far = make.patient_of(clinic_south)
    mark_deceased(
        by=alice, clinic=clinic_north, patient=three[0], deceased_on=day(-1), reason="told"
    )
    data = ticks([*three, far], kind="echo", planned_on=str(day(9)), book="yes")
    answer = client_of(clara).post(URL, data)
    assert "2 of those ticked died or is not followed here" in text_of(answer)
    assert not Appointment.objects.exists()


def test_who_wants_no_contact_is_not_booked_from_here(clara, client_of, three, day):
    make.contact_wish(three[0], day(-1))
    data = ticks(three, kind="echo", planned_on=str(day(9)), book="yes")
    assert "Does not wish to be contacted" in text_of(client_of(clara).post(URL, data))
    assert not Appointment.objects.exists()


# --- The file ------------------------------------------------------------------------------------


def rows_in(answer):
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_the_file_holds_what_is_shown(alice, client_of, due, day):
    rossi = due("Rossi", -3, record_number="HV-1", telephone="+33 1 99")
    make.contact(rossi, day(-2), next_try_on=day(5))
    make.appointment(rossi, day(70), booked_on=day(-1))
    stand(rossi, bucket="overdue", due_by_on=day(-3), due_words="=Visit")
    silent = due("Silent", -30)
    make.contact_wish(silent, day(-3))
    due("Verdi", 10)
    Standing.objects.filter(patient=silent).update(bucket="overdue", due_by_on=day(-30))
    answer = client_of(alice).get("/recall/recall.csv?why=overdue")
    (row,) = rows_in(answer)
    assert row["clinic"] == "north"
    assert row["record_number"] == "HV-1"
    assert row["family_name"] == "Rossi"
    # What a spreadsheet program would run stays text.
    assert row["telephone"] == "'+33 1 99"
    assert row["due"] == "'=Visit"
    assert row["due_by_on"] == day(-3).isoformat()
    assert row["bucket_label"] == "Overdue"
    assert row["last_contact_outcome"] == "no_answer"
    assert row["try_again_on"] == day(5).isoformat()
    assert row["next_appointment_on"] == day(70).isoformat()
    event = AuditEvent.objects.get(action=AuditAction.EXPORT)
    assert (event.actor_id, event.record_kind, event.counts) == (alice.pk, "recall", {"rows": 1})


@pytest.mark.parametrize("name", ["nina", "clara", "rita"])
def test_who_may_not_export_gets_no_file_and_no_link(request, client_of, due, name):
    due("Rossi")
    client = client_of(request.getfixturevalue(name))
    assert client.get("/recall/recall.csv").status_code == 403
    assert "recall.csv" not in client.get(URL).text


def test_the_file_hides_other_clinics(charlie, client_of, due):
    due("Rossi")
    assert rows_in(client_of(charlie).get("/recall/recall.csv")) == []


def test_it_leaves_no_row_out_where_a_patient_is_in_two_clinics(
    alice, client_of, due, clinic_south, day
):
    from patients.actions import register_in_clinic

    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    patient = due("Rossi")
    register_in_clinic(
        by=alice, patient=patient, clinic=clinic_south, record_number="S-1", from_on=day(-1)
    )
    stand(patient, bucket="overdue", due_by_on=day(-40))
    assert len(rows_in(client_of(alice).get("/recall/recall.csv"))) == 1
    assert Patient.objects.count() == 1
