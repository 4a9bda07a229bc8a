"""Interventions, drugs and reviews entered and read in a browser."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records
from treatments.models import Complication, EndocarditisProphylaxisAdvice, Intervention, Medication
from treatments.record_kinds import KINDS


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, family_name="Rossi")


@pytest.fixture
def rows(patient):
    """One row of each kind."""
    repair = records.intervention(
        patient, "2024-03-03", "mitral_repair", annuloplasty_ring="complete semi-rigid ring, 32 mm"
    )
    bleeding = {"intervention": repair, "kind": "bleeding", "occurred_on": date(2024, 3, 4)}
    advice = {"advice": "prophylaxis", "advised_on": date(2024, 3, 9)}
    return {
        "intervention": repair,
        "complication": records.enter(Complication(patient=patient, **bleeding)),
        "medication": records.medication(patient, "2024-03-05", "bisoprolol", dose_mg=5),
        "anticoagulation-plan": records.anticoagulation_plan(patient, "2024-03-05", inr_low=2),
        "endocarditis-prophylaxis": records.enter(
            EndocarditisProphylaxisAdvice(patient=patient, **advice)
        ),
        "team-review": records.team_review(patient, "2024-02-05", operability="operable"),
    }


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_the_pages_of_a_kind_keep_nobody_out(
    log_in, live_server, alice, patient, rows, no_barriers, slug
):
    kind, row = KINDS[slug], rows[slug]
    page = log_in(alice)
    for address in (
        kind.list_url(patient),
        kind.add_url(patient),
        kind.page_url(row),
        kind.edit_url(row),
    ):
        page.goto(live_server.url + address)
        no_barriers(page)
        nothing_hangs_over(page, address)


def test_an_operation_of_two_parts_and_its_complication(
    log_in, live_server, nina, patient, no_barriers
):
    kind = KINDS["intervention"]
    page = log_in(nina)
    page.goto(live_server.url + kind.add_url(patient))
    page.get_by_label("Kind").select_option("mitral valve repair")
    page.get_by_label("performed", exact=True).check()
    page.get_by_label("Performed on").fill("3 Mar 2024")
    page.get_by_label("Performed on").press("Enter")
    expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    expect(page.get_by_label("Prosthesis model")).to_have_count(0)
    page.get_by_label("Kind").select_option("biological mitral replacement")
    page.get_by_label("Prosthesis model").fill("Stentless 29")
    page.get_by_label("Kind").select_option("mitral valve repair")
    expect(page.get_by_label("Repair technique")).to_be_visible()
    expect(page.get_by_label("Prosthesis model")).to_have_value("Stentless 29")
    page.get_by_role("button", name="Save, and enter another part of it").click()
    expect(page.get_by_role("alert")).to_contain_text("leaves no valve prosthesis in place")
    no_barriers(page)
    page.get_by_label("Prosthesis model").fill("")
    page.get_by_role("button", name="Save, and enter another part of it").click()
    expect(page.get_by_label("Performed on")).to_have_value("3 Mar 2024")
    page.get_by_label("Kind").select_option("ablation of atrial fibrillation")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(live_server.url + kind.page_url(Intervention.objects.get(kind="mitral_repair")))
    expect(page.get_by_text("Also done on 3 Mar 2024")).to_be_visible()
    page.get_by_role("link", name="Add a complication").click()
    page.get_by_label("Kind").select_option("major bleeding")
    page.get_by_label("Occurred on").fill("4 Mar 2024")
    page.get_by_role("button", name="Save").click()
    assert Complication.objects.get().intervention.kind == "mitral_repair"


def test_a_dose_is_changed_and_a_drug_stopped_without_scripts(
    browser, log_in, live_server, nina, patient
):
    course = records.medication(patient, "2024-03-05", "bisoprolol", dose_mg=5, times_a_day=1)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(log_in(nina).context.cookies())
    page = context.new_page()
    page.goto(live_server.url + KINDS["medication"].page_url(course))
    page.get_by_role("link", name="Change dose").click()
    page.get_by_label("From").fill("1 Apr 2024")
    page.get_by_label("One dose").fill("0.0075 g")
    page.get_by_role("button", name="Change dose").click()
    page.get_by_role("button", name="Use 7.5 mg").click()
    page.get_by_role("button", name="Change dose").click()
    expect(page.locator("h1")).to_have_text("Bisoprolol, 7.5 mg, once a day")
    page.get_by_role("link", name="Stop this drug").click()
    page.get_by_label("Stopped on").fill("1 May 2024")
    page.get_by_label("Why stopped").select_option("side effect")
    page.get_by_role("button", name="Stop this drug").click()
    expect(page.get_by_text("stopped from 1 May 2024")).to_be_visible()
    assert not Medication.objects.filter(stopped_on=None).exists()
    context.close()
