"""The command that hides an edition's verdicts again."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.guideline_settings import sign_off_edition, sign_offs_in
from accounts.selectors import clinic_settings
from guidelines.registry import ACC_AHA_2020, ESC_EACTS_2025

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed(clinic_north, clinic_south, alice):
    for clinic in (clinic_north, clinic_south):
        for edition in (ACC_AHA_2020, ESC_EACTS_2025):
            sign_off_edition(
                clinic=clinic, edition_id=edition.id, name="Dr A. Moreau", note="",
                on=clinic.today(), by=alice,
            )  # fmt: skip


def withdraw(*arguments):
    out = io.StringIO()
    call_command("withdraw_sign_off", *arguments, stdout=out)
    return out.getvalue()


def standing(clinic):
    return set(sign_offs_in(clinic_settings(clinic, clinic.today())))


def test_it_hides_one_edition_in_one_clinic(clinic_north, clinic_south):
    told = withdraw("esc-eacts-2025", "--clinic", "north", "--by", "alice")
    assert told.startswith("north: ")
    assert standing(clinic_north) == {ACC_AHA_2020}
    assert standing(clinic_south) == {ACC_AHA_2020, ESC_EACTS_2025}


def test_it_hides_it_in_all_clinics(clinic_north, clinic_south):
    withdraw("esc-eacts-2025", "--all-clinics", "--by", "alice")
    assert standing(clinic_north) == standing(clinic_south) == {ACC_AHA_2020}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["esc-eacts-2025", "--clinic", "west", "--by", "alice"], "no clinic west"),
        (["esc-eacts-2025", "--clinic", "north", "--by", "nobody"], "no active user nobody"),
        (["esc-2030", "--clinic", "north", "--by", "alice"], "no edition esc-2030"),
        (["esc-eacts-2021", "--clinic", "north", "--by", "alice"], "Nobody has signed"),
    ],
)
def test_it_rejects_bad_input(clinic_north, arguments, words):
    with pytest.raises(CommandError, match=words):
        withdraw(*arguments)
    assert standing(clinic_north) == {ACC_AHA_2020, ESC_EACTS_2025}
