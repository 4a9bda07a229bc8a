"""The file of all echo studies, for who may take it along."""

import csv
import io
import zipfile

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import records


def test_alice_downloads_the_new_study(log_in, alice, bob, clinic_north, live_server, no_barriers):
    patient = records.patient_of(clinic_north, record_number="N-7", family_name="Rossi")
    records.echo(patient, "2024-02-01", by=bob, lvesd_mm=36)
    page = log_in(alice)
    page.goto(live_server.url + reverse("patients:echo-add", args=[patient.public_id]))
    page.get_by_label("Performed on").fill("12 Nov 2025")
    page.get_by_label("LVEF", exact=True).fill("55-60")
    page.get_by_label("EROA", exact=True).fill("41,5")
    page.get_by_role("button", name="Save and finalize").click()
    page.locator(".confirm input[type=checkbox]").check()
    page.get_by_role("button", name="Save and finalize").click()
    page.wait_for_url(lambda url: "/add/" not in url)

    page.get_by_role("link", name="Reports").click()
    no_barriers(page)
    page.get_by_role("link", name="Echo studies").click()
    expect(page.get_by_role("heading", name="2 rows", exact=True)).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_text("Write what the file is for.")).to_be_visible()
    page.get_by_label("What is it for?").fill("yearly review")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename.startswith("echo_studies_")
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.namelist()[-1] == "receipt.json"
        text = archive.read("echo_studies.csv").decode()
    rows = {row["performed_on"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"2024-02-01", "2025-11-12"}
    new = rows["2025-11-12"]
    assert (new["lvef_percent_low"], new["lvef_percent_high"]) == ("55", "60")
    assert (new["eroa_mm2"], new["lvesd_mm"]) == ("41.5", "")


def test_a_nurse_sees_no_report(log_in, nina, live_server):
    page = log_in(nina)
    page.goto(live_server.url + reverse("reports:report-list"))
    expect(page.get_by_text("does not allow you to export")).to_be_visible()
    expect(page.get_by_role("link", name="Echo studies")).to_have_count(0)


def test_a_wrong_filter_is_told_beside_its_box(log_in, alice, live_server, no_barriers):
    page = log_in(alice)
    page.goto(live_server.url + reverse("reports:report-page", args=["echo_studies"]))
    page.get_by_label("From", exact=True).fill("1 Mar 2026")
    page.get_by_label("Until", exact=True).fill("1 Feb 2026")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("This is before the first day, 1 Mar 2026.")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_have_count(0)
    no_barriers(page)


def test_it_offers_nothing_of_another_clinic(log_in, charlie, alice, clinic_north, live_server):
    records.patient_of(clinic_north, record_number="N-7")
    page = log_in(charlie)
    page.goto(live_server.url + reverse("reports:report-page", args=["patients"]))
    expect(page.get_by_role("heading", name="0 rows", exact=True)).to_be_visible()
    expect(page.get_by_text("North")).to_have_count(0)


def test_a_researcher_takes_what_names_nobody(
    log_in, rita, clinic_north, live_server, no_barriers, settings
):
    settings.RESEARCH_KEY = "a-key-of-the-tests-" + "z" * 20
    for number in range(5):
        patient = records.patient_of(
            clinic_north, family_name="Rossi", record_number=f"N-{number}", research_consent=True
        )
        records.echo(patient, "2024-02-01", lvesd_mm=36)
    page = log_in(rita)
    no_barriers(page)
    expect(page.get_by_role("link", name="Echo studies", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Echo studies, de-identified").click()
    expect(page.get_by_role("heading", name="5 rows", exact=True)).to_be_visible()
    expect(page.get_by_text("right 1 time in 5")).to_be_visible()
    expect(page.get_by_text("Rossi")).to_have_count(0)
    no_barriers(page)
    page.get_by_label("What is it for?").fill("a study of repairs")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        rows = list(
            csv.DictReader(archive.read("echo_studies_deidentified.csv").decode().splitlines())
        )
    assert len(rows) == 5
    assert {row["lvesd_mm"] for row in rows} == {"36"}
