"""Letters that invite: neutral, filtered anew at each step, noted as sent by one act."""

from datetime import time, timedelta

import pytest

from accounts.actions import grant_membership
from accounts.permissions import Role
from audit.models import AuditAction, AuditEvent
from followup.models import ContactAttempt, Standing
from patients.actions import end_registration, mark_deceased
from patients.models import Registration
from tests.factories import records as make

URL = "/recall/letters"


@pytest.fixture
def day(clinic_north):
    return lambda days=0: clinic_north.today() + timedelta(days=days)


@pytest.fixture
def rossi(clinic_north, day):
    """Severe, with a mechanical valve in the standing and warfarin in the record."""
    patient = make.patient_of(
        clinic_north,
        family_name="Rossi",
        given_name="Marta",
        address="Via Roma 1\n20100 Milano",
        telephone="+39 02 99",
        record_number="HV-1",
    )
    make.diagnosis(patient, day(-400))
    make.medication(patient, day(-400), "warfarin")
    make.intervention(patient, day(-400), "mitral_mechanical")
    Standing.objects.update(due_words="INR and echo", bucket="overdue", due_by_on=day(-40))
    return patient


@pytest.fixture
def verdi(clinic_north):
    return make.patient_of(clinic_north, family_name="Verdi", given_name="Anna")


@pytest.fixture
def post(clara, client_of):
    """`post([patient], step="print")`: the clerk asks for letters."""

    def sent(patients, user=clara, **typed):
        data = {"patient": [str(each.public_id) for each in patients], **typed}
        return client_of(user).post(URL, data)

    return sent


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_it_works(post, rossi, day):
    page = text_of(post([rossi]))
    assert "Invitation letters: preview" in page
    assert "Marta Rossi<br>Via Roma 1<br>20100 Milano" in page
    assert "We would like to invite you for your next appointment at North Valve Clinic." in page
    assert "mrtrack sends nothing" in page
    assert not ContactAttempt.objects.exists()


def test_it_requires_login_and_a_tick(client, clara, client_of):
    assert client.get(URL).status_code == 302
    assert client_of(clara).get(URL).headers["Location"] == "/recall/"
    answer = client_of(clara).post(URL, {"patient": "x"}, follow=True)
    assert "Tick the patients" in text_of(answer)


@pytest.mark.parametrize("name", ["rita", "otto", "ada"])
def test_who_may_not_open_patients_gets_none(request, post, rossi, name):
    assert post([rossi], user=request.getfixturevalue(name)).status_code == 403


def test_it_hides_other_clinics(post, charlie, rossi):
    answer = post([rossi], user=charlie)
    assert "Rossi" not in text_of(answer)
    assert "1 of those ticked cannot be opened here" in text_of(answer)


def test_a_letter_says_nothing_of_the_disease(post, rossi, day):
    make.appointment(
        rossi, day(20), "inr", booked_on=day(-1), planned_time=time(10, 30), place="INR room"
    )
    answer = post([rossi], step="print", reach="telephone +33 1 99 00 00 02")
    (letter,) = answer.context["found"].letters
    words = letter.text.lower()
    for word in (
        "mitral",
        "valve disease",
        "regurgitation",
        "severe",
        "class",
        "warfarin",
        "inr",
        "echo",
        "heart",
        "mechanical",
        "overdue",
        "1955",
    ):
        assert word not in words, word
    day_ = day(20)
    assert f"{day_:%A}, {day_.day} {day_:%B %Y}, at 10:30" in letter.text
    assert "You reach us here: telephone +33 1 99 00 00 02" in letter.text
    assert all(line in text_of(answer) for line in letter.paragraphs[:-1])


def test_the_text_to_copy_is_the_letter(post, rossi):
    answer = post([rossi])
    (letter,) = answer.context["found"].letters
    assert "readonly" in answer.text
    assert letter.text.startswith("North Valve Clinic\n")
    assert letter.text.endswith("Yours sincerely,\nNorth Valve Clinic")


@pytest.mark.parametrize("step", ["", "preview", "print"])
def test_who_gets_none_is_named_with_the_reason(post, alice, clinic_north, rossi, verdi, day, step):
    dead, silent, by_telephone, gone = (
        make.patient_of(clinic_north, family_name=name)
        for name in ("Dead", "Silent", "Telephone", "Gone")
    )
    mark_deceased(by=alice, clinic=clinic_north, patient=dead, deceased_on=day(-1), reason="told")
    make.contact_wish(silent, day(-1))
    make.contact_wish(by_telephone, day(-1), "telephone_only")
    make.contact_wish(verdi, day(-1), "letter_only")
    registration = Registration.objects.get(patient=gone)
    end_registration(by=alice, registration=registration, until_on=day(-1), because="moved")
    answer = post([rossi, verdi, dead, silent, by_telephone, gone], step=step)
    found = answer.context["found"]
    assert {each.patient for each in found.letters} == {rossi, verdi}
    why = {each.patient.family_name: each.why for each in found.left_out}
    assert why.keys() == {"Dead", "Silent", "Telephone", "Gone"}
    assert "Died on" in why["Dead"]
    assert "Does not wish to be contacted" in why["Silent"]
    assert "by telephone only" in why["Telephone"]
    assert "No longer followed" in why["Gone"]
    assert all(reason in text_of(answer) for reason in why.values())


def test_a_missing_address_is_said(post, verdi):
    assert "No address recorded: Verdi, Anna" in text_of(post([verdi]))


def test_viewing_and_printing_are_written_to_the_audit_for_each_patient(post, clara, rossi, verdi):
    post([rossi, verdi])
    post([rossi, verdi], step="print")
    for action in (AuditAction.VIEW, AuditAction.PRINT):
        events = AuditEvent.objects.filter(action=action, note="invitation letter")
        assert {event.patient_id for event in events} == {
            str(rossi.public_id),
            str(verdi.public_id),
        }
        assert {event.actor_id for event in events} == {clara.pk}


def test_they_are_noted_as_sent_when_somebody_says_so(post, clara, rossi, verdi, day):
    answer = post([rossi, verdi], step="sent", next_try_on=str(day(14)))
    assert answer.headers["Location"] == "/recall/"
    rows = ContactAttempt.objects.all()
    assert {row.patient for row in rows} == {rossi, verdi}
    assert {(row.channel, row.outcome, row.next_try_on, row.entered_by) for row in rows} == {
        ("letter", "message_left", day(14), clara)
    }


def test_a_button_pressed_twice_notes_one_letter(post, rossi):
    post([rossi], step="sent")
    post([rossi], step="sent")
    assert ContactAttempt.objects.count() == 1


def test_who_died_after_the_preview_is_not_noted(post, alice, clinic_north, rossi, verdi, day):
    mark_deceased(by=alice, clinic=clinic_north, patient=rossi, deceased_on=day(0), reason="told")
    post([rossi, verdi], step="sent")
    assert {row.patient for row in ContactAttempt.objects.all()} == {verdi}


@pytest.mark.parametrize("step", ["print", "sent"])
@pytest.mark.parametrize("typed", ["soon", "1 Jan 2020", "1 Jan 2090"])
def test_a_wrong_next_try_is_refused_beside_its_box_and_stays(post, rossi, step, typed):
    answer = post([rossi], step=step, next_try_on=typed, reach="ring at the gate")
    assert "next_try_on" in answer.context["form"].errors
    assert f'value="{typed}"' in answer.text
    assert 'value="ring at the gate"' in answer.text
    assert not answer.context["is_printing"]
    assert not ContactAttempt.objects.exists()


def test_each_letter_comes_from_the_clinic_in_which_one_may_write(alice, post, rossi, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.AUDITOR], by=None)
    (letter,) = post([rossi], user=alice).context["found"].letters
    assert letter.clinic.code == "north"
