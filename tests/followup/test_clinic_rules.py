"""What a clinic has set that changes verdicts, and the noise of its own laboratory."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import set_clinic_setting
from accounts.models import ClinicSetting, User
from followup.clinic_rules import noise_with, own_noise_as_setting, rules_of
from guidelines.noise import DEFAULT_NOISE
from tests.factories import records as make

ON = date(2026, 11, 22)
ROW = {"measure": "lvesd_mm", "laboratory": "A", "sem": "0.5", "why": "repeats of 2026"}
OWN = {"measure": "lvesd_mm", "laboratory": "A", "method": "2d", "sem": 0.9, "residuals": 80,
       "patients": 40}  # fmt: skip


def test_without_settings_the_defaults_hold():
    assert noise_with(None) is DEFAULT_NOISE
    assert noise_with([], []) is DEFAULT_NOISE


def test_what_the_clinic_measured_stands_before_what_its_series_gave():
    model = noise_with([ROW], [OWN])
    assert model.of("lvesd_mm", 40, "2d", "A").sem == pytest.approx(0.5)
    assert "set by the clinic" in model.of("lvesd_mm", 40, "2d", "A").words
    own = noise_with(None, [OWN])
    assert own.of("lvesd_mm", 40, "2d", "A").sem == pytest.approx(0.9)
    assert own_noise_as_setting(own) == [OWN]


@pytest.mark.parametrize(
    "wrong",
    ["0.5", [{"measure": "lvesd_mm"}], [{**ROW, "measure": "age"}], [{**ROW, "sem": "much"}],
     [{**ROW, "sem": "0"}], ["row"]],
)  # fmt: skip
def test_a_slip_in_a_setting_is_told_and_changes_nothing_silently(wrong):
    with pytest.raises(ValueError, match="noise"):
        noise_with(wrong)


@pytest.mark.django_db
def test_the_settings_of_the_day_hold(clinic_north, ada):
    set_clinic_setting(
        clinic=clinic_north, name="ageing", value={"lvesd_mm": 30}, from_on=date(2026, 5, 1), by=ada
    )
    assert rules_of(clinic_north, date(2026, 4, 30)).limits["lvesd_mm"] != 30
    assert rules_of(clinic_north, ON).limits["lvesd_mm"] == 30


@pytest.mark.django_db
def test_the_command_estimates_and_keeps_it_only_when_asked(clinic_north, ada):
    patient = make.patient_of(clinic_north)
    for month, value in enumerate((35, 37, 34, 36, 35), start=1):
        make.echo(patient, f"2026-0{month}-01", lvesd_mm=value, laboratory="A")
    out = StringIO()
    call_command("estimate_noise", "--clinic", "north", "--by", "ada", stdout=out)
    assert "too few, the published default is used" in out.getvalue()
    assert not ClinicSetting.objects.exists()
    call_command("estimate_noise", "--clinic", "north", "--by", "ada", "--write", stdout=out)
    assert "judges by it from" in out.getvalue()
    own = rules_of(clinic_north, clinic_north.today()).noise.own
    assert any(key[0] == "lvesd_mm" and not noise.is_enough for key, noise in own.items())
    assert Decimal(str(next(iter(own.values())).sem)) > 0


@pytest.mark.django_db
def test_the_command_says_when_nothing_is_long_enough_or_a_name_is_wrong(clinic_north, ada):
    out = StringIO()
    call_command("estimate_noise", "--clinic", "north", "--by", "ada", stdout=out)
    assert "No series is long enough." in out.getvalue()
    with pytest.raises(CommandError, match="no clinic"):
        call_command("estimate_noise", "--clinic", "nowhere", "--by", "ada")
    with pytest.raises(CommandError, match="no account"):
        call_command("estimate_noise", "--clinic", "north", "--by", "nobody")


@pytest.mark.django_db
def test_the_command_keeps_nothing_in_the_name_of_who_does_not_manage_the_clinic(
    clinic_north, alice, ada
):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    for name in ("alice", "ada"):
        with pytest.raises(CommandError, match="does not manage"):
            call_command("estimate_noise", "--clinic", "north", "--by", name, "--write")
    assert not ClinicSetting.objects.exists()
