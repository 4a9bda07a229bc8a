"""Amending a final study: same row, a reason, and the former version stays."""

import pytest
from django.urls import reverse

from patients.forms.echo import EchoAmendmentForm
from patients.models import EchoStudy
from tests.factories import records


@pytest.fixture
def study(patient, alice):
    return records.echo(patient, "2025-11-12", by=alice, lvesd_mm=39, lvef_percent=(55, 60))


@pytest.fixture
def url(study):
    return reverse("patients:echo-amend", args=[study.public_id])


@pytest.fixture
def sent(study, patient, as_sent):
    form = EchoAmendmentForm(patient=patient, today=study.performed_on, instance=study)
    return lambda **typed: as_sent(form, save="final", **typed)


def test_it_works(bob, client_of, url, sent, study):
    client = client_of(bob)
    assert client.get(url).status_code == 200
    answer = client.post(url, sent(lvesd_mm="41", reason="LVESD re-read"))
    assert answer.status_code == 302
    amended = EchoStudy.objects.get()
    assert (amended.public_id, amended.status, amended.lvesd_mm) == (study.public_id, "amended", 41)
    newest, first = amended.history.order_by("-history_id")
    assert (newest.history_change_reason, newest.history_user) == ("LVESD re-read", bob)
    assert (first.lvesd_mm, first.status) == (39, "final")


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_nurse_does_not_amend(nina, client_of, url, method):
    assert getattr(client_of(nina), method)(url).status_code == 403


@pytest.mark.parametrize("reason", ["", "   ", "x" * 101])
def test_it_rejects_bad_input_and_keeps_the_typing(alice, client_of, url, sent, reason):
    answer = client_of(alice).post(url, sent(lvesd_mm="41", reason=reason))
    assert answer.status_code == 200
    assert "reason" in answer.context["form"].errors
    assert b'value="41"' in answer.content
    assert EchoStudy.objects.get().lvesd_mm == 39


def test_a_second_amendment_keeps_the_status(alice, client_of, url, sent):
    client = client_of(alice)
    client.post(url, sent(lvesd_mm="41", reason="first"))
    client.post(url, sent(lvesd_mm="42", reason="second", version="2"))
    study = EchoStudy.objects.get()
    assert (study.status, study.version, study.lvesd_mm) == ("amended", 3, 42)


def test_two_amendments_at_once_meet(alice, client_of, url, sent):
    client = client_of(alice)
    client.post(url, sent(lvesd_mm="41", reason="first"))
    answer = client.post(url, sent(lvesd_mm="42", reason="second"))
    assert answer.status_code == 409
    assert answer.context["form"]["reason"].value() == "second"
    assert EchoStudy.objects.get().lvesd_mm == 41


def test_the_study_itself_is_no_duplicate(alice, client_of, url, sent):
    assert client_of(alice).post(url, sent(reason="nothing but a reason")).status_code == 302


def test_moving_it_onto_another_study_is_refused(alice, client_of, url, sent, patient):
    records.echo(patient, "2025-05-01", lvesd_mm=36)
    answer = client_of(alice).post(url, sent(performed_on="1 May 2025", reason="wrong day"))
    assert "performed_on" in answer.context["form"].errors


def test_a_draft_is_edited_instead(alice, client_of, patient):
    draft = records.echo(patient, "2025-05-01", final=False)
    answer = client_of(alice).get(reverse("patients:echo-amend", args=[draft.public_id]))
    assert answer["Location"] == reverse("patients:echo-edit", args=[draft.public_id])


def test_an_amendment_of_a_struck_study_loses_no_typing(alice, client_of, url, sent, study):
    records.strike(EchoStudy.objects.get(pk=study.pk), by=alice)
    answer = client_of(alice).post(url, sent(lvesd_mm="41", reason="late"))
    assert answer.status_code == 409
    assert b"41 mm" in answer.content
