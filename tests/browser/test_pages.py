"""Every main page at every width: nothing hangs over, nobody is kept out, nothing is heavy."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from demo.patients import (
    write_acute_papillary_rupture,
    write_mechanical_valve,
    write_severe_growing,
    write_severe_with_symptoms,
    write_unmeasured,
)
from interop import actions
from patients import actions as patient_actions
from patients.models import EchoStudy
from tests.browser import valve_files as files
from tests.factories import records

# A desk, a laptop, a tablet, and 1280 pixels at 200 %.
WIDTHS = (1440, 1024, 768, 640)
HEIGHT = 900
LARGEST_PAGE = 150_000  # bytes on the wire, compressed, with nothing in the cache
OUR_STYLES = 20_000  # less than this means that something was not counted
LONG_RECORD = 60


@contextmanager
def counted(page: Page) -> Iterator[Callable[[], int]]:
    """Count what a page weighs when a server compresses all of it."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    yield lambda: sum(
        len(gzip.compress(answer.body())) for answer in answers if answer.status < 300
    )
    page.remove_listener("response", note)


@pytest.fixture
def look_at(page, live_server, no_barriers) -> Callable[..., None]:
    """`look_at(address)`: everything that holds for every page."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def look(address: str, *, status: int = 200) -> None:
        page.goto("about:blank")  # what the page before still loads does not count
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        with counted(page) as weight:
            answer = page.goto(live_server.url + address, wait_until="load")
            assert answer.status == status, address
            assert OUR_STYLES < weight() <= LARGEST_PAGE, address
        first_stop_is_seen(page)
        open_everything(page)
        nothing_hangs_over(page, address)
        no_barriers(page)

    return look


def nothing_hangs_over(page: Page, address: str) -> None:
    """No width needs sideways scrolling; wide tables scroll in a frame of their own."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} wide at {width}"


def first_stop_is_seen(page: Page) -> None:
    """The first press of Tab shows the way past the top bar, with a visible frame."""
    # Some forms put the cursor into their first box: start from the top of the page all the same.
    page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    outline = link.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def open_everything(page: Page) -> None:
    """Unfold what is folded in the page's own part."""
    page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")


def page_of(name: str, row: object) -> str:
    return reverse(name, args=[row.public_id])


def test_the_demo_patients(demo, somebody, log_in, look_at):
    log_in(somebody("alice"))
    for write in (
        write_severe_with_symptoms,
        write_acute_papillary_rupture,
        write_unmeasured,
        write_mechanical_valve,
    ):
        look_at(page_of("reports:patient-page", demo(write)))
    look_at(reverse("reports:patient-list"))


def test_pages_of_work(demo, somebody, log_in, look_at, page_errors):
    page_errors.expect("404")
    log_in(somebody("alice"))
    rossi = demo(write_severe_growing)
    look_at(page_of("patients:echo-add", rossi))
    look_at(page_of("patients:symptom-log-add", rossi))
    look_at(page_of("patients:echo-page", rossi.echostudy_set.latest("performed_on")))
    look_at(reverse("reports:report-list"))
    look_at("/no-such-page", status=404)


def test_the_import_pages(alice, clinic_north, log_in, look_at, live_server, page):
    log_in(alice)
    look_at(reverse("reports:patient-list"))
    look_at(reverse("interop:import-start"))
    content = files.patients()
    batch = actions.receive_file(
        by=alice,
        clinic=clinic_north,
        kind="patients",
        file_name="patients.csv",
        chunks=[content],
        size=len(content),
    )
    look_at(page_of("interop:import-map", batch))
    page.get_by_label("Day of the findings").fill(str(files.FIRST_OPERATION_ON))
    page.get_by_role("button", name="Check the file").click()
    page.wait_for_url("**/preview")
    look_at(page_of("interop:import-preview", batch))
    look_at(reverse("interop:import-list"))


def test_the_login_page(look_at):
    look_at(reverse("account_login"))


def test_a_record_of_sixty_studies(alice, clinic_north, log_in, look_at):
    patient = records.patient_of(clinic_north, family_name="Llanfairpwllgwyngyll-Featherstone")
    first = date(2004, 1, 15)
    studies = [
        EchoStudy(
            patient=patient,
            performed_on=first + timedelta(days=120 * turn),
            lvef_percent_low=66 - turn % 9,
            lvef_percent_high=66 - turn % 9,
            lvesd_mm=33 + turn % 7,
            lvedd_mm=52 + turn % 6,
            comment="Good windows, same reader. " * 8,
        )
        for turn in range(LONG_RECORD)
    ]
    for study in studies:
        patient_actions.prepare_echo_study(study, by=alice, final=True)
    patient_actions.record_all(
        studies, by=alice, clinic=clinic_north, reason="test", today=clinic_north.today()
    )
    log_in(alice)
    look_at(page_of("reports:patient-page", patient) + "?all=1")


def test_the_pages_of_the_audit(alice, otto, clinic_north, log_in, look_at):
    patient = records.patient_of(clinic_north)
    log_in(alice)
    look_at(page_of("reports:patient-access", patient))
    look_at(page_of("patients:person-history", patient))
    log_in(otto)
    look_at(reverse("reports:audit-list"))
