"""Who may be the person that somebody is about to register."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.permissions import forget_memberships
from patients.actions import correct_person, end_registration, register_in_clinic
from patients.duplicates import MOST_SHOWN, possible_duplicates
from tests.factories import records

BORN_ON = date(1959, 4, 12)


@pytest.fixture
def look(alice):
    def look_up(family="Rossi", given="Marco", born_on=BORN_ON, sex="", telephone=""):
        return possible_duplicates(
            alice,
            family_name=family,
            given_name=given,
            born_on=born_on,
            sex=sex,
            telephone=telephone,
        )

    return look_up


@pytest.mark.parametrize(
    ("typed", "reasons"),
    [
        ({}, ("same name", "same birth date")),
        ({"family": "ROSSI", "given": "marco "}, ("same name", "same birth date")),
        (
            {"family": "Marco", "given": "Rossi"},
            ("same names in another order", "same birth date"),
        ),
        ({"family": "Rosi"}, ("family name differs by one letter", "same birth date")),
        ({"family": "Rossim"}, ("family name differs by one letter", "same birth date")),
        ({"family": "Rosis"}, ("family name differs by one letter", "same birth date")),
        (
            {"given": "Mario", "family": "Rosso"},
            (
                "family name differs by one letter",
                "given name differs by one letter",
                "same birth date",
            ),
        ),
        ({"given": "M."}, ("given name shortened", "same birth date")),
        ({"given": "Marco Antonio"}, ("given name shortened", "same birth date")),
        ({"given": ""}, ("given name not recorded in one of the two", "same birth date")),
        (
            {"family": "Marco", "given": "Rosi"},
            (
                "family and given name exchanged",
                "given name differs by one letter",
                "same birth date",
            ),
        ),
        ({"family": "Bianchi"}, ("same birth date", "but another family name")),
        ({"given": "Luigi"}, ("same birth date", "but another given name")),
        ({"born_on": date(1959, 12, 4)}, ("same name", "day and month of birth swapped")),
        ({"born_on": date(1995, 4, 12)}, ("same name", "birth date differs in the year only")),
        ({"born_on": date(1959, 4, 13)}, ("same name", "birth date differs in the day only")),
        ({"born_on": date(1959, 5, 12)}, ("same name", "birth date differs in the month only")),
        ({"born_on": None}, ("same name", "born 12 Apr 1959")),
        (
            {"born_on": None, "family": "Rosssi"},
            ("family name differs by one letter", "born 12 Apr 1959"),
        ),
        ({"family": "", "given": ""}, ("same birth date",)),
        ({"sex": "female"}, ("same name", "same birth date", "but recorded as male")),
    ],
)
def test_it_says_why_somebody_may_be_the_same(look, patient, typed, reasons):
    (found,) = look(**typed)
    assert found.patient == patient
    assert found.reasons == reasons


@pytest.mark.parametrize(
    "typed",
    [
        {"family": "Bianchi", "given": "Luigi"},
        {"born_on": date(1971, 9, 30)},
        {"family": "Rosso", "born_on": date(1960, 4, 12)},
        {"family": "Bianchi", "born_on": date(1959, 12, 5)},
        {"family": "", "given": "", "born_on": None},
        {"family": "", "given": "", "born_on": None, "telephone": "12345"},
    ],
)
def test_it_asks_nobody_about_strangers(look, patient, typed):
    assert look(**typed) == []


def test_a_birth_date_that_is_not_recorded_speaks_against_nobody(look, clinic_north):
    records.patient_of(clinic_north, family_name="Rossi", given_name="Marco", born_on=None)
    (found,) = look()
    assert found.reasons == ("same name", "birth date not recorded there")


@pytest.mark.parametrize("typed", ["+33 1 99 00 00 01", "0199000001", "(01) 99-00 00/01"])
def test_the_same_telephone_counts_however_it_is_written(look, clinic_north, typed):
    person = {"family_name": "Weiss", "given_name": "Anna", "telephone": "+33 1 9900 0001"}
    records.patient_of(clinic_north, **person)
    (found,) = look(telephone=typed)
    assert found.reasons[-1] == "same telephone number"
    assert look(telephone="0199000002") == []


def test_names_are_compared_without_accents(look, clinic_north):
    records.patient_of(clinic_north, family_name="Łęcka-Müller", given_name="Zoë", born_on=BORN_ON)
    (found,) = look(family="Łecka Muller", given="Zoe")
    assert found.reasons == ("same name", "same birth date")


def test_the_likeliest_comes_first_and_ten_are_shown(look, clinic_north):
    for number in range(MOST_SHOWN + 3):
        records.patient_of(
            clinic_north, family_name="Rossi", given_name=f"Aldo{number}", born_on=BORN_ON
        )
    same = records.patient_of(
        clinic_north, family_name="Rossi", given_name="Marco", born_on=BORN_ON
    )
    found = look()
    assert len(found) == MOST_SHOWN
    assert found[0].patient == same
    assert [each.likeness for each in found] == sorted(
        (each.likeness for each in found), reverse=True
    )


def test_it_hides_other_clinics(patient, charlie):
    typed = {"family_name": "Rossi", "given_name": "Marco", "born_on": BORN_ON}
    assert possible_duplicates(charlie, **typed) == []


def test_a_registration_by_mistake_opens_nothing(look, patient, alice):
    registration = patient.registrations.get()
    end_registration(
        by=alice,
        registration=registration,
        until_on=registration.from_on,
        because="entered_in_error",
    )
    assert look() == []


def test_it_finds_former_patients_and_shows_ones_own_registrations(
    look, patient, alice, clinic_south
):

    registration = patient.registrations.get()
    end_registration(
        by=alice, registration=registration, until_on=date(2020, 1, 1), because="moved"
    )
    register_in_clinic(
        by=None,
        patient=patient,
        clinic=clinic_south,
        record_number="S-1",
        from_on=date(2020, 1, 1),
    )
    (found,) = look()
    assert [each.record_number for each in found.registrations] == ["HV-20418"]


@pytest.mark.parametrize(
    ("typed", "shown"), [({"given": "Anna"}, ["Weiss, Anna"]), ({"family": "Neumann"}, [])]
)
def test_a_former_clinic_is_shown_nothing_that_was_corrected_later(
    alice, charlie, clinic_north, clinic_south, typed, shown
):
    left = records.patient_of(clinic_north, family_name="Weiss", given_name="Anna", born_on=BORN_ON)
    last = clinic_north.today() - timedelta(days=5)
    end_registration(by=None, registration=left.registrations.get(), until_on=last, because="moved")
    register_in_clinic(
        by=None, patient=left, clinic=clinic_south, record_number="S-1", from_on=last
    )
    left.refresh_from_db()
    left.family_name, left.given_name, left.telephone = "Neumann", "Anne", "+1 555 010 0199"
    correct_person(by=charlie, clinic=clinic_south, patient=left, reason="married")
    asked = {"family_name": "", "given_name": "", "born_on": BORN_ON}
    asked |= {f"{part}_name": name for part, name in typed.items()}
    found = possible_duplicates(alice, **asked, telephone="5550100199")
    assert [str(each.patient) for each in found] == shown
    assert not any("telephone" in reason for each in found for reason in each.reasons)


def test_one_letter_off_in_a_very_long_name_is_still_compared(look, clinic_north):
    family = "Wolfeschlegelsteinhausenbergerdorff von Hohenfels"
    records.patient_of(clinic_north, family_name=family, given_name="Ida", born_on=BORN_ON)
    (found,) = look(family=family.replace("fels", "vels"), given="Ida")
    assert found.reasons == ("family name differs by one letter", "same birth date")


@pytest.mark.parametrize("number", [1, 30])
def test_it_takes_four_queries_however_many_are_found(look, alice, clinic_north, number):
    for _each in range(number):
        records.patient_of(
            clinic_north,
            family_name="Rossi",
            given_name="Marco",
            born_on=BORN_ON,
            telephone="0199000001",
        )
    user = User.objects.get(pk=alice.pk)
    forget_memberships(user)
    with CaptureQueriesContext(connection) as queries:
        possible_duplicates(
            user,
            family_name="Rossi",
            given_name="Marco",
            born_on=BORN_ON,
            telephone="0199000001",
        )
    assert len(queries) <= 4
