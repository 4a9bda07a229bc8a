"""What two guidelines say of one patient, and that a new study changes it at once."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from demo.patients import write_severe_growing
from patients.models import EchoStudy


@pytest.fixture
def card(page: Page):
    return lambda title: page.get_by_role("region", name=title, exact=True)


def enter_draft(page: Page) -> None:
    """A nurse may not finalize: what she enters waits."""
    page.get_by_role("link", name="New echo").click()
    expect(page.get_by_role("button", name="Save and finalize")).to_have_count(0)
    page.get_by_label("Performed on").fill("yesterday")
    page.get_by_label("LVESD", exact=True).fill("44")
    page.get_by_role("button", name="Save as draft").click()
    page.wait_for_url(lambda url: "/add/" not in url)


def test_a_final_study_changes_the_verdicts_and_a_draft_does_not(
    demo, log_in, somebody, live_server, card
):
    rossi = demo(write_severe_growing)
    address = live_server.url + reverse("reports:patient-page", args=[rossi.public_id])
    page = log_in(somebody("nina"))
    page.goto(address)
    enter_draft(page)
    log_in(somebody("alice")).goto(address)
    american, european = card("ACC/AHA 2020"), card("ESC/EACTS 2025")
    assert american.bounding_box()["y"] == european.bounding_box()["y"]
    for edition in (american, european):
        expect(edition).not_to_contain_text("Class 1:")
        expect(edition).not_to_contain_text("Class I:")

    page.get_by_role("link", name="New echo").click()
    page.get_by_label("Performed on").fill("today")
    page.get_by_label("LVEF", exact=True).fill("62")
    page.get_by_label("LVESD", exact=True).fill("4.1 cm")
    page.get_by_role("button", name="Save and finalize").click()
    assert not rossi.echostudy_set.filter(lvesd_mm=41).exists()
    expect(page.get_by_label("LVESD", exact=True)).to_have_value("4.1 cm")
    page.get_by_role("button", name="Use 41 mm", exact=True).click()
    expect(page.get_by_label("LVESD", exact=True)).to_have_value("41")
    page.get_by_role("button", name="Save and finalize").click()
    # What is not recorded is asked about once, and so is the one value that alone flips a class.
    expect(page.locator(".confirm").first).to_be_visible()
    for question in page.locator(".confirm input[type=checkbox]").all():
        question.check()
    page.get_by_role("button", name="Save and finalize").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    study = EchoStudy.objects.get(patient=rossi, lvesd_mm=41)
    assert study.status == EchoStudy.Status.FINAL

    page.goto(address)
    expect(american.locator(".edition-advice")).to_contain_text("Class 1:")
    expect(european.locator(".edition-advice")).to_contain_text("Class I:")
    expect(american).to_contain_text("AHA-PI-02")
    expect(american).to_contain_text("Level B-NR")
    expect(american.get_by_role("row", name="LVESD ≥ 40 mm")).to_contain_text("41 mm")
    expect(
        page.locator("figure.chart").filter(has=page.get_by_text("LVESD", exact=True))
    ).to_contain_text("41")
