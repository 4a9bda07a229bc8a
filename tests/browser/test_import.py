"""A clinician brings somebody else's spreadsheets in, twice, and opens one of the patients."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from interop import actions
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS
from patients.models import EchoStudy, Patient, SymptomLog
from tests.browser import valve_files as files
from treatments.models import Intervention

STUDIES = files.PATIENTS * files.STUDIES_EACH
# What would sound like an answer about a valve that nobody measured.
VERDICT_WORDS = re.compile(r"\b(mild|trivial|trace|moderate|none|no MR|stages? [A-D]\d?)\b", re.I)


@pytest.fixture
def page(page: Page, log_in, alice) -> Page:
    return log_in(alice)


@pytest.fixture
def upload(page, live_server):
    """`upload("Patients", "list.csv", content)`: to the page on which columns are mapped."""

    def to_columns(kind: str, name: str, content: bytes) -> None:
        page.goto(live_server.url + reverse("interop:import-list"))
        page.get_by_role("link", name="Import a file").first.click()
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_label("What stands in its rows").select_option(label=kind)
        page.get_by_role("button", name="Look at the columns").click()

    return to_columns


@pytest.fixture
def totals(page):
    """`totals()`: the numbers on top of a preview or a result, by their words."""

    def read() -> dict[str, int]:
        items = page.locator(".totals li").all_inner_texts()
        return {words: int(number) for number, words in (text.split(maxsplit=1) for text in items)}

    return read


@pytest.fixture
def followed(alice, clinic_north):
    """Patients and their operations, imported before."""
    for kind, content, constants in (
        ("patients", files.patients(), {"findings_on": str(files.FIRST_OPERATION_ON)}),
        ("interventions", files.operations(), {}),
    ):
        batch = actions.receive_file(
            by=alice,
            clinic=clinic_north,
            kind=kind,
            file_name=f"{kind}.csv",
            chunks=[content],
            size=len(content),
        )
        mapping = guess(KINDS[kind], actions.profile_kept(batch))
        mapping.constants.update(constants)
        actions.choose_mapping(batch, mapping)
        actions.check_import(batch)
        actions.commit_import(batch, by=alice, choices=actions.Choices())


def check_and_import(page: Page) -> None:
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import the accepted rows").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()


def map_echo_columns(page: Page) -> None:
    page.get_by_label("case no", exact=True).select_option(label="Record number")
    page.get_by_label("visit", exact=True).select_option(label="Date of the study")
    page.get_by_role("button", name="Check the file").click()


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_three_files_come_in_and_twice_changes_nothing(page, upload, totals, no_barriers):
    upload("Patients", "patients.csv", files.patients())
    page.get_by_label("Day of the findings").fill(str(files.FIRST_OPERATION_ON))
    check_and_import(page)
    upload("Interventions and operations", "operations.csv", files.operations())
    check_and_import(page)
    assert Patient.objects.count() == files.PATIENTS
    assert SymptomLog.objects.filter(nyha_low=1, nyha_high=2).exists()
    assert Intervention.objects.filter(kind="aortic_replacement").count() == files.PATIENTS

    upload("Echo studies", "echo.csv", files.echo_studies())
    map_echo_columns(page)
    assert totals() == {
        "new": STUDIES - files.IMPOSSIBLE,
        "changed": 0,
        "unchanged": 0,
        "rejected": files.IMPOSSIBLE + 1,
        "rows in all": STUDIES + 1,
    }
    reasons = page.get_by_role("region", name="Rows")
    expect(reasons.get_by_role("row").filter(has_text="V-003")).to_contain_text("650")
    expect(reasons.get_by_role("row").filter(has_text=files.UNKNOWN_NUMBER)).to_contain_text(
        "record number"
    )
    assert EchoStudy.objects.count() == 0
    no_barriers(page)
    page.get_by_label(f"Import these {files.IMPLAUSIBLE} implausible values").check()
    page.get_by_role("button", name="Import the accepted rows").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    assert EchoStudy.objects.count() == STUDIES - files.IMPOSSIBLE
    marked = [study for study in EchoStudy.objects.all() if study.implausible_confirmed]
    assert {study.lvef_percent_low for study in marked} == {93}
    assert len(marked) == files.IMPLAUSIBLE
    no_barriers(page)

    history = EchoStudy.history.count()
    upload("Echo studies", "echo.csv", files.echo_studies())
    map_echo_columns(page)
    assert (totals()["new"], totals()["unchanged"]) == (0, STUDIES - files.IMPOSSIBLE)
    page.get_by_role("button", name="Nothing is new: finish").click()
    expect(page.get_by_text("Nothing: the record already held all of it.")).to_be_visible()
    assert EchoStudy.history.count() == history


def test_refused_rows_are_downloaded_and_an_unmeasured_valve_gets_no_answer(
    page, upload, followed, totals
):
    upload("Echo studies", "echo.csv", files.echo_studies())
    map_echo_columns(page)
    page.get_by_role("button", name="Import the accepted rows").click()
    # Without a yes, what is implausible stays out.
    assert totals()["new"] == STUDIES - files.IMPOSSIBLE - files.IMPLAUSIBLE
    with page.expect_download() as waiting:
        page.get_by_role("link", name="rows not imported").click()
    refused = rows_of(waiting.value.path())
    assert sorted(row["ef"] for row in refused) == ["61", "650", "93", "93"]
    assert {row["case no"] for row in refused} >= {"V-003", files.UNKNOWN_NUMBER}
    reasons = [list(row.values())[-1] for row in refused]
    assert all(reasons)

    page.get_by_role("link", name="Open the patient list").click()
    expect(page.get_by_role("region", name="Patients")).to_contain_text("Cannot be graded")
    page.locator("[data-search-box]").fill("V-001")
    page.locator("[data-search-box]").press("Enter")
    page.get_by_role("link", name="Name not recorded").click()

    expect(page.locator(".answers")).to_contain_text("Cannot be graded")
    severity = page.get_by_role("region", name="Where we stand")
    for measurement in ("EROA", "Regurgitant volume", "Vena contracta"):
        expect(severity).to_contain_text(measurement)
    chart = page.locator("figure.chart", has=page.locator("abbr", has_text="LVEF"))
    expect(chart).to_contain_text("Aortic valve replacement")
    expect(page.get_by_role("region", name="Interventions", exact=True)).to_contain_text(
        "7 Mar 2011"
    )
    everything = page.locator("body").text_content() or ""
    # A rule names the patients it is for, and what is missing the values that a fact could have:
    # neither is said of this patient.
    for said_of_nobody in (".editions", ".missing"):
        for part in page.locator(said_of_nobody).all():
            everything = everything.replace(part.text_content() or "", "")
    assert VERDICT_WORDS.findall(everything) == []
