"""Correcting a draft, and what happens when two people do."""

from decimal import Decimal

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients import actions
from patients.forms.echo import EchoStudyForm
from patients.models import EchoStudy
from tests.factories import records


@pytest.fixture
def draft(patient, nina):
    return records.echo(patient, "2025-11-12", by=nina, final=False, lvesd_mm=39, lvef_percent=62)


@pytest.fixture
def url(draft):
    return reverse("patients:echo-edit", args=[draft.public_id])


@pytest.fixture
def sent(draft, patient, as_sent):
    """What the browser of somebody sends who opened the draft now."""

    def what(**typed):
        study = EchoStudy.objects.get(pk=draft.pk)
        form = EchoStudyForm(patient=patient, today=study.performed_on, instance=study)
        return as_sent(form, **typed)

    return what


def bob_saves(draft, bob, **values):
    study = EchoStudy.objects.get(pk=draft.pk)
    for name, value in values.items():
        setattr(study, name, value)
    actions.change_echo_draft(study, by=bob, clinic=None, final=False)


def test_it_works(alice, client_of, url, sent, draft):
    client = client_of(alice)
    answer = client.get(url)
    assert b'value="39"' in answer.content
    assert b'value="12 Nov 2025"' in answer.content
    answer = client.post(url, sent(lvesd_mm="40,5", save="draft"))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.status, draft.version) == (Decimal("40.5"), "draft", 2)
    assert draft.lvef_percent_low == 62
    assert draft.history.first().history_change_reason == "draft changed"


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


def test_it_rejects_bad_input_and_keeps_the_typing(alice, client_of, url, sent, draft):
    answer = client_of(alice).post(url, sent(lvesd_mm="4.1 cm", comment="kept", save="draft"))
    assert answer.status_code == 200
    assert b'value="4.1 cm"' in answer.content
    assert b"kept" in answer.content
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.version) == (39, 1)


def test_a_value_may_be_taken_out_again(alice, client_of, url, sent, draft):
    client_of(alice).post(url, sent(lvesd_mm="", lvef_percent="", save="draft"))
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.lvef_percent_low, draft.lvef_percent_high) == (None, None, None)


def test_it_may_be_made_final_on_the_way(alice, client_of, url, sent, draft):
    client = client_of(alice)
    asked = client.post(url, sent(save="final")).context["form"].questions
    client.post(url, sent(save="final", confirmed=[question.key for question in asked]))
    draft.refresh_from_db()
    assert (draft.status, draft.finalized_by) == ("final", alice)


def test_a_nurse_corrects_and_does_not_finalize(nina, client_of, url, sent, draft):
    client = client_of(nina)
    assert client.post(url, sent(save="final")).status_code == 403
    assert client.post(url, sent(lvedd_mm="58", save="draft")).status_code == 302
    draft.refresh_from_db()
    assert (draft.lvedd_mm, draft.status) == (58, "draft")


def test_two_people_meet_on_a_page_with_both_versions(alice, bob, client_of, url, sent, draft):
    opened = sent()
    bob_saves(draft, bob, lvesd_mm=Decimal(43), spap_mmhg=Decimal(47))
    typed = {**opened, "lvesd_mm": "41", "comment": "typed by Alice", "save": "draft"}
    answer = client_of(alice).post(url, typed)
    assert answer.status_code == 409
    contests = {c.name: (c.opened, c.stored, c.typed) for c in answer.context["contests"]}
    assert contests["lvesd_mm"] == ("39 mm", "43 mm", "41 mm")
    assert contests["spap_mmhg"] == (None, "47 mmHg", None)
    assert contests["comment"] == (None, None, "typed by Alice")
    assert b"saved by Bob" in answer.content
    assert answer.context["form"]["lvesd_mm"].value() == "41"
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.comment, draft.version) == (43, "", 2)


def test_saving_from_the_conflict_page_is_a_decision(alice, bob, client_of, url, sent, draft):
    opened = sent()
    bob_saves(draft, bob, lvesd_mm=Decimal(43))
    client = client_of(alice)
    answer = client.post(url, {**opened, "lvesd_mm": "41", "save": "draft"})
    again = {**opened, "lvesd_mm": "41", "version": answer.context["form"]["version"].value()}
    assert client.post(url, {**again, "save": "draft"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.version) == (41, 3)


def test_the_stored_value_may_be_taken(alice, bob, client_of, url, sent, draft):
    opened = sent()
    bob_saves(draft, bob, lvesd_mm=Decimal(43))
    client = client_of(alice)
    answer = client.post(url, {**opened, "lvesd_mm": "41", "save": "draft"})
    assert b'name="accept" value="lvesd_mm:43"' in answer.content
    again = {**opened, "lvesd_mm": "41", "version": "2", "accept": "lvesd_mm:43"}
    assert client.post(url, again).context["form"]["lvesd_mm"].value() == "43"


def test_a_draft_made_final_meanwhile_is_not_overwritten(alice, bob, client_of, url, sent, draft):
    opened = sent()
    actions.finalize_echo_study(EchoStudy.objects.get(pk=draft.pk), by=bob, clinic=None)
    answer = client_of(alice).post(
        url, {**opened, "version": "2", "lvesd_mm": "41", "save": "draft"}
    )
    assert answer.status_code == 409
    assert reverse("patients:echo-amend", args=[draft.public_id]).encode() in answer.content
    assert b"needs a reason" in answer.content
    draft.refresh_from_db()
    assert (draft.lvesd_mm, draft.status) == (39, "final")


def test_a_nurse_cannot_go_on_when_it_was_made_final(nina, bob, client_of, url, sent, draft):
    opened = sent()
    actions.finalize_echo_study(EchoStudy.objects.get(pk=draft.pk), by=bob, clinic=None)
    answer = client_of(nina).post(url, {**opened, "lvesd_mm": "41", "save": "draft"})
    assert answer.status_code == 409
    assert b"Your role may not amend it" in answer.content
    assert b"41 mm" in answer.content


def test_a_struck_draft_takes_no_more_changes(alice, client_of, url, sent, draft):
    opened = sent()
    records.strike(EchoStudy.objects.get(pk=draft.pk), by=alice)
    client = client_of(alice)
    answer = client.post(url, {**opened, "lvesd_mm": "41", "save": "draft"})
    assert answer.status_code == 409
    assert b"entered in error and takes no more changes" in answer.content
    page = reverse("patients:echo-page", args=[draft.public_id])
    assert client.get(url)["Location"] == page


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "9" * 20, "-1"])
def test_a_missing_or_strange_version_never_overwrites(alice, client_of, url, sent, draft, version):
    answer = client_of(alice).post(url, sent(version=version, lvesd_mm="41", save="draft"))
    assert answer.status_code in {200, 409}
    draft.refresh_from_db()
    assert draft.lvesd_mm == 39


def test_a_final_study_is_amended_instead(alice, client_of, patient):
    study = records.echo(patient, "2025-05-01", lvesd_mm=39)
    answer = client_of(alice).get(reverse("patients:echo-edit", args=[study.public_id]))
    assert answer["Location"] == reverse("patients:echo-amend", args=[study.public_id])


def test_a_confirmation_that_was_given_is_not_asked_again(alice, client_of, patient, as_sent):
    study = records.echo(
        patient, "2025-05-01", final=False, lvef_percent=92, implausible_confirmed=["lvef_percent"]
    )
    url = reverse("patients:echo-edit", args=[study.public_id])
    form = EchoStudyForm(patient=patient, today=study.performed_on, instance=study)
    client = client_of(alice)
    assert client.post(url, as_sent(form, lvesd_mm="39", save="draft")).status_code == 302
    study.refresh_from_db()
    assert study.implausible_confirmed == ["lvef_percent"]
    typed = as_sent(form, lvef_percent="62", version="2", save="draft")
    assert client.post(url, typed).status_code == 302
    study.refresh_from_db()
    assert study.implausible_confirmed == []


def test_a_changed_partner_of_a_contradiction_is_asked_anew(alice, client_of, patient, as_sent):
    study = records.echo(
        patient,
        "2025-05-01",
        final=False,
        lvesd_mm=60,
        lvedd_mm=45,
        implausible_confirmed=["lvesd_above_lvedd"],
    )
    url = reverse("patients:echo-edit", args=[study.public_id])
    form = EchoStudyForm(patient=patient, today=study.performed_on, instance=study)
    answer = client_of(alice).post(url, as_sent(form, lvedd_mm="46", save="draft"))
    assert "lvesd_mm" in answer.context["form"].errors


@pytest.mark.parametrize("typed", [{"lvesd_mm": "many"}, {"lvesd_mm": "41"}])
def test_a_form_that_comes_back_shows_the_record_and_is_audited(
    alice, clinic_north, client_of, typed
):
    patient = records.patient_of(clinic_north)
    study = records.echo(patient, "2025-05-01", by=alice, final=False, lvesd_mm=40)
    client = client_of(alice)
    views = AuditEvent.objects.filter(action="view", patient_id=str(patient.public_id))
    add = reverse("patients:echo-add", args=[patient.public_id])
    assert client.post(add, typed | {"save": "check"}).status_code == 200
    assert views.count() == 1
    edit = reverse("patients:echo-edit", args=[study.public_id])
    assert client.post(edit, typed | {"save": "check"}).status_code == 200
    assert views.count() == 2
    stale = {"performed_on": "2025-05-01", "lvesd_mm": "42", "version": "7", "save": "draft"}
    assert client.post(edit, stale).status_code == 409
    assert views.count() == 3
    log = reverse("patients:symptom-log-add", args=[patient.public_id])
    assert client.post(log, {"nyha": "nine", "save": "save"}).status_code == 200
    assert views.count() == 4
