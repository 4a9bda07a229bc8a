"""A morning at the call list: a contact noted by keyboard, several booked, letters printed."""

import re
from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from followup.models import Appointment, ContactAttempt, Standing
from followup.record_kinds import KINDS
from patients.days import spoken
from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records as make


def stand(today):
    """Every later write to a record computes its standing anew."""
    Standing.objects.update(
        bucket="overdue", due_by_on=today - timedelta(days=40), due_words="Visit with echo"
    )


def test_a_morning_at_the_call_list(clara, clinic_north, log_in, live_server, no_barriers):
    today = clinic_north.today()
    rossi, verdi, neri, silent = (
        make.patient_of(
            clinic_north,
            family_name=name,
            given_name="Anna",
            telephone="+33 1 99 00 00 09",
            address="12 Rue Longue\n75000 Paris",
        )
        for name in ("Rossi", "Verdi", "Neri", "Silent")
    )
    make.contact_wish(silent, today)
    missed = make.appointment(neri, today - timedelta(days=2))
    stand(today)
    page = log_in(clara)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Recall", exact=True).click()
    expect(page.get_by_role("heading", name="Call list", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Do not contact: 1")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the call list")

    # A contact, by keyboard alone: what came of it, when to try again, save.
    page.get_by_role("link", name="Note a contact with Rossi, Anna").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What came of it")).to_be_focused()
    no_barriers(page)
    page.keyboard.type("no answer")
    page.keyboard.press("Tab")
    page.keyboard.type(spoken(today + timedelta(days=3)))
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Call list", exact=True)).to_be_visible()
    attempt = ContactAttempt.objects.get(patient=rossi)
    assert (attempt.outcome, attempt.next_try_on) == ("no_answer", today + timedelta(days=3))

    stand(today)
    page.goto(live_server.url + reverse("reports:recall"))
    page.get_by_role("button", name=re.compile("Did not come.*Neri")).click()
    expect(page.get_by_text("did not come: saved in the record")).to_be_visible()
    missed.refresh_from_db()
    assert missed.status == Appointment.Status.MISSED

    # Two are booked for one day.
    stand(today)
    page.goto(live_server.url + reverse("reports:recall"))
    for name in ("Verdi, Anna", "Neri, Anna"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Book for those ticked").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    expect(page.get_by_role("checkbox", name="Verdi, Anna")).to_be_checked()
    no_barriers(page)
    page.get_by_label("What for").select_option("visit")
    page.get_by_label("Day").fill(spoken(today + timedelta(days=9)))
    page.get_by_role("button", name="Book for those ticked").click()
    expect(page.get_by_text("2 appointments booked")).to_be_visible()
    booked = Appointment.objects.filter(planned_on=today + timedelta(days=9))
    assert {row.patient for row in booked} == {verdi, neri}

    # Letters: preview, paper, noted as sent.
    stand(today)
    page.goto(live_server.url + reverse("reports:recall"))
    for name in ("Rossi, Anna", "Verdi, Anna"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Letters to those ticked").click()
    expect(page.get_by_role("heading", name="Invitation letters: preview")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the letters")
    page.get_by_label("How patients reach you").fill("telephone +33 1 99 00 00 02")
    page.get_by_role("button", name="Print view").click()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    expect(page.get_by_text("telephone +33 1 99 00 00 02").first).to_be_visible()
    no_barriers(page)
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
    page.emulate_media(media="print")
    for hidden in (".topbar", ".page-head", ".footer", "form"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    expect(page.get_by_role("article").first).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Note all as sent").click()
    expect(page.get_by_text("2 letters are noted as sent.")).to_be_visible()
    sent = ContactAttempt.objects.filter(channel="letter")
    assert {row.patient for row in sent} == {rossi, verdi}


def test_the_pages_of_no_kind_keep_anybody_out(
    alice, clinic_north, log_in, live_server, no_barriers
):
    today = clinic_north.today()
    patient = make.patient_of(clinic_north, family_name="Rossi")
    day = today - timedelta(days=3)
    rows = {
        "appointment": make.appointment(patient, day),
        "contact": make.contact(patient, day, next_try_on=today),
        "contact-wish": make.contact_wish(patient, day, "letter_only"),
        "follow-up-end": make.follow_up_end(patient, day),
        "referral": make.referral(patient, day),
    }
    Standing.objects.update(is_acute=True)
    page = log_in(alice)
    addresses = [
        address
        for slug, row in rows.items()
        for kind in [KINDS[slug]]
        for address in (kind.add_url(patient), kind.page_url(row), kind.edit_url(row))
    ]
    acts = ("attended", "missed", "cancel", "move")
    addresses += [
        reverse(f"followup:appointment-{act}", args=[rows["appointment"].public_id]) for act in acts
    ]
    for address in addresses:
        page.goto(live_server.url + address)
        no_barriers(page)
        nothing_hangs_over(page, address)
