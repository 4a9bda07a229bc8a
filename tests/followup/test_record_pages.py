"""The pages of every kind of record of this floor: enter, read, change, strike, list."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Action
from followup.models import Appointment, ContactAttempt, FollowUpEnd, Referral, Standing
from followup.record_kinds import KINDS
from patients.actions import mark_deceased, record
from patients.days import spoken
from patients.models import ClinicalRecord
from patients.record_sheet import BOOKKEEPING, names_of
from tests.factories import records as make

SLUGS = sorted(KINDS)
TYPED = {
    "appointment": {
        "kind": "visit",
        "planned_on": "3 Mar 2124",
        "planned_time": "10.30",
        "place": "Room 4",
        "booked_on": "3 Mar 2024",
    },
    "contact": {
        "outcome": "no_answer",
        "channel": "telephone",
        "attempted_on": "3 Mar 2024",
        "next_try_on": "10 Mar 2024",
    },
    "contact-wish": {"wish": "letter_only", "stated_on": "3 Mar 2024"},
    "follow-up-end": {"kind": "declined", "ended_on": "3 Mar 2024", "reasons": "wants no more"},
    "referral": {"question": "Repair?", "urgency": "soon", "referred_on": "3 Mar 2024"},
}
KEPT_AS = {"10.30": "10:30"}
WRONG = {
    "appointment": ("planned_on", "31.2.2124"),
    "contact": ("next_try_on", "2 Mar 2024"),
    "contact-wish": ("stated_on", "2124-01-01"),
    "follow-up-end": ("ended_on", "soon"),
    "referral": ("referred_on", "2124-01-01"),
}
CHANGED = {
    "appointment": {"place": "Room 5"},
    "contact": {"outcome": "reached"},
    "contact-wish": {"wish": "none"},
    "follow-up-end": {"reasons": "moves abroad"},
    "referral": {"question": "Repair or clips?"},
}
WORDS = {
    "appointment": "Room 5",
    "contact": "reached",
    "contact-wish": "do not contact",
    "follow-up-end": "moves abroad",
    "referral": "Repair or clips?",
}


@pytest.fixture(params=SLUGS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def typed(kind):
    return dict(TYPED[kind.slug])


@pytest.fixture
def row(kind, typed, patient, clinic_north, alice):
    form = kind.form(typed, patient=patient, today=clinic_north.today())
    assert form.is_valid(), form.errors
    return record(form.save(commit=False), by=alice, clinic=clinic_north)


def as_sent(form, **typed):
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)} | typed


def text_of(answer):
    return " ".join(answer.content.decode().split())


def stand(patient, **values):
    """Set what the patient's standing says."""
    Standing.objects.filter(patient=patient).update(**values)


def concern(kind, words):
    return {"kind": kind, "words": words, "act": "", "since": None, "weight": 0}


def test_every_clinical_model_of_this_floor_has_its_pages():
    models = {
        model
        for model in apps.get_app_config("followup").get_models()
        if issubclass(model, ClinicalRecord) and not hasattr(model, "instance_type")
    }
    assert models == {kind.model for kind in KINDS.values()}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_column_is_read_and_entered(kind):
    columns = {column.name for column in kind.model._meta.concrete_fields}
    shown = set(names_of(kind.form)).union(*kind.form.combined.values())
    assert columns - shown == BOOKKEEPING & columns
    named = [name for chapter in kind.form.chapters for name in chapter.names]
    assert sorted(named) == sorted(set(kind.form.base_fields) - {"version"})


def test_who_may_what():
    assert {slug: kind.action for slug, kind in KINDS.items()} == {
        "appointment": Action.RECALL,
        "contact": Action.RECALL,
        "contact-wish": Action.RECALL,
        "follow-up-end": Action.DECIDE,
        "referral": Action.ENTER_CLINICAL,
    }


# --- The pages -----------------------------------------------------------------------------------


def test_it_works(alice, client_of, kind, typed, patient):
    client = client_of(alice)
    answer = client.post(kind.add_url(patient), {**typed, "save": "save"})
    assert answer.status_code == 302, answer.context["form"].errors
    row = kind.model.objects.get()
    assert (row.patient, row.entered_by, row.version) == (patient, alice, 1)
    again = kind.form(instance=row, patient=patient, today=row.entered_at.date())
    shown = {name: str(again[name].value()) for name in typed}
    assert shown == {name: KEPT_AS.get(value, value) for name, value in typed.items()}
    page = text_of(client.get(kind.page_url(row)))
    assert "first entry" in page
    assert "Entered by Alice" in page


@pytest.mark.parametrize("page", ["list_url", "add_url"])
def test_pages_of_a_patient_require_login_and_hide_other_clinics(
    client, charlie, client_of, kind, patient, page
):
    url = getattr(kind, page)(patient)
    assert client.get(url).status_code == 302
    assert client_of(charlie).get(url).status_code == 404


@pytest.mark.parametrize("page", ["page_url", "edit_url", "strike_url"])
def test_pages_of_a_row_require_login_and_hide_other_clinics(
    client, charlie, client_of, kind, row, page
):
    url = getattr(kind, page)(row)
    assert client.get(url).status_code == 302
    assert client_of(charlie).get(url).status_code == 404


@pytest.mark.parametrize("name", ["nina", "clara"])
def test_roles_enter_what_the_table_allows(request, client_of, kind, typed, patient, name):
    held = {Action.RECALL} if name == "clara" else {Action.RECALL, Action.ENTER_CLINICAL}
    client = client_of(request.getfixturevalue(name))
    answer = client.post(kind.add_url(patient), {**typed, "save": "save"})
    assert answer.status_code == (302 if kind.action in held else 403)


def test_bad_input_is_refused_beside_its_box_and_stays(alice, client_of, kind, typed, patient):
    name, value = WRONG[kind.slug]
    data = {**typed, name: value, "save": "save"}
    answer = client_of(alice).post(kind.add_url(patient), data)
    form = answer.context["form"]
    assert name in form.errors
    assert value in text_of(answer)
    for other, text in typed.items():
        if other != name:
            assert str(form[other].value()) == text
    assert not kind.model.objects.exists()


def test_enter_in_a_box_saves_nothing(alice, client_of, kind, typed, patient):
    answer = client_of(alice).post(kind.add_url(patient), {**typed, "check": "yes"})
    assert "Nothing is saved yet" in text_of(answer)
    assert not kind.model.objects.exists()


def test_a_change_needs_its_reason_and_keeps_the_former_version(alice, client_of, kind, row):
    client = client_of(alice)
    form = client.get(kind.edit_url(row)).context["form"]
    sent = as_sent(form, **CHANGED[kind.slug], save="save")
    assert "Say why this is changed." in text_of(client.post(kind.edit_url(row), sent))
    answer = client.post(kind.edit_url(row), sent | {"reason": "misheard"})
    assert answer.status_code == 302, answer.context["form"].errors
    page = text_of(client.get(kind.page_url(row)))
    assert "misheard" in page
    assert f"<strong>{WORDS[kind.slug]}" in page
    former = client.get(kind.version_url(row, 1))
    assert "You are reading version 1 of 2" in text_of(former)


def test_two_people_at_one_row_overwrite_nothing(alice, bob, client_of, kind, row):
    first, second = client_of(alice), client_of(bob)
    form = second.get(kind.edit_url(row)).context["form"]
    sent = as_sent(form, **CHANGED[kind.slug], save="save")
    assert first.post(kind.edit_url(row), sent | {"reason": "one"}).status_code == 302
    assert second.post(kind.edit_url(row), sent | {"reason": "two"}).status_code in {200, 409}
    row.refresh_from_db()
    assert row.version == 2


def test_a_struck_row_stays_readable(alice, client_of, kind, row, patient):
    client = client_of(alice)
    answer = client.post(kind.strike_url(row), {"version": "1", "reason": "another patient"})
    assert answer.status_code == 302
    assert "another patient" in text_of(client.get(kind.page_url(row)))
    assert "entered in error" in text_of(client.get(kind.list_url(patient)))


def test_the_record_the_timeline_and_the_menu_have_it(alice, client_of, kind, row, patient):
    client = client_of(alice)
    assert kind.page_url(row) in client.get(f"/patients/{patient.public_id}/record").text
    assert kind.page_url(row) in client.get(f"/patients/{patient.public_id}/timeline").text
    assert kind.add_url(patient) in client.get(f"/patients/{patient.public_id}/").text


def test_a_link_leads_back_to_where_one_came_from(nina, client_of, patient):
    kind, client = KINDS["contact"], client_of(nina)
    url = f"{kind.add_url(patient)}?back=/recall/%3Fpage%3D2"
    assert 'href="/recall/?page=2"' in client.get(url).text
    answer = client.post(url, {**TYPED["contact"], "save": "save"})
    assert answer.headers["Location"] == "/recall/?page=2"
    elsewhere = f"{kind.add_url(patient)}?back=//example.org/"
    answer = client.post(elsewhere, {**TYPED["contact"], "comment": "x", "save": "save"})
    assert answer.headers["Location"] == f"/patients/{patient.public_id}/"


# --- Appointments --------------------------------------------------------------------------------


@pytest.fixture
def book(patient, clinic_north):
    """The form for an appointment with what is typed."""

    def booked(instance=None, **typed):
        values = {"kind": "visit", "booked_on": "today"} | typed
        form = KINDS["appointment"].form(
            values, patient=patient, today=clinic_north.today(), instance=instance
        )
        form.is_valid()
        return form

    return booked


def test_an_appointment_is_booked_today_and_asks_for_no_outcome(patient, clinic_north, book, day):
    form = KINDS["appointment"].form(patient=patient, today=clinic_north.today())
    assert form["booked_on"].value() == spoken(clinic_north.today())
    assert "status" not in form.fields
    assert book(planned_on=str(day(10))).errors == {}


def test_a_planned_day_that_is_over_is_asked_about(book, day):
    form = book(planned_on=str(day(-2)), booked_on=str(day(-9)))
    assert "is over. Did you mean a later day?" in str(form.errors["planned_on"])
    confirmed = book(
        planned_on=str(day(-2)), booked_on=str(day(-9)), confirmed=f"past_day:{day(-2)}"
    )
    assert confirmed.errors == {}


def test_a_day_before_the_booking_is_refused(book, day):
    assert "before the day of booking" in str(book(planned_on=str(day(-2))).errors["planned_on"])


def test_a_second_appointment_of_the_same_kind_is_shown_and_asked_about(patient, book, day):
    first = make.appointment(patient, day(20))
    remarks = " ".join(map(str, KINDS["appointment"].remarks_before_entry(patient)))
    assert f"Visit for {spoken(day(20))}" in remarks
    form = book(planned_on=str(day(30)))
    assert "is planned already" in str(form.errors["kind"])
    further = book(planned_on=str(day(30)), confirmed=f"planned_twice:{first.public_id}")
    assert further.errors == {}
    assert book(planned_on=str(day(30)), kind="tee").errors == {}


def test_nothing_is_planned_after_a_death(patient, alice, clinic_north, book, day):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=day(-5), reason="told"
    )
    patient.refresh_from_db()
    form = book(planned_on=str(day(3)), booked_on=str(day(-20)))
    assert "nothing is planned after it" in str(form.errors["planned_on"])


def test_what_lies_ahead_has_no_outcome_yet(patient, book, day):
    row = make.appointment(patient, day(20))
    sent = {"version": "1", "planned_on": str(day(20)), "booked_on": str(day(-10))}
    attended = book(instance=row, status="attended", **sent)
    assert "has not come yet" in str(attended.errors["status"])
    kept = book(instance=row, status="planned", cancelled_by="clinic", **sent)
    assert "It is not cancelled" in str(kept.errors["cancelled_by"])


def test_an_appointment_without_an_outcome_says_so(nina, client_of, patient, day):
    row = make.appointment(patient, day(-3))
    page = text_of(client_of(nina).get(KINDS["appointment"].page_url(row)))
    assert "nobody has said whether the patient came" in page
    for words in ("Attended</a>", "Did not come</a>", "Move to another day</a>", "Cancel</a>"):
        assert words in page


def test_an_appointment_that_lies_ahead_offers_no_outcome(nina, client_of, patient, day):
    row = make.appointment(patient, day(3))
    page = text_of(client_of(nina).get(KINDS["appointment"].page_url(row)))
    assert "Attended</a>" not in page
    assert "Move to another day</a>" in page


# --- Contacts and wishes -------------------------------------------------------------------------


def test_a_contact_is_a_call_of_today_with_the_cursor_on_its_outcome(nina, client_of, patient):
    form = client_of(nina).get(KINDS["contact"].add_url(patient)).context["form"]
    assert form["channel"].value() == ContactAttempt.Channel.TELEPHONE
    assert form["attempted_on"].value() == spoken(form.today)
    assert form.fields["outcome"].widget.attrs["autofocus"] is True


def test_the_wish_stands_above_the_form_of_a_contact(nina, client_of, patient, day):
    make.contact_wish(patient, day(-3))
    for slug in ("contact", "appointment", "contact-wish"):
        page = text_of(client_of(nina).get(KINDS[slug].add_url(patient)))
        assert "do not contact, stated on" in page


def test_the_attempt_before_stands_above_the_form(nina, client_of, patient, day):
    make.contact(patient, day(-3), next_try_on=day(-1))
    page = text_of(client_of(nina).get(KINDS["contact"].add_url(patient)))
    assert f"no answer, try again on {spoken(day(-1))}" in page


# --- Ends of follow-up ---------------------------------------------------------------------------

END = {"kind": "declined", "ended_on": "today", "reasons": "said so twice", "save": "save"}


def test_an_end_needs_a_tick_for_each_alarm(alice, client_of, patient):
    stand(
        patient,
        valve_state="mechanical",
        concerns=[
            concern("class_1", "Class 1: mitral valve surgery"),
            concern("due", "Visit overdue"),
        ],
    )
    kind, client = KINDS["follow-up-end"], client_of(alice)
    page = text_of(client.get(kind.add_url(patient)))
    assert "Stands against ending the follow-up: Class 1: mitral valve surgery; Mechanical" in page
    assert "Visit overdue" not in page
    alarms = [words for words, _ in client.get(kind.add_url(patient)).context["form"].fields[
        "alarms"
    ].choices]  # fmt: skip
    refused = client.post(kind.add_url(patient), END | {"alarms": alarms[:1]})
    assert "Not confirmed yet: Mechanical valve" in text_of(refused)
    assert (
        'value="Class 1: mitral valve surgery" class' in refused.text or "checked" in refused.text
    )
    assert client.post(kind.add_url(patient), END | {"alarms": alarms}).status_code == 302
    assert FollowUpEnd.objects.get().alarms == alarms


def test_an_acute_patient_and_one_without_a_standing_raise_an_alarm(patient, clinic_north):
    form = KINDS["follow-up-end"].form
    stand(patient, is_acute=True)
    acute = form(END, patient=patient, today=clinic_north.today())
    assert "Acute mitral regurgitation stands" in str(acute.errors["alarms"])
    Standing.objects.all().delete()
    unknown = form(END, patient=patient, today=clinic_north.today())
    assert "has not been computed" in str(unknown.errors["alarms"])


def test_an_alarm_that_rose_meanwhile_must_be_confirmed_too(alice, client_of, patient):
    stand(patient, concerns=[concern("danger", "INR 6.1")])
    answer = client_of(alice).post(KINDS["follow-up-end"].add_url(patient), END)
    assert "Not confirmed yet: INR 6.1" in text_of(answer)
    assert not FollowUpEnd.objects.exists()


def test_a_return_confirms_nothing(alice, client_of, patient):
    stand(patient, is_acute=True)
    data = END | {"kind": "returned"}
    answer = client_of(alice).post(KINDS["follow-up-end"].add_url(patient), data)
    assert answer.status_code == 302
    assert FollowUpEnd.objects.get().alarms == []


def test_an_end_needs_its_reasons(alice, client_of, patient):
    data = END | {"reasons": " "}
    answer = client_of(alice).post(KINDS["follow-up-end"].add_url(patient), data)
    assert "reasons" in answer.context["form"].errors


def test_nobody_who_died_is_discharged(alice, client_of, clinic_north, patient, day):
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=day(-5), reason="told"
    )
    data = END | {"ended_on": str(day(-9))}
    answer = client_of(alice).post(KINDS["follow-up-end"].add_url(patient), data)
    assert "nobody calls them any more" in text_of(answer)
    assert not FollowUpEnd.objects.exists()


# --- Referrals -----------------------------------------------------------------------------------


def test_the_question_begins_with_what_the_record_says(alice, client_of, patient):
    stand(patient, concerns=[concern("class_1", "ESC class I"), concern("result", "1 result")])
    form = client_of(alice).get(KINDS["referral"].add_url(patient)).context["form"]
    assert form["question"].value() == "ESC class I. What does the team advise?"


def test_a_referral_is_answered_by_the_next_team_review(alice, client_of, patient, day):
    row = make.referral(patient, day(-10))
    kind, client = KINDS["referral"], client_of(alice)
    assert "has not answered yet" in text_of(client.get(kind.page_url(row)))
    assert "Not answered yet" in text_of(client.get(kind.add_url(patient)))
    make.team_review(patient, day(-11), decision="watch", decision_reason="mild")
    assert "has not answered yet" in text_of(client.get(kind.page_url(row)))
    make.team_review(patient, day(-2), decision="watch", decision_reason="mild")
    assert "Answered by the team’s review" in text_of(client.get(kind.page_url(row)))
    assert "Not answered yet" not in text_of(client.get(kind.add_url(patient)))


def test_a_withdrawal_is_not_before_the_referral(alice, client_of, patient, day):
    row = make.referral(patient, day(-10))
    client, kind = client_of(alice), KINDS["referral"]
    form = client.get(kind.edit_url(row)).context["form"]
    sent = as_sent(form, withdrawn_on=str(day(-11)), reason="taken back", save="save")
    answer = client.post(kind.edit_url(row), sent)
    assert "before the referral" in str(answer.context["form"].errors["withdrawn_on"])
    sent["withdrawn_on"] = str(day(-9))
    assert client.post(kind.edit_url(row), sent).status_code == 302
    assert Referral.objects.get().withdrawn_on == day(-9)


# --- Lists ---------------------------------------------------------------------------------------


def test_a_list_takes_the_same_queries_at_2_and_at_30_rows(
    alice, client_of, patient, day, django_assert_num_queries
):
    client, url = client_of(alice), KINDS["appointment"].list_url(patient)
    make.appointment(patient, day(-1), status=Appointment.Status.ATTENDED)
    make.appointment(patient, day(-2), status=Appointment.Status.MISSED)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(28):
        make.appointment(patient, day(-number - 3), status=Appointment.Status.ATTENDED)
    with django_assert_num_queries(len(few)):
        client.get(url)
