"""The page of one study: values, derived values, marks, history, and what may be done."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from patients import actions
from patients.models import EchoStudy, Registration
from tests.factories import records

PISA = {
    "pisa_radius_mm": 9.5,
    "aliasing_velocity_cm_s": 38,
    "mr_peak_velocity_m_s": 5.1,
    "mr_vti_cm": 155,
}


@pytest.fixture
def study(patient, alice):
    return records.echo(
        patient, "2025-11-12", by=alice, lvesd_mm=39, lvef_percent=(55, 60), reader_grade=3, **PISA
    )


@pytest.fixture
def url(study):
    return reverse("patients:echo-page", args=[study.public_id])


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_it_works(bob, client_of, url, study):
    page = text_of(client_of(bob).get(url))
    assert "Transthoracic echo of 12 Nov 2025" in page
    assert '39 <span class="unit">mm</span>' in page
    assert '55–60 <span class="unit">%</span>' in page
    assert "moderate-to-severe" in page
    assert "Entered by Alice" in page
    assert AuditEvent.objects.filter(
        action=AuditAction.VIEW, record_id=str(study.public_id), actor_id=bob.pk
    ).exists()


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


def test_it_hides_other_clinics(charlie, client_of, url):
    assert client_of(charlie).get(url).status_code == 404


def test_an_unknown_study_is_not_found(alice, client_of):
    url = reverse("patients:echo-page", args=["00000000-0000-0000-0000-000000000000"])
    assert client_of(alice).get(url).status_code == 404


def test_a_clinic_reads_up_to_the_end_of_its_registration(alice, client_of, url, patient):
    registration = Registration.objects.get(patient=patient)
    actions.end_registration(
        by=alice, registration=registration, until_on=date(2025, 11, 12), because="moved"
    )
    answer = client_of(alice).get(url)
    assert answer.status_code == 200
    assert b"Amend</a>" not in answer.content
    later = records.echo(patient, "2025-11-13", lvesd_mm=41)
    later_url = reverse("patients:echo-page", args=[later.public_id])
    assert client_of(alice).get(later_url).status_code == 404


def test_a_derived_value_opens_to_formula_and_inputs(alice, client_of, url):
    page = text_of(client_of(alice).get(url))
    assert "EROA by PISA" in page
    assert "<dt>Formula</dt>" in page
    assert "9.5 mm" in page


def test_what_is_missing_is_said(alice, client_of, url):
    page = text_of(client_of(alice).get(url))
    assert "LVEDD" in page
    assert "not recorded" in page
    assert "None" not in page


def test_a_confirmed_value_and_a_contradiction_are_marked(alice, client_of, patient):
    study = records.echo(
        patient,
        "2025-05-01",
        lvef_percent=92,
        lvesd_mm=60,
        lvedd_mm=45,
        implausible_confirmed=["lvef_percent", "lvesd_above_lvedd"],
    )
    page = text_of(client_of(alice).get(reverse("patients:echo-page", args=[study.public_id])))
    assert page.count("unusual, confirmed") == 1
    assert page.count("not used: contradiction") == 2
    assert (
        "LVESD (60 mm) is larger than LVEDD (45 mm): neither feeds a verdict until this is "
        "resolved." in page
    )


def test_history_says_who_changed_what_and_why(bob, client_of, url, study, clinic_north):
    study.lvesd_mm = Decimal(41)
    study.lvef_percent_low = Decimal(60)
    actions.amend_echo_study(study, by=bob, clinic=clinic_north, reason="LVESD re-read")
    page = text_of(client_of(bob).get(url))
    assert "LVESD: 39 mm → <strong>41 mm</strong>" in page
    assert "LVEF: 55–60 % → <strong>60 %</strong>" in page
    assert "Status: final → <strong>amended</strong>" in page
    assert "LVESD re-read" in page


def test_a_former_version_can_be_opened(bob, client_of, study, clinic_north):
    study.lvesd_mm = Decimal(41)
    actions.amend_echo_study(study, by=bob, clinic=clinic_north, reason="LVESD re-read")
    client = client_of(bob)
    former = text_of(client.get(reverse("patients:echo-version", args=[study.public_id, 1])))
    assert "You are reading version 1 of 2" in former
    assert '39 <span class="unit">mm</span>' in former
    none = reverse("patients:echo-version", args=[study.public_id, 7])
    assert client.get(none).status_code == 404


def test_a_former_version_hides_other_clinics(charlie, client_of, study):
    url = reverse("patients:echo-version", args=[study.public_id, 1])
    assert client_of(charlie).get(url).status_code == 404


@pytest.mark.parametrize(
    ("person", "status", "shown", "hidden"),
    [
        ("alice", "draft", {"Edit draft", "Finalize", "Entered in error"}, {"Amend"}),
        ("nina", "draft", {"Edit draft", "Entered in error"}, {"Finalize", "Amend"}),
        ("clara", "draft", set(), {"Edit draft", "Finalize", "Amend", "Entered in error"}),
        ("alice", "final", {"Amend", "Entered in error"}, {"Edit draft", "Finalize"}),
        ("nina", "final", set(), {"Edit draft", "Finalize", "Amend", "Entered in error"}),
    ],
)
def test_it_offers_what_one_may_do(request, client_of, patient, person, status, shown, hidden):
    user = request.getfixturevalue(person)
    study = records.echo(patient, "2025-05-01", final=status == "final", lvesd_mm=39)
    page = text_of(client_of(user).get(reverse("patients:echo-page", args=[study.public_id])))
    assert {words for words in shown | hidden if f">{words}</" in page} == shown


def finalize(client, study, **data):
    url = reverse("patients:echo-finalize", args=[study.public_id])
    return client.post(url, {"version": "1", **data})


def test_a_draft_is_finalized_with_one_button(alice, client_of, patient):
    measured = {"lvesd_mm": 34, "lvef_percent": 65, "eroa_mm2": 10}
    draft = records.echo(patient, "2025-05-01", final=False, **measured)
    assert finalize(client_of(alice), draft).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.finalized_by) == ("final", alice)


def test_a_draft_with_gaps_is_completed_or_confirmed_in_its_form(alice, client_of, patient):
    draft = records.echo(patient, "2025-05-01", final=False, lvesd_mm=39)
    answer = client_of(alice).post(
        reverse("patients:echo-finalize", args=[draft.public_id]), {"version": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == reverse("patients:echo-edit", args=[draft.public_id])
    assert b"Not recorded: LVEF" in answer.content
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_only_clinicians_of_the_clinic_finalize(nina, charlie, client_of, patient):
    draft = records.echo(patient, "2025-05-01", final=False, lvesd_mm=39)
    assert finalize(client_of(nina), draft).status_code == 403
    assert finalize(client_of(charlie), draft).status_code == 404
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("version", ["2", "", "x", "9" * 50, "²"])
def test_a_draft_that_changed_meanwhile_is_not_finalized(alice, client_of, patient, version):
    draft = records.echo(patient, "2025-05-01", final=False, lvesd_mm=39)
    assert finalize(client_of(alice), draft, version=version).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_an_empty_draft_is_not_finalized(alice, client_of, patient):
    draft = records.echo(patient, "2025-05-01", final=False)
    answer = finalize(client_of(alice), draft)
    assert answer["Location"] == reverse("patients:echo-edit", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_finalizing_twice_changes_nothing(alice, client_of, study):
    finalize(client_of(alice), study)
    study.refresh_from_db()
    assert study.version == 1


def test_finalizing_is_a_post(alice, client_of, study):
    url = reverse("patients:echo-finalize", args=[study.public_id])
    assert client_of(alice).get(url).status_code == 405


def test_a_study_is_struck_under_a_reason(alice, client_of, study, url):
    client = client_of(alice)
    strike = reverse("patients:echo-strike", args=[study.public_id])
    assert client.get(strike).status_code == 200
    answer = client.post(strike, {"reason": "", "version": "1"})
    assert "reason" in answer.context["form"].errors
    assert client.post(strike, {"reason": "wrong patient", "version": "1"}).status_code == 302
    struck = EchoStudy.objects.get(pk=study.pk)
    assert (struck.status, struck.counts, struck.struck_by) == ("entered_in_error", False, alice)
    page = text_of(client.get(url))
    assert "wrong patient" in page
    assert "counts for nothing" in page
    assert client.get(strike)["Location"] == url


def test_striking_asks_for_the_right_and_the_version(nina, charlie, alice, client_of, study):
    strike = reverse("patients:echo-strike", args=[study.public_id])
    typed = {"reason": "wrong patient", "version": "1"}
    assert client_of(nina).post(strike, typed).status_code == 403
    assert client_of(charlie).post(strike, typed).status_code == 404
    assert client_of(alice).post(strike, {**typed, "version": "3"}).status_code == 409
    assert EchoStudy.objects.get(pk=study.pk).counts


def test_a_nurse_strikes_a_draft(nina, client_of, patient):
    draft = records.echo(patient, "2025-05-01", final=False)
    strike = reverse("patients:echo-strike", args=[draft.public_id])
    client_of(nina).post(strike, {"reason": "typed twice", "version": "1"})
    assert EchoStudy.objects.get(pk=draft.pk).struck_at


def test_the_page_that_asks_for_the_reason_counts_as_opened(alice, client_of, study):
    client_of(alice).get(reverse("patients:echo-strike", args=[study.public_id]))
    opened = AuditEvent.objects.get(action=AuditAction.VIEW)
    assert (opened.actor_id, opened.record_id) == (alice.pk, str(study.public_id))


def test_asking_for_another_clinics_study_is_remembered(charlie, client_of, study):
    url = reverse("patients:echo-page", args=[study.public_id])
    assert client_of(charlie).get(url).status_code == 404
    refused = AuditEvent.objects.get(action=AuditAction.REFUSED)
    assert (refused.actor_id, refused.patient_id) == (charlie.pk, str(study.patient.public_id))


def test_asking_for_a_study_that_does_not_exist_is_only_a_typing_error(charlie, client_of, db):
    url = reverse("patients:echo-page", args=["00000000-0000-4000-8000-000000000000"])
    assert client_of(charlie).get(url).status_code == 404
    assert not AuditEvent.objects.filter(action=AuditAction.REFUSED).exists()
