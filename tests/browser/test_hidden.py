"""What belongs to another clinic is not there."""

from django.urls import reverse
from playwright.sync_api import expect

from interop import actions
from tests.browser import valve_files as files
from tests.factories import records


def test_charlie_finds_nothing_of_the_north(
    log_in, alice, charlie, clinic_north, clinic_south, live_server, page_errors
):
    patient = records.patient_of(clinic_north, record_number="N-7", family_name="Rossi")
    study = records.echo(patient, "2024-02-01", by=alice, lvesd_mm=36)
    records.patient_of(clinic_south, record_number="S-1", family_name="Sorensen")
    content = files.patients()
    batch = actions.receive_file(
        by=alice,
        clinic=clinic_north,
        kind="patients",
        file_name="north.csv",
        chunks=[content],
        size=len(content),
    )
    page_errors.expect("404")
    page = log_in(charlie)
    for name, row in (
        ("reports:patient-page", patient),
        ("patients:echo-add", patient),
        ("patients:symptom-log-add", patient),
        ("patients:echo-page", study),
        ("patients:echo-amend", study),
        ("interop:import-map", batch),
        ("interop:import-preview", batch),
        ("interop:import-result", batch),
    ):
        answer = page.goto(live_server.url + reverse(name, args=[row.public_id]))
        assert (name, answer.status) == (name, 404)
        expect(page.locator("body")).not_to_contain_text("Rossi")

    for typed in ("Rossi", "N-7", "5 May 1955"):
        page.goto(live_server.url + reverse("reports:patient-list"))
        page.locator("[data-search-box]").fill(typed)
        page.locator("[data-search-box]").press("Enter")
        page.wait_for_url(lambda url: "search=" in url)
        expect(page.get_by_role("link", name="Rossi")).to_have_count(0)
    page.goto(live_server.url + reverse("interop:import-list"))
    expect(page.get_by_text("Nothing was imported yet.")).to_be_visible()
    page.goto(live_server.url + reverse("reports:patient-list"))
    expect(page.get_by_role("link", name="Sorensen")).to_be_visible()
