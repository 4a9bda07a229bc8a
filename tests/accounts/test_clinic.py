"""The clinic's day, its checks and its dated settings."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.actions import change_clinic, create_clinic, set_clinic_setting
from accounts.models import Clinic, ClinicSetting
from accounts.selectors import clinic_setting, clinic_settings
from audit.models import AuditEvent

MARCH, APRIL, MAY = (datetime.date(2026, month, 1) for month in (3, 4, 5))


def test_today_is_the_day_in_the_clinics_time_zone(clinic_north, clinic_south):
    instant = datetime.datetime(2026, 3, 12, 23, 30, tzinfo=datetime.UTC)
    assert clinic_north.today(at=instant) == datetime.date(2026, 3, 13)
    assert clinic_south.today(at=instant) == datetime.date(2026, 3, 12)
    with time_machine.travel(instant, tick=False):
        assert clinic_north.today() == datetime.date(2026, 3, 13)


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../etc/passwd"},
        {"code": "north"},
        {"code": "not a code"},
        {"name": ""},
        {"emergency_phones": ["112"]},
        {"emergency_phones": [{"label": "", "number": "112"}]},
        {"emergency_phones": [{"label": "Ward", "number": 112}]},
    ],
)
def test_it_rejects_bad_input(clinic_north, wrong):
    right = {"code": "west", "name": "West", "time_zone": "UTC", "emergency_phones": []}
    with pytest.raises(ValidationError):
        create_clinic(**(right | wrong), by=None)
    assert Clinic.objects.count() == 1


def test_a_change_is_kept_in_history_and_audit(clinic_north, ada):
    clinic_north.time_zone = "Europe/Berlin"
    change_clinic(clinic=clinic_north, by=ada, fields=["time_zone"], reason="moved")
    first, last = clinic_north.history.order_by("history_id")
    assert (first.time_zone, last.time_zone) == ("Europe/Paris", "Europe/Berlin")
    assert (last.history_user, last.history_change_reason) == (ada, "moved")
    event = AuditEvent.objects.latest("id")
    assert (event.actor_id, event.action, event.note) == (ada.pk, "change", "changed time_zone")


def test_a_setting_holds_from_its_day_on(clinic_north, ada):
    for value, day in (("2020", MARCH), ("2025", MAY)):
        set_clinic_setting(clinic=clinic_north, name="edition", value=value, from_on=day, by=ada)
    eve = MARCH - datetime.timedelta(days=1)
    assert clinic_setting(clinic_north, "edition", eve) is None
    assert clinic_setting(clinic_north, "edition", eve, default="none") == "none"
    assert clinic_setting(clinic_north, "edition", MARCH) == "2020"
    assert clinic_setting(clinic_north, "edition", APRIL) == "2020"
    assert clinic_setting(clinic_north, "edition", MAY) == "2025"


def test_a_row_entered_later_replaces_one_of_the_same_day(clinic_north, ada):
    for value in (10, 0):
        set_clinic_setting(clinic=clinic_north, name="recall", value=value, from_on=MARCH, by=ada)
    assert clinic_setting(clinic_north, "recall", APRIL, default=7) == 0
    assert ClinicSetting.objects.count() == 2


def test_a_setting_can_be_read_as_it_was_known(clinic_north, ada):
    for value, hour in ((1, 8), (2, 12)):
        with time_machine.travel(datetime.datetime(2026, 4, 1, hour, tzinfo=datetime.UTC)):
            set_clinic_setting(clinic=clinic_north, name="n", value=value, from_on=MARCH, by=ada)
    ten = datetime.datetime(2026, 4, 1, 10, tzinfo=datetime.UTC)
    assert clinic_setting(clinic_north, "n", APRIL, known_at=ten) == 1
    assert clinic_setting(clinic_north, "n", APRIL) == 2


def test_clinics_keep_their_settings_apart(
    clinic_north, clinic_south, ada, django_assert_num_queries
):
    for name in ("a", "b"):
        set_clinic_setting(clinic=clinic_north, name=name, value=[], from_on=MARCH, by=ada)
    with django_assert_num_queries(1):
        assert clinic_settings(clinic_north, APRIL) == {"a": [], "b": []}
    assert clinic_settings(clinic_south, APRIL) == {}


def test_a_setting_is_audited_without_its_value(clinic_north, ada):
    set_clinic_setting(clinic=clinic_north, name="phone", value="12345", from_on=MARCH, by=ada)
    event = AuditEvent.objects.latest("id")
    assert (event.clinic_id, event.note) == (clinic_north.pk, "setting phone from 2026-03-01")


def test_the_database_refuses_two_clinics_of_one_code(clinic_north):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clinic.objects.create(code="north", name="x")
