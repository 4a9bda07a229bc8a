"""Quick acts on an appointment, booking several at once, letters noted as sent."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from followup.actions import (
    RowsRefused,
    attend_appointment,
    book_appointments,
    cancel_appointment,
    miss_appointment,
    move_appointment,
    record_letters_sent,
)
from followup.models import Appointment, ContactAttempt
from followup.record_kinds import KINDS
from patients.actions import mark_deceased
from patients.days import spoken
from patients.writing import StaleRecord
from tests.factories import records as make

STATUS = Appointment.Status
PAGES = ("attended", "missed", "cancel", "move")


@pytest.fixture
def past(patient, day):
    return make.appointment(patient, day(-2))


@pytest.fixture
def ahead(patient, day):
    return make.appointment(patient, day(20), place="Room 4", planned_time=time(10, 30))


@pytest.fixture
def act(alice, clinic_north):
    """`act(attend_appointment, row)`: Alice does it to the row as she read it."""

    def done(verb, row, **values):
        return verb(
            by=alice,
            clinic=clinic_north,
            appointment=Appointment.objects.select_related("patient").get(pk=row.pk),
            **{"expected_version": row.version} | values,
        )

    return done


def url_of(page, row):
    return reverse(f"followup:appointment-{page}", args=[row.public_id])


def text_of(answer):
    return " ".join(answer.content.decode().split())


CANCELLED = {"cancelled_by": "patient", "comment": "has a cold"}


# --- The acts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "status", "reason"),
    [
        (attend_appointment, STATUS.ATTENDED, "attended"),
        (miss_appointment, STATUS.MISSED, "did not come"),
    ],
)
def test_what_became_of_it_is_noted_with_history_and_audit(act, alice, past, verb, status, reason):
    row = act(verb, past)
    assert (row.status, row.version) == (status, 2)
    newest = row.history.latest()
    assert (newest.history_change_reason, newest.history_user) == (reason, alice)
    assert AuditEvent.objects.filter(
        action=AuditAction.CHANGE, record_id=str(row.public_id), actor_id=alice.pk
    ).exists()


@pytest.mark.parametrize("verb", [attend_appointment, miss_appointment])
def test_what_lies_ahead_has_no_outcome(act, ahead, verb):
    with pytest.raises(ValidationError, match="has not come yet"):
        act(verb, ahead)


@pytest.mark.parametrize("verb", [attend_appointment, miss_appointment])
def test_an_appointment_of_today_has_an_outcome(act, patient, day, verb):
    assert act(verb, make.appointment(patient, day(0))).status != STATUS.PLANNED


def test_one_is_cancelled_by_somebody(act, ahead):
    row = act(cancel_appointment, ahead, **CANCELLED)
    assert (row.status, row.cancelled_by, row.comment) == (
        STATUS.CANCELLED,
        "patient",
        "has a cold",
    )


def test_one_is_moved_and_its_former_day_stays_in_the_history(act, ahead, day):
    row = act(move_appointment, ahead, planned_on=day(30), planned_time=None, place="")
    assert (row.planned_on, row.planned_time, row.status) == (day(30), None, STATUS.PLANNED)
    assert row.history.earliest().planned_on == day(20)


def test_nothing_is_moved_beyond_a_death(act, alice, clinic_north, patient, past, day):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=day(-1), reason="told"
    )
    with pytest.raises(ValidationError, match="nothing is planned after it"):
        act(move_appointment, past, planned_on=day(3), planned_time=None, place="")


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        (attend_appointment, {}),
        (miss_appointment, {}),
        (cancel_appointment, CANCELLED),
        (move_appointment, {"planned_time": None, "place": ""}),
    ],
)
def test_each_act_refuses_what_was_read_before_another_change(act, past, day, verb, values):
    if verb is move_appointment:
        values = values | {"planned_on": day(9)}
    act(move_appointment, past, planned_on=day(-1), planned_time=None, place="Room 9")
    with pytest.raises(StaleRecord):
        act(verb, past, **values)
    with pytest.raises(StaleRecord):
        act(verb, past, **values, expected_version=None)
    past.refresh_from_db()
    assert (past.version, past.place, past.status) == (2, "Room 9", STATUS.PLANNED)


def test_what_became_of_it_is_said_once(act, past):
    act(attend_appointment, past)
    past.refresh_from_db()
    with pytest.raises(ValidationError, match="not planned any more: attended"):
        act(miss_appointment, past)


# --- Their pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_require_login_and_hide_other_clinics(client, charlie, client_of, past, page):
    assert client.get(url_of(page, past)).status_code == 302
    stranger = client_of(charlie)
    assert stranger.get(url_of(page, past)).status_code == 404
    assert stranger.post(url_of(page, past), {"version": "1"}).status_code == 404
    past.refresh_from_db()
    assert past.version == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_link_asks_once(clara, client_of, past, page):
    answer = client_of(clara).get(url_of(page, past))
    assert answer.status_code == 200
    assert "Visit for" in text_of(answer)
    past.refresh_from_db()
    assert past.version == 1


@pytest.mark.parametrize(("page", "words"), [("attended", "attended"), ("missed", "did not come")])
def test_a_clerk_notes_what_became_of_it(clara, client_of, past, page, words):
    client = client_of(clara)
    answer = client.post(url_of(page, past), {"version": "1"}, follow=True)
    assert words in text_of(answer)
    past.refresh_from_db()
    assert past.get_status_display() == words


def test_one_is_led_back_to_the_list(clara, client_of, past):
    url = f"{url_of('attended', past)}?back=/recall/"
    assert client_of(clara).post(url, {"version": "1"}).headers["Location"] == "/recall/"


@pytest.mark.parametrize("data", [{}, {"version": "7"}, {"version": "x"}])
def test_an_outcome_without_the_version_that_was_read_saves_nothing(clara, client_of, past, data):
    answer = client_of(clara).post(url_of("attended", past), data, follow=True)
    assert "please look at it again" in text_of(answer)
    past.refresh_from_db()
    assert past.status == STATUS.PLANNED


def test_an_outcome_of_what_lies_ahead_is_refused_in_words(clara, client_of, ahead):
    answer = client_of(clara).post(url_of("attended", ahead), {"version": "1"}, follow=True)
    assert "has not come yet" in text_of(answer)


def test_cancelling_asks_by_whom(nina, client_of, ahead):
    client, url = client_of(nina), url_of("cancel", ahead)
    assert client.get(url).context["form"]["cancelled_by"].value() == ""
    refused = client.post(url, {"version": "1", "comment": "cold", "save": "save"})
    assert "cancelled_by" in refused.context["form"].errors
    assert "cold" in text_of(refused)
    answer = client.post(url, {"version": "1", **CANCELLED, "save": "save"}, follow=True)
    assert "cancelled" in text_of(answer)
    assert "by the" not in text_of(answer) or "patient" in text_of(answer)


def test_moving_keeps_what_is_typed_and_refuses_the_same_day(nina, client_of, ahead, day):
    client, url = client_of(nina), url_of("move", ahead)
    same = {"version": "1", "planned_on": str(day(20)), "planned_time": "10:30", "place": "Room 4"}
    refused = client.post(url, same | {"save": "save"})
    assert "recorded already" in text_of(refused)
    unread = client.post(url, same | {"planned_on": "31.2.2127", "save": "save"})
    assert "31.2.2127" in text_of(unread)
    over = client.post(url, same | {"planned_on": str(day(-3)), "save": "save"})
    assert "is over. Did you mean a later day?" in text_of(over)
    answer = client.post(url, same | {"planned_on": str(day(27)), "save": "save"}, follow=True)
    assert f"Visit for {spoken(day(27))}" in text_of(answer)


def test_two_people_at_one_appointment_overwrite_nothing(alice, clara, client_of, ahead, act, day):
    act(move_appointment, ahead, planned_on=day(40), planned_time=None, place="Room 9")
    data = {"version": "1", "planned_on": str(day(27)), "place": "", "save": "save"}
    answer = client_of(clara).post(url_of("move", ahead), data)
    assert answer.status_code == 409
    assert f"it now reads: Visit for {spoken(day(40))}" in text_of(answer)
    assert answer.context["form"]["planned_on"].value() == str(day(27))
    again = client_of(clara).post(url_of("move", ahead), data | {"version": "2"})
    assert again.status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_one_that_is_planned_no_more_takes_no_act(act, clara, client_of, past, page):
    act(attend_appointment, past)
    answer = client_of(clara).post(url_of(page, past), {"version": "2"}, follow=True)
    assert "It was said already" in text_of(answer)
    assert answer.redirect_chain[-1][0] == KINDS["appointment"].page_url(past)


# --- Several at once -----------------------------------------------------------------------------


@pytest.fixture
def three(clinic_north):
    return [make.patient_of(clinic_north) for _ in range(3)]


def test_several_are_booked_for_one_day(alice, clinic_north, three, day):
    booked = [(patient, clinic_north) for patient in three]
    made = book_appointments(by=alice, booked=booked, kind="echo", planned_on=day(9), place="Lab")
    assert len(made) == 3
    rows = Appointment.objects.filter(planned_on=day(9), kind="echo", place="Lab")
    assert {row.patient for row in rows} == set(three)
    assert {row.booked_on for row in rows} == {day(0)}


def test_patients_of_two_clinics_are_booked_in_one_act(
    alice, clinic_north, clinic_south, three, day
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    far = make.patient_of(clinic_south)
    booked = [(three[0], clinic_north), (far, clinic_south)]
    book_appointments(by=alice, booked=booked, kind="visit", planned_on=day(9))
    clinics = AuditEvent.objects.filter(action=AuditAction.CREATE, record_kind="appointment")
    assert {event.clinic_id for event in clinics} == {clinic_north.pk, clinic_south.pk}


@pytest.mark.parametrize("what", ["booked", "letters"])
def test_patients_of_two_clinics_are_locked_in_one_order(
    alice, clinic_north, clinic_south, day, what
):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    far, near = make.patient_of(clinic_south), make.patient_of(clinic_north)
    pairs = [(near, clinic_north), (far, clinic_south)]
    with CaptureQueriesContext(connection) as captured:
        if what == "booked":
            book_appointments(by=alice, booked=pairs, kind="visit", planned_on=day(9))
        else:
            record_letters_sent(by=alice, sent=pairs)
    first = next(q["sql"] for q in captured if 'FROM "patients_patient"' in q["sql"])
    assert f"IN ({far.pk}, {near.pk}) ORDER BY" in first


def test_all_are_booked_or_none(alice, clinic_north, clinic_south, three, day):
    dead, silent, twice = three
    far = make.patient_of(clinic_south)
    mark_deceased(by=alice, clinic=clinic_north, patient=dead, deceased_on=day(-9), reason="told")
    make.contact_wish(silent, day(-1))
    make.appointment(twice, day(30), "echo")
    booked = [(each, clinic_north) for each in three]
    with pytest.raises(RowsRefused) as refusal:
        book_appointments(
            by=alice, booked=[(far, clinic_south), *booked], kind="echo", planned_on=day(9)
        )
    reasons = refusal.value.reasons
    assert set(reasons) == {each.pk for each in three}
    assert "Died on" in reasons[dead.pk]
    assert "Does not wish to be contacted" in reasons[silent.pk]
    assert "planned already" in reasons[twice.pk]
    assert Appointment.objects.count() == 1


def test_letters_are_noted_as_sent_once(alice, clinic_north, three, day):
    sent = [(patient, clinic_north) for patient in three]
    assert len(record_letters_sent(by=alice, sent=sent, next_try_on=day(14))) == 3
    assert record_letters_sent(by=alice, sent=sent, next_try_on=day(14)) == []
    row = ContactAttempt.objects.filter(patient=three[0]).get()
    assert (row.channel, row.outcome, row.attempted_on, row.next_try_on) == (
        "letter",
        "message_left",
        day(0),
        day(14),
    )


@pytest.mark.parametrize("wish", ["none", "telephone_only"])
def test_no_letter_is_noted_for_who_wants_none(alice, clinic_north, three, day, wish):
    make.contact_wish(three[1], day(-9), "any")
    make.contact_wish(three[1], day(-1), wish)
    sent = [(patient, clinic_north) for patient in three]
    with pytest.raises(RowsRefused):
        record_letters_sent(by=alice, sent=sent)
    assert not ContactAttempt.objects.exists()
