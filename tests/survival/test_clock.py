"""A clock that jumps, and is set right again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from followup.models import Standing
from followup.reassessing import Order, reassess
from patients.models import EchoStudy
from tests.factories import records as make
from tests.survival.forms import forms_of

pytestmark = pytest.mark.django_db

UNSAID = {"id", "assessed_at", "replay"}
SAID = [each.name for each in Standing._meta.concrete_fields if each.name not in UNSAID]


@pytest.fixture
def study(clinic_north, alice):
    patient = make.patient_of(clinic_north, by=alice)
    make.diagnosis(patient, "2020-01-01")
    day = clinic_north.today() - timedelta(days=30)
    return make.echo(patient, day, by=alice, lvesd_mm=39, lvef_percent=58, eroa_mm2=45)


def amended(client, study, value, reason):
    """The answer to a new value, typed into the form as it is now."""
    url = reverse("patients:echo-amend", args=[study.public_id])
    page = client.get(url).content.decode()
    (form,) = (form for form in forms_of(page) if "reason" in form.values)
    return client.post(url, form.with_typed(lvesd_mm=value, reason=reason, save="final"))


def test_history_and_audit_keep_their_order_when_the_clock_goes_back(study, alice, client_of):
    client = client_of(alice)
    now = timezone.now()
    assert amended(client, study, "40", "at first").status_code == 302
    with time_machine.travel(now - timedelta(hours=5)):
        assert amended(client, study, "41", "five hours earlier").status_code == 302
    assert amended(client, study, "42", "right again").status_code == 302
    by_entry = study.history.order_by("history_id").values_list("version", flat=True)
    assert list(by_entry) == [1, 2, 3, 4]
    study.refresh_from_db()
    assert (study.version, study.lvesd_mm) == (4, 42)
    changes = AuditEvent.objects.filter(record_id=str(study.public_id), action="change")
    instants = list(changes.order_by("id").values_list("at", flat=True))
    assert len(instants) == 3
    assert instants[1] < instants[0] < instants[2], "what the clock said is what is written down"
    page = client.get(reverse("patients:echo-page", args=[study.public_id]))
    assert page.status_code == 200


def test_a_form_that_comes_when_the_clock_leapt_over_the_session_is_kept(study, alice, client_of):
    client = client_of(alice)
    url = reverse("patients:echo-amend", args=[study.public_id])
    page = client.get(url).content.decode()
    (form,) = (form for form in forms_of(page) if "reason" in form.values)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        answer = client.post(url, form.with_typed(lvesd_mm="41", reason="late", save="final"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert EchoStudy.objects.get().version == 1


def test_standings_of_a_day_that_has_not_come_are_renewed_when_the_clock_is_right(study):
    reassess(Order(everybody=True))
    before = Standing.objects.values(*SAID).get()
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        reassess(Order())
    leapt = Standing.objects.values(*SAID).get()
    assert leapt["assessed_for_on"] > before["assessed_for_on"]
    reassess(Order())
    assert Standing.objects.values(*SAID).get() == before
