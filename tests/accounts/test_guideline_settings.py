"""Which editions a clinic judges by, and who signed them off."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import set_clinic_setting
from accounts.guideline_settings import (
    adopt_edition,
    editions_of,
    hidden_editions,
    sign_off_edition,
    sign_offs_in,
    withdraw_sign_off,
)
from accounts.selectors import clinic_settings
from guidelines.registry import ACC_AHA_2020, EDITIONS, ESC_EACTS_2021, ESC_EACTS_2025

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.django_db


def editions(clinic, on=TODAY):
    return editions_of(clinic_settings(clinic, on), on)


def test_the_editions_in_force_hold_by_themselves(clinic_north):
    assert editions(clinic_north) == (ACC_AHA_2020, ESC_EACTS_2025)
    assert editions(clinic_north, date(2023, 5, 1)) == (ACC_AHA_2020, ESC_EACTS_2021)
    assert editions(clinic_north, date(2019, 5, 1)) == ()


def test_a_clinic_adopts_an_edition_from_a_day_on(clinic_north, clinic_south, ada):
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2021", from_on=date(2025, 9, 1), by=ada
    )
    adopt_edition(
        clinic=clinic_north, edition_id="esc-eacts-2025", from_on=date(2026, 3, 1), by=ada
    )
    assert editions(clinic_north, date(2026, 2, 28))[1] is ESC_EACTS_2021
    assert editions(clinic_north)[1] is ESC_EACTS_2025
    assert editions(clinic_south, date(2026, 2, 28))[1] is ESC_EACTS_2025


@pytest.mark.parametrize(
    ("edition_id", "from_on"),
    [("esc-eacts-2025", date(2025, 8, 28)), ("local-safety", TODAY)],
)
def test_no_edition_is_adopted_before_it_was_published(clinic_north, ada, edition_id, from_on):
    with pytest.raises(ValidationError):
        adopt_edition(clinic=clinic_north, edition_id=edition_id, from_on=from_on, by=ada)


def sign(clinic, by, **changes):
    given = {"edition_id": "acc-aha-2020", "name": "Dr A. Moreau", "note": "Table 17 read"}
    return sign_off_edition(clinic=clinic, on=TODAY, by=by, **{**given, **changes})


def test_an_edition_is_hidden_until_somebody_signs_it_off(clinic_north, alice, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    assert hidden_editions([clinic_north], EDITIONS, TODAY) == set(EDITIONS)
    sign(clinic_north, alice)
    signed = sign_offs_in(clinic_settings(clinic_north, TODAY))[ACC_AHA_2020]
    assert (signed.name, signed.note, signed.on) == ("Dr A. Moreau", "Table 17 read", TODAY)
    assert hidden_editions([clinic_north], EDITIONS, TODAY) == {ESC_EACTS_2025}
    withdraw_sign_off(clinic=clinic_north, edition_id="acc-aha-2020", on=TODAY, by=alice)
    assert hidden_editions([clinic_north], EDITIONS, TODAY) == set(EDITIONS)


def test_one_clinics_sign_off_is_not_anothers(clinic_north, clinic_south, alice, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    sign(clinic_north, alice)
    assert ACC_AHA_2020 in hidden_editions([clinic_north, clinic_south], EDITIONS, TODAY)
    assert hidden_editions([], EDITIONS, TODAY) == set(EDITIONS)


def test_in_a_demo_nothing_is_hidden(clinic_north, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = True
    assert hidden_editions([clinic_north], EDITIONS, TODAY) == frozenset()


@pytest.mark.parametrize("changes", [{"name": "  "}, {"name": "x" * 121}, {"note": "x" * 1001}])
def test_a_sign_off_needs_a_name_of_a_person(clinic_north, alice, changes):
    with pytest.raises(ValidationError):
        sign(clinic_north, alice, **changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ageing", {"lvesd_mm": "soon"}),
        ("noise", [{"measure": "age"}]),
        ("edition-esc-eacts", "esc-eacts-1998"),
    ],
)
def test_a_value_that_nobody_can_read_is_refused(clinic_north, ada, name, value):
    with pytest.raises(ValidationError, match="This cannot be used"):
        set_clinic_setting(clinic=clinic_north, name=name, value=value, from_on=TODAY, by=ada)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("signed-off-acc-aha-2020", "{}", "signs an edition off on the page Guidelines"),
        ("ageing", '{"lvesd_mm": "soon"}', "This cannot be used"),
        ("ageing", '{"lvesd_mm": 183}', ""),
    ],
)
def test_the_administration_refuses_what_cannot_be_used(
    client_of, clinic_north, ada, name, value, said
):
    given = {
        "clinic": clinic_north.pk, "name": name, "value": value, "from_on": "2026-11-22",
    }  # fmt: skip
    page = client_of(ada).post("/admin/accounts/clinicsetting/add/", given)
    assert (said in page.content.decode()) if said else page.status_code == 302
