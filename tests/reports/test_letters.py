"""The pages of letters: list, writing, preview, keeping, printing, striking, correcting."""

from __future__ import annotations

import sys
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from followup.models import Letter
from patients.actions import end_registration, mark_deceased
from patients.models import Registration
from reports import letter_pdf
from tests.factories import records as make

pytestmark = pytest.mark.django_db

MOST_QUERIES = 45


@pytest.fixture
def ago(clinic_north):
    return lambda days: clinic_north.today() - timedelta(days=days)


@pytest.fixture
def patient(clinic_north, ago):
    patient = make.patient_of(
        clinic_north, family_name="Rossi", given_name="Marta", record_number="HV-1"
    )
    make.diagnosis(patient, ago(400))
    make.echo(patient, ago(20), lvef_percent=64, lvesd_mm=36, bsa_m2="2.0", eroa_mm2=44)
    return patient


@pytest.fixture
def letter_client(client_of, alice):
    return client_of(alice)


def add_url(patient, kind="clinic"):
    return reverse("reports:letter-add", args=[patient.public_id, kind])


def list_url(patient):
    return reverse("reports:letter-list", args=[patient.public_id])


def url_of(letter, page="letter-page"):
    return reverse(f"reports:{page}", args=[letter.public_id])


def facts_of(client, url):
    """What the form holds when it is opened."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in ("addressee", "text", "facts")}


@pytest.fixture
def keep(letter_client):
    """Keep a letter as a person does: open the form, change the text, keep it."""

    def kept(patient, kind="clinic", client=letter_client, **typed):
        url = add_url(patient, kind)
        answer = client.post(url, facts_of(client, url) | typed | {"step": "keep"})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return Letter.objects.order_by("-id").first()

    return kept


def body_of(response):
    return unescape(response.content.decode())


def test_the_form_holds_the_letter_and_the_facts_of_the_screen(letter_client, patient):
    page = letter_client.get(add_url(patient))
    assert "LVEF 64 %" in page.context["form"]["text"].value()
    body = body_of(page)
    assert "What the screen says today" in body
    assert "How severe" in body
    assert "mrtrack sends no mail" in body
    assert "<title>Clinic letter" in body


def test_a_drug_that_is_not_recognized_is_named_beside_the_patient_letter(
    letter_client, patient, ago
):
    url = add_url(patient, "patient")
    assert "Not recognized by its name" not in body_of(letter_client.get(url))
    make.medication(patient, ago(5), "other", name_as_written="Xenoprim <x>")
    body = body_of(letter_client.get(url))
    assert "Not recognized by its name: <strong>Xenoprim <x></strong>" in body
    assert "Not recognized by its name" not in body_of(letter_client.get(add_url(patient)))


def test_a_preview_keeps_nothing(letter_client, patient):
    typed = facts_of(letter_client, add_url(patient))
    typed["text"] = "Dear Dr X,\n\nA part\nWith words of mine <b>.\n- one\n"
    page = letter_client.post(add_url(patient), typed | {"step": "preview"})
    body = page.content.decode()
    assert "<h2>A part</h2>" in body
    assert "With words of mine &lt;b&gt;." in body
    assert "<li>one</li>" in body
    assert not Letter.objects.exists()
    again = letter_client.post(add_url(patient), typed | {"step": "edit"})
    assert again.context["form"]["text"].value() == typed["text"]


def test_a_kept_letter_holds_what_it_was_written_from(keep, patient, alice, clinic_north):
    letter = keep(patient, text="Dear Dr X,\r\n\r\nMy words.\r\n", addressee="Dr X")
    assert letter.text == "Dear Dr X,\n\nMy words.\n"
    assert (letter.entered_by, letter.clinic, letter.addressee) == (alice, clinic_north, "Dr X")
    assert letter.speaks_of_on == clinic_north.today()
    assert letter.editions == ["ACC/AHA 2020", "ESC/EACTS 2025"]
    assert len(letter.facts_hash) == 64
    assert letter.regarding.startswith("Rossi, Marta · born 5 May 1955 · record number HV-1")


def test_an_edition_not_signed_off_is_not_among_its_editions(keep, patient, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    assert keep(patient).editions == []


def test_an_empty_letter_comes_back_with_what_was_typed(letter_client, patient):
    typed = facts_of(letter_client, add_url(patient)) | {"text": "  ", "addressee": "Dr Typed"}
    page = letter_client.post(add_url(patient), typed | {"step": "keep"})
    assert page.status_code == 200
    assert "The letter is empty." in body_of(page)
    assert page.context["form"]["addressee"].value() == "Dr Typed"
    assert 'data-unsaved="yes"' in body_of(page)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("step", ["keep", "preview"])
def test_a_record_that_changed_meanwhile_is_shown_and_nothing_typed_is_lost(
    letter_client, patient, ago, step
):
    typed = facts_of(letter_client, add_url(patient))
    typed["text"] += "\nA sentence of mine.\n"
    make.lab(patient, ago(0), "inr", "2.5")
    page = letter_client.post(add_url(patient), typed | {"step": step})
    assert page.status_code == 409
    body = body_of(page)
    assert "The record changed while you wrote" in body
    assert "Last INR 2.5" in body
    assert "A sentence of mine." in page.context["form"]["text"].value()
    assert not Letter.objects.exists()
    # Sent again with the change in sight, it is kept.
    form = page.context["form"]
    again = {name: form[name].value() for name in ("addressee", "text", "facts")}
    assert letter_client.post(add_url(patient), again | {"step": "keep"}).status_code == 302
    assert "A sentence of mine." in Letter.objects.get().text


def test_the_page_of_a_kept_letter_is_read_and_printed_under_audit(letter_client, keep, patient):
    letter = keep(patient, text="Dear Dr X,\n\nMy words.\n")
    body = body_of(letter_client.get(url_of(letter)))
    assert "My words." in body
    assert "It does not change." in body
    assert "<textarea" not in body
    printed = body_of(letter_client.get(url_of(letter, "letter-print")))
    assert "data-print" in printed
    acts = AuditEvent.objects.filter(record_kind="letter", record_id=str(letter.public_id))
    assert set(acts.values_list("action", flat=True)) == {
        AuditAction.CREATE, AuditAction.VIEW, AuditAction.PRINT,
    }  # fmt: skip


def test_a_correction_is_a_new_letter_that_names_the_old_one(letter_client, keep, patient):
    letter = keep(patient, text="Dear Dr X,\n\nA wrong word.\n")
    url = url_of(letter, "letter-correct")
    typed = facts_of(letter_client, url)
    assert "This letter replaces our letter of" in typed["text"]
    assert "A wrong word." in typed["text"]
    typed["text"] = typed["text"].replace("wrong", "right")
    assert letter_client.post(url, typed | {"step": "keep"}).status_code == 302
    new = Letter.objects.get(corrects=letter)
    assert "A right word." in new.text
    letter.refresh_from_db()
    assert "A wrong word." in letter.text
    assert "replaces this one" in body_of(letter_client.get(url_of(letter)))
    assert "replaced" in body_of(letter_client.get(list_url(patient)))


def test_of_two_corrections_the_second_is_refused_with_its_text(letter_client, keep, patient):
    letter = keep(patient)
    url = url_of(letter, "letter-correct")
    first = facts_of(letter_client, url) | {"text": "The first correction.", "step": "keep"}
    second = first | {"text": "The second correction."}
    assert letter_client.post(url, first).status_code == 302
    answer = letter_client.post(url, second)
    assert answer.status_code == 200
    assert "Somebody else has kept a correction" in body_of(answer)
    assert "The second correction." in body_of(answer)
    assert Letter.objects.filter(corrects=letter).count() == 1


def test_a_correction_of_a_letter_struck_meanwhile_keeps_its_text(letter_client, keep, patient):
    letter = keep(patient)
    url = url_of(letter, "letter-correct")
    typed = facts_of(letter_client, url) | {"text": "Written for long.", "step": "keep"}
    letter_client.post(url_of(letter, "letter-strike"), {"reason": "wrong", "version": 1})
    answer = letter_client.post(url, typed)
    assert answer.status_code == 200
    assert "Written for long." in body_of(answer)
    assert not Letter.objects.filter(corrects=letter).exists()


def test_a_preview_that_nobody_opened_before_is_noted(letter_client, patient):
    letter_client.post(add_url(patient), {"text": "x", "facts": "", "step": "preview"})
    assert AuditEvent.objects.filter(action=AuditAction.VIEW).count() == 1


def test_a_struck_letter_stays_readable_and_says_so(letter_client, keep, patient):
    letter = keep(patient)
    url = url_of(letter, "letter-strike")
    assert "required" in body_of(letter_client.post(url, {"reason": "", "version": 1}))
    assert letter_client.post(url, {"reason": "wrong patient", "version": 1}).status_code == 302
    body = body_of(letter_client.get(url_of(letter)))
    assert "entered in error" in body
    assert "wrong patient" in body
    assert "ENTERED IN ERROR" in body_of(letter_client.get(url_of(letter, "letter-print")))
    assert letter_client.get(url_of(letter, "letter-correct")).status_code == 302
    assert letter_client.get(url).status_code == 302
    assert "wrong patient" in body_of(letter_client.get(list_url(patient)))


def test_it_hides_other_clinics(client_of, charlie, keep, patient):
    letter = keep(patient)
    stranger = client_of(charlie)
    urls = [list_url(patient), add_url(patient)]
    pages = ("letter-page", "letter-print", "letter-correct", "letter-strike")
    urls += [url_of(letter, page) for page in pages]
    for url in urls:
        assert stranger.get(url).status_code == 404, url
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=charlie.pk).exists()


def test_a_clerk_reads_and_a_nurse_writes(client_of, clara, nina, keep, patient):
    letter = keep(patient)
    clerk = client_of(clara)
    assert clerk.get(url_of(letter)).status_code == 200
    assert "New clinic letter" not in body_of(clerk.get(list_url(patient)))
    assert clerk.get(add_url(patient)).status_code == 403
    assert clerk.post(url_of(letter, "letter-strike"), {"reason": "x"}).status_code == 403
    assert client_of(nina).get(add_url(patient)).status_code == 200


def test_a_former_clinic_reads_letters_up_to_its_day(letter_client, keep, patient, alice, ago):
    letter = keep(patient)
    registration = Registration.objects.get(patient=patient)
    end_registration(by=alice, registration=registration, until_on=ago(0), because="discharged")
    assert letter_client.get(url_of(letter)).status_code == 200
    assert "followed this patient until" in body_of(letter_client.get(list_url(patient)))


def test_no_patient_letter_is_offered_for_the_dead(
    letter_client, patient, alice, clinic_north, ago
):
    mark_deceased(by=alice, clinic=clinic_north, patient=patient, deceased_on=ago(1), reason="told")
    body = body_of(letter_client.get(list_url(patient)))
    assert "New clinic letter" in body
    assert "New patient letter" not in body
    assert letter_client.get(add_url(patient, "patient")).status_code == 302
    assert letter_client.get(add_url(patient, "clinic")).status_code == 200


def test_a_danger_asks_for_the_telephone(letter_client, patient, ago):
    make.intervention(patient, ago(300), "mitral_mechanical")
    make.anticoagulation_plan(patient, ago(300))
    make.lab(patient, ago(3), "inr", "1.7")
    assert "A letter is too slow for this" in body_of(letter_client.get(add_url(patient)))


def test_an_unknown_kind_of_letter_is_none(letter_client, patient):
    assert letter_client.get(add_url(patient, "lawyer")).status_code == 404


def test_the_patient_page_leads_to_the_letters(letter_client, patient):
    page = letter_client.get(reverse("reports:patient-page", args=[patient.public_id]))
    assert f'href="{list_url(patient)}"' in page.content.decode()


def test_without_the_optional_package_there_is_no_file(letter_client, keep, patient, monkeypatch):
    letter = keep(patient)
    monkeypatch.setattr(letter_pdf, "PACKAGE", "a_package_that_nobody_has")
    assert "PDF file" not in body_of(letter_client.get(url_of(letter)))
    assert letter_client.get(url_of(letter, "letter-file")).status_code == 404


def test_with_the_optional_package_the_letter_is_had_as_a_file(
    letter_client, keep, patient, monkeypatch
):
    """A stand-in for the foreign package takes the page that would be printed."""
    letter = keep(patient, text="Dear Dr X,\n\nMy words.\n")
    given = {}

    class Page:
        def __init__(self, string, url_fetcher):
            given["html"] = string
            with pytest.raises(ValueError, match="no other file"):
                url_fetcher("file:///etc/passwd")

        def write_pdf(self, stylesheets, pdf_variant):
            given["styles"] = stylesheets
            return b"%PDF-stand-in"

    stand_in = SimpleNamespace(
        CSS=lambda filename: filename, HTML=Page, __spec__=SimpleNamespace(name="weasyprint")
    )
    monkeypatch.setitem(sys.modules, letter_pdf.PACKAGE, stand_in)
    assert "PDF file" in body_of(letter_client.get(url_of(letter)))
    answer = letter_client.get(url_of(letter, "letter-file"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == b"%PDF-stand-in"
    assert "Rossi" not in answer["Content-Disposition"]
    assert "My words." in given["html"]
    assert given["styles"][0].endswith("letter_pdf.css")
    note = AuditEvent.objects.filter(action=AuditAction.PRINT).latest("id").note
    assert note == "as a PDF file"


def test_the_number_of_queries_does_not_grow(letter_client, keep, patient, ago):
    def asked(url):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert letter_client.get(url).status_code == 200
        return len(queries)

    keep(patient)
    small = asked(add_url(patient)), asked(list_url(patient))
    for number in range(5):
        make.echo(patient, ago(30 + number), lvef_percent=60, lvesd_mm=36, bsa_m2="2.0")
        keep(patient, text=f"Letter {number}.\n")
    large = asked(add_url(patient)), asked(list_url(patient))
    assert large == small
    assert max(large) <= MOST_QUERIES
