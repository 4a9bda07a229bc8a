"""From the chart to the team and back: refer, list, sheet, freeze, decide, plan, perform."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from demo.patients import write_no_team_review
from followup.models import EditionAnswer, Referral, TeamSheet
from tests.browser.test_pages import nothing_hangs_over
from treatments.models import Intervention, TeamReview

MOST_SHEETS = 2


def test_a_patient_goes_to_the_team_and_is_treated(
    demo, somebody, log_in, live_server, no_barriers
):
    patient = demo(write_no_team_review)
    chart = live_server.url + reverse("reports:patient-page", args=[patient.public_id])
    page = log_in(somebody("alice"))

    page.goto(chart)
    page.get_by_role("link", name="Refer to the heart team").click()
    expect(page.get_by_role("heading", name="Refer to the heart team")).to_be_visible()
    expect(page.get_by_label("Question to the team")).to_have_value(re.compile("Class "))
    no_barriers(page)
    page.get_by_label("within a week").check()
    page.get_by_role("button", name="Refer to the heart team").click()
    expect(page.get_by_text("Referred to the heart team on")).to_be_visible()
    expect(page.get_by_text("by Alice")).to_be_visible()
    assert Referral.objects.get().urgency == "soon"
    no_barriers(page)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Heart team").click()
    expect(page.get_by_role("heading", name="Heart team", exact=True)).to_be_visible()
    expect(page.get_by_text("Referred by")).to_be_visible()
    expect(page.get_by_text("By itself: class 1 or I open since")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the list")

    page.get_by_role("link", name="Sheet").click()
    expect(page.get_by_role("heading", name="Team sheet")).to_be_visible()
    no_barriers(page)
    page.get_by_label("For the meeting on").fill("today")
    page.get_by_role("button", name="Freeze for the meeting").click()
    expect(page.get_by_text("it fits what is shown")).to_be_visible()
    assert TeamSheet.objects.count() == 1
    no_barriers(page)
    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    paper = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= MOST_SHEETS

    page.goto(chart)
    page.get_by_role("link", name="Record a decision").click()
    expect(page.get_by_role("heading", name="Decision of the heart team")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the decision")
    page.get_by_label("Participants").fill("Dr Keller (surgeon), Dr Weiss (imaging)")
    page.locator("#id_decision").select_option("intervene")
    page.get_by_label("Reasons").fill("Symptoms, a repair is likely to last")
    for option in page.get_by_role("radio", name=re.compile("^agrees with")).all():
        option.check()
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("saved in the record at")).to_be_visible()
    assert TeamReview.objects.first().decision == "intervene"
    assert EditionAnswer.objects.filter(agrees=True).exists()
    expect(page.get_by_role("link", name="The sheet that the team had")).to_be_visible()
    no_barriers(page)

    page.get_by_role("link", name="Plan the intervention").click()
    expect(page.get_by_role("heading", name="Intervention", exact=True)).to_be_visible()
    expect(page.get_by_role("radio", name="planned")).to_be_checked()
    page.get_by_label("Kind").select_option("mitral_repair")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("saved in the record at")).to_be_visible()
    plan = Intervention.objects.get(kind="mitral_repair", status="planned")
    expect(page.get_by_role("link", name="Plan the intervention")).to_have_count(0)

    page.goto(
        live_server.url + reverse("treatments:record-edit", args=["intervention", plan.public_id])
    )
    page.get_by_role("radio", name="performed").check()
    page.get_by_label("Why is it changed?").fill("done")
    page.get_by_label("Performed on").fill("today")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.get_by_text("performed").first).to_be_visible()
    plan.refresh_from_db()
    assert plan.status == "performed"
