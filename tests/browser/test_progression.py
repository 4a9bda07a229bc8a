"""The charts as a person meets them: by keyboard, with a hint, without barriers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import records as make


@pytest.fixture
def patient(clinic_north):
    today = clinic_north.today()
    patient = make.patient_of(clinic_north, from_on=today - timedelta(days=4000))
    make.diagnosis(patient, today - timedelta(days=400))
    for years, lvesd in zip(range(5, -1, -1), (34, 35, 36, 38, 39, 41), strict=True):
        make.echo(
            patient,
            today - timedelta(days=365 * years + 10),
            lvesd_mm=lvesd,
            lvef_percent=(60, 65) if years == 2 else 66,
            eroa_mm2=44,
            eroa_method="pisa",
            vena_contracta_mm=8,
            laboratory="North",
            linear_method="two_d",
        )
    make.echo(patient, today - timedelta(days=2), final=False, lvesd_mm=42)
    make.log(patient, today - timedelta(days=700), nyha=1)
    make.log(patient, today - timedelta(days=30), nyha=(1, 2))
    make.admission(patient, today - timedelta(days=1000))
    return patient


def chart_of(page, title):
    return page.locator("figure.chart", has=page.get_by_role("heading", name=title, exact=False))


def test_a_point_is_reached_by_the_keyboard_and_says_its_value(
    log_in, live_server, alice, patient, no_barriers
):
    page = log_in(alice)
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    chart = chart_of(page, "LVESD").first
    chart.get_by_role("link", name="Enlarge LVESD").focus()
    page.keyboard.press("Tab")
    newest = page.locator(":focus")
    assert "41 mm" in newest.get_attribute("aria-label")
    hint = chart.locator(".chart-tip")
    expect(hint).to_be_visible()
    expect(hint).to_contain_text("41 mm")
    page.keyboard.press("ArrowLeft")
    expect(hint).to_contain_text("39 mm")
    page.keyboard.press("Home")
    expect(hint).to_contain_text("34 mm")
    no_barriers(page)
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()
    # One stop for the whole chart: the next one is its table.
    page.keyboard.press("Tab")
    expect(chart.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chart.get_by_role("table")).to_contain_text("draft, not used")
    no_barriers(page)


def test_pointing_at_a_value_shows_the_same(log_in, live_server, alice, patient):
    page = log_in(alice)
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    chart = chart_of(page, "LVESD").first
    chart.locator("svg g[tabindex]").first.hover()
    expect(chart.locator(".chart-tip")).to_contain_text("34 mm")


def test_the_enlarged_chart_keeps_nobody_out(log_in, live_server, alice, patient, no_barriers):
    page = log_in(alice)
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    chart_of(page, "LVESD").first.get_by_role("link", name="Enlarge LVESD").click()
    expect(page.get_by_role("heading", name="Limits")).to_be_visible()
    newest = page.locator("svg g[tabindex='0']")
    newest.focus()
    expect(page.locator(".chart-tip")).to_contain_text("41 mm")
    no_barriers(page)
    for width in (768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_nothing_hangs_over_the_page(log_in, live_server, alice, patient, width):
    page = log_in(alice)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + reverse("reports:patient-page", args=[patient.public_id]))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for chart in page.locator(".charts figure").all():
        assert chart.evaluate("figure => figure.scrollWidth <= figure.clientWidth")
