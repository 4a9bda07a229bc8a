"""A letter from the patient page to paper, by keyboard and by mouse."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from demo.patients import write_severe_with_symptoms
from followup.models import Letter
from tests.browser.test_pages import nothing_hangs_over

MOST_SHEETS = 2


def test_a_letter_is_written_previewed_kept_and_printed(
    demo, somebody, log_in, live_server, no_barriers
):
    patient = demo(write_severe_with_symptoms)
    page = log_in(somebody("alice"))
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Letters").click()
    expect(page.get_by_role("heading", name="Letters", exact=True)).to_be_visible()
    no_barriers(page)

    page.get_by_role("link", name="New clinic letter").first.click()
    expect(page.get_by_role("heading", name="New clinic letter")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the desk")
    box = page.get_by_label("Letter", exact=True)
    box.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("A sentence of mine.")

    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview of the clinic letter")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("A sentence of mine.")
    no_barriers(page)
    page.get_by_role("button", name="Edit further").click()
    expect(page.get_by_label("Letter", exact=True)).to_have_value(re.compile("A sentence of mine"))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Keep with the record").click()
    expect(page.get_by_text("is kept with the record")).to_be_visible()
    assert "A sentence of mine." in Letter.objects.get().text
    no_barriers(page)

    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    paper = page.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 <= sheets <= MOST_SHEETS
    page.emulate_media(media="print")
    for hidden in (".topbar", ".patient-banner", ".page-head", ".footer", ".letter-source"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    identity = page.locator(".print-identity")
    expect(identity).to_be_visible()
    for words in ("Okonkwo, Ngozi", "HV-20391"):
        expect(identity).to_contain_text(words)
