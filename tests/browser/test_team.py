"""From the chart to the team and back: refer, sheet, decide, plan, perform, follow up."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from demo.patients import write_no_team_review
from followup.models import EditionAnswer, Referral, Standing, TeamSheet
from followup.standing import renew_standings
from guidelines.concerns import ConcernKind
from guidelines.intervals import BASELINE_DAYS
from guidelines.pathway import Bucket
from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records as make
from treatments.models import Intervention, TeamReview

MOST_SHEETS = 2


def test_a_patient_goes_to_the_team_and_is_treated(
    demo, somebody, log_in, live_server, no_barriers
):
    patient = demo(write_no_team_review)
    make.strike(Referral.objects.get(), by=somebody("alice"))  # nobody has referred yet
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
    assert Referral.objects.get(struck_at__isnull=True).urgency == "soon"
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
    residual = page.get_by_label("Residual MR")
    expect(residual).to_be_visible()
    residual.fill("mild")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.get_by_text("performed").first).to_be_visible()
    plan.refresh_from_db()
    assert (plan.status, plan.residual_regurgitation_high) == ("performed", 1)

    standing = Standing.objects.get(patient=patient)
    assert standing.bucket == Bucket.AFTER_PROCEDURE
    assert not standing.concern_mask & (ConcernKind.CLASS_1.bit | ConcernKind.STILL_OPEN.bit)
    assert standing.due_by_on == plan.performed_on + timedelta(days=BASELINE_DAYS[1])

    page.goto(chart)
    page.get_by_role("link", name="Results at 30 days, 1 year and yearly").click()
    expect(page.get_by_role("heading", name="Results after an intervention")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Procedure"))).to_contain_text("MR mild")
    expect(page.get_by_role("row", name=re.compile("^30 days"))).to_contain_text("Not yet: from")
    expect(page.get_by_text("Echoes asked for after it")).to_be_visible()
    no_barriers(page)
    nothing_hangs_over(page, "the results")

    appointment = reverse("followup:record-add", args=[patient.public_id, "appointment"])
    page.goto(f"{live_server.url}{appointment}?kind=visit_and_echo")
    visit_on = plan.performed_on + timedelta(days=35)
    page.get_by_label("Planned for").fill(visit_on.isoformat())
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("saved in the record at")).to_be_visible()
    standing.refresh_from_db()
    assert (standing.bucket, standing.booked_on) == (Bucket.AFTER_PROCEDURE, visit_on)
    renew_standings([patient.pk], at=timezone.now() + timedelta(days=31))
    standing.refresh_from_db()
    assert standing.bucket == Bucket.BOOKED


def test_a_plan_that_is_called_off_says_why(demo, somebody, log_in, live_server, no_barriers):
    patient = demo(write_no_team_review)
    plan = make.planned_intervention(patient, "mitral_repair")
    page = log_in(somebody("alice"))
    page.goto(
        live_server.url + reverse("treatments:record-edit", args=["intervention", plan.public_id])
    )
    page.get_by_role("radio", name="cancelled").check()
    page.get_by_label("Declined or cancelled on").fill("today")
    page.get_by_label("Why declined or cancelled").fill("pneumonia, a new day follows")
    page.get_by_label("Why is it changed?").fill("told by the ward")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.get_by_text("Choose why it was cancelled").first).to_be_visible()
    no_barriers(page)
    expect(page.get_by_label("Why declined or cancelled")).to_have_value(re.compile("pneumonia"))
    page.get_by_label("Kind of reason").select_option("too_ill")
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.get_by_text("too ill, or another illness first").first).to_be_visible()
    plan.refresh_from_db()
    assert (plan.status, plan.not_done_because) == ("cancelled", "too_ill")
