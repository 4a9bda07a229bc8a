"""The patient page on paper."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from demo.patients import write_severe_with_symptoms, write_unmeasured
from demo.patients.acute_papillary_rupture import write_acute_papillary_rupture
from demo.patients.biological_valve_wears_out import write_biological_valve_wears_out
from demo.patients.flail_called_class_one import write_flail_called_class_one
from demo.patients.mechanical_valve import write_mechanical_valve
from demo.patients.mechanical_valve_thrombosis import write_mechanical_valve_thrombosis
from demo.patients.mixed_mechanism import write_mixed_mechanism
from demo.patients.secondary_on_therapy import write_secondary_on_therapy

MOST_SHEETS = 2
# Those with the most to print.
LONGEST = (
    write_acute_papillary_rupture,
    write_biological_valve_wears_out,
    write_flail_called_class_one,
    write_mechanical_valve,
    write_mechanical_valve_thrombosis,
    write_mixed_mechanism,
    write_secondary_on_therapy,
    write_severe_with_symptoms,
    write_unmeasured,
)


def sheets_of(page) -> int:
    """How many sheets of paper the page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_the_longest_patients_fit_on_two_sheets(demo, somebody, log_in, live_server):
    patients = [demo(write) for write in LONGEST]
    page = log_in(somebody("alice"))
    taken = {}
    for patient in patients:
        page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
        taken[str(patient)] = sheets_of(page)
    assert {who: sheets for who, sheets in taken.items() if not 1 <= sheets <= MOST_SHEETS} == {}


def test_paper_says_who_it_is_and_what_is_advised(demo, somebody, log_in, live_server):
    patient = demo(write_severe_with_symptoms)
    page = log_in(somebody("alice"))
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    page.emulate_media(media="print")
    for hidden in (".topbar", ".actions", "form", ".skip-link"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    identity = page.locator(".print-identity")
    for words in ("Okonkwo, Ngozi", "HV-20391"):
        expect(identity).to_contain_text(words)
    expect(identity).to_be_visible()
    expect(page.get_by_role("region", name="ACC/AHA 2020")).to_contain_text("Class 1")


def test_paper_names_every_missing_fact(demo, somebody, log_in, live_server):
    """The screen folds the later ones; paper cannot open a fold."""
    patient = demo(write_unmeasured)
    page = log_in(somebody("alice"))
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    missing = page.get_by_role("region", name="What is missing")
    folded = missing.locator("details .missing > li")
    names = folded.locator("> a").all_text_contents()
    assert names
    more = missing.get_by_text(f"And {folded.count()} more:")
    expect(more).to_be_hidden()

    page.emulate_media(media="print")
    for name in names:
        expect(missing.locator(".missing-names")).to_contain_text(name)
    expect(more).to_be_visible()
