"""The patient page on paper."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from demo.patients import write_severe_with_symptoms

MOST_SHEETS = 2


def test_a_patient_fits_on_two_sheets(demo, somebody, log_in, live_server):
    patient = demo(write_severe_with_symptoms)
    page = log_in(somebody("alice"))
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    paper = page.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert 1 <= sheets <= MOST_SHEETS

    page.emulate_media(media="print")
    for hidden in (".topbar", ".actions", "form", ".skip-link"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    identity = page.locator(".print-identity")
    for words in ("Okonkwo, Ngozi", "HV-20391"):
        expect(identity).to_contain_text(words)
    expect(identity).to_be_visible()
    expect(page.get_by_role("region", name="ACC/AHA 2020")).to_contain_text("Class 1")
