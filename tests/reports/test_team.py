"""Refer, the team's list, its sheet, its decision: the pages, to whom, and what is never lost."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from followup.models import DecisionBasis, EditionAnswer, Referral, Standing, TeamSheet
from followup.team_actions import refer_to_heart_team
from patients.actions import change_registration, end_registration, mark_deceased
from patients.days import spoken
from patients.models import Registration
from tests.factories import records as make
from treatments.models import Intervention, TeamReview

pytestmark = pytest.mark.django_db

ACC, ESC = "acc-aha-2020", "esc-eacts-2025"
MOST_QUERIES = 15


@pytest.fixture
def ago(clinic_north):
    return lambda days: clinic_north.today() - timedelta(days=days)


@pytest.fixture
def make_severe(clinic_north, ago):
    """Severe primary regurgitation, with symptoms: class 1 since so many days."""

    def made(days=5, **person):
        patient = make.patient_of(clinic_north, **person)
        make.diagnosis(patient, ago(400), segments=["P2"], carpentier_type="II")
        make.none_of_these(patient, ago(days))
        make.echo(patient, ago(days), lvef_percent=64, lvesd_mm=36, bsa_m2="2.0", eroa_mm2=44,
                  eroa_method="pisa", vena_contracta_mm=8, flail_gap_mm=6)  # fmt: skip
        make.log(patient, ago(days), nyha=2, dyspnea=True, attribution="certain")
        return patient

    return made


@pytest.fixture
def severe(make_severe):
    return make_severe(family_name="Rossi", given_name="Marta", record_number="HV-1")


@pytest.fixture
def client(client_of, alice):
    return client_of(alice)


def url(name, of):
    return reverse(f"reports:{name}", args=[of.public_id])


def chart_of(client, patient):
    return text_of(client.get(url("patient-page", patient)))


def text_of(response):
    assert response.status_code == 200, response.status_code
    body = re.sub(r"<(title|desc|style|script)\b.*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


# ---- referring -----------------------------------------------------------------------------------


def test_the_question_begins_with_what_stands(client, severe):
    page = client.get(url("refer", severe))
    question = page.context["form"]["question"].value()
    assert "ACC/AHA 2020: Class 1: Severe primary MR with symptoms" in question
    assert "Open since" in question
    assert "Operate?" not in question


def test_without_a_trigger_it_begins_with_the_strongest_verdict(client, severe, ago):
    make.symptom_free(severe, ago(0))
    make.team_review(severe, ago(0), decision="watch", decision_reason="x", review_on=ago(-90))
    question = client.get(url("refer", severe)).context["form"]["question"].value()
    assert "Open since" not in question
    assert "Class " in question


def test_a_patient_is_referred_in_one_step(client, severe, ago):
    assert url("refer", severe) in client.get(url("patient-page", severe)).content.decode()
    answer = client.post(
        url("refer", severe), {"question": "Repair?", "urgency": "soon", "refer": "yes"}
    )
    assert answer.url == url("patient-page", severe)
    row = Referral.objects.get()
    assert (row.question, row.urgency, row.referred_on) == ("Repair?", "soon", ago(0))
    chart = chart_of(client, severe)
    assert re.search(r"Referred on \d+ \w+ \d+ by Alice", chart)
    assert "Repair?" in chart


def test_a_question_that_is_refused_is_not_lost(client, severe):
    answer = client.post(
        url("refer", severe), {"question": "Repair or clip?", "urgency": "when?", "refer": "yes"}
    )
    assert answer.status_code == 200
    assert "Repair or clip?" in answer.content.decode()
    answer = client.post(url("refer", severe), {"question": "", "urgency": "now", "refer": "yes"})
    assert "What is the team asked?" in text_of(answer)
    assert not Referral.objects.exists()


def test_a_referral_is_withdrawn_with_a_reason(client, severe, alice, clinic_north):
    row = refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair?")
    page = url("referral-withdraw", row)
    assert page in client.get(url("patient-page", severe)).content.decode()
    assert client.post(page, {"version": 1, "reason": ""}).status_code == 200
    client.post(page, {"version": 1, "reason": "seen elsewhere"})
    row.refresh_from_db()
    assert row.withdrawn_on == clinic_north.today()
    assert "Repair?" not in chart_of(client, severe)
    assert client.get(page).status_code == 302


def test_the_dead_are_not_referred(client, severe, alice, clinic_north, ago):
    mark_deceased(by=alice, clinic=clinic_north, patient=severe, deceased_on=ago(0), reason="told")
    for name in ("refer", "decide"):
        assert client.get(url(name, severe)).url == url("patient-page", severe)
        assert url(name, severe) not in client.get(url("patient-page", severe)).content.decode()


# ---- who may -------------------------------------------------------------------------------------


@pytest.fixture
def frozen(client, severe):
    answer = client.post(url("team-sheet-freeze", severe), {"meeting_on": ""})
    assert answer.status_code == 302, text_of(answer)
    return TeamSheet.objects.get()


def test_each_page_asks_for_a_login(client_of, severe, frozen, alice, clinic_north):
    from django.test import Client

    row = refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair?")
    pages = [url(name, severe) for name in ("refer", "decide", "team-sheet", "team-sheet-print")]
    pages += [url("team-sheet-page", frozen), url("team-sheet-page-print", frozen)]
    pages += [url("referral-withdraw", row), reverse("reports:team-list")]
    for page in pages:
        assert Client().get(page).url.startswith(reverse("account_login")), page


def test_another_clinic_finds_nothing(client_of, charlie, severe, frozen, alice, clinic_north):
    row = refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair?")
    stranger = client_of(charlie)
    for page in (
        *(url(name, severe) for name in ("refer", "decide", "team-sheet", "team-sheet-print")),
        url("team-sheet-page", frozen),
        url("team-sheet-page-print", frozen),
        url("referral-withdraw", row),
    ):
        assert stranger.get(page).status_code == 404, page
    assert stranger.post(url("team-sheet-freeze", severe)).status_code == 404
    assert "Rossi" not in text_of(stranger.get(reverse("reports:team-list")))
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=charlie.pk).exists()


def test_a_clerk_reads_the_sheet_and_does_nothing(client_of, clara, severe, frozen):
    clerk = client_of(clara)
    for name in ("refer", "decide"):
        assert clerk.get(url(name, severe)).status_code == 403
        assert clerk.post(url(name, severe), {}).status_code == 403
    assert clerk.post(url("team-sheet-freeze", severe)).status_code == 403
    assert clerk.get(reverse("reports:team-list")).status_code == 403
    assert reverse("reports:team-list") not in clerk.get(url("team-sheet", severe)).content.decode()
    assert "Freeze for the meeting" not in text_of(clerk.get(url("team-sheet", severe)))
    assert clerk.get(url("team-sheet-page", frozen)).status_code == 200


def test_a_nurse_refers_and_does_not_decide(client_of, nina, severe):
    nurse = client_of(nina)
    assert nurse.get(url("refer", severe)).status_code == 200
    assert nurse.get(url("decide", severe)).status_code == 403
    chart = chart_of(nurse, severe)
    assert "Refer to the heart team" in chart
    assert "Record a decision" not in chart


# ---- the list ------------------------------------------------------------------------------------


def test_the_list_says_why_each_is_on_it(client, severe, make_severe, alice, clinic_north, ago):
    refer_to_heart_team(
        by=alice, clinic=clinic_north, patient=severe, question="Repair?", urgency="now"
    )
    late = make_severe(days=40, family_name="Tardy")
    make_severe(days=2, family_name="Fresh")
    place = Registration.objects.get(patient=late)
    place.responsible_clinician = alice
    change_registration(by=alice, registration=place, reason="named")
    text = text_of(client.get(reverse("reports:team-list")))
    assert "2 patients wait for the team" in text
    assert "Referred by Alice on" in text
    assert "By itself: class 1 or I open since" in text
    assert "40 days without an answer" in text
    assert "Asked: Alice, responsible for this patient" in text
    assert "Fresh" not in text
    assert text.index("Rossi") < text.index("Tardy")


def test_the_longest_waiting_of_one_urgency_comes_first(client, make_severe):
    make_severe(days=30, family_name="Later")
    make_severe(days=60, family_name="Longer")
    text = text_of(client.get(reverse("reports:team-list")))
    assert text.index("Longer") < text.index("Later")


def test_the_list_is_narrowed(client, severe, make_severe, alice, clinic_north):
    refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair?")
    make_severe(days=40, family_name="Tardy")
    page = reverse("reports:team-list")
    assert "Tardy" not in text_of(client.get(page, {"urgency": "routine"}))
    assert "Rossi" not in text_of(client.get(page, {"urgency": "soon"}))
    assert "2 patients" in text_of(client.get(page, {"clinic": "north"}))
    assert "Not one of the choices" in text_of(client.get(page, {"urgency": "x", "clinic": "y"}))


def test_a_decision_takes_the_patient_off_the_list(client, make_severe, ago):
    late = make_severe(days=40, family_name="Tardy")
    make.team_review(late, ago(1), decision="further_tests", decision_reason="TEE")
    text = text_of(client.get(reverse("reports:team-list")))
    assert "Tests that the team asked for on" in text
    make.team_review(late, ago(0), decision="intervene", decision_reason="symptoms")
    assert "Nobody waits for the team." in text_of(client.get(reverse("reports:team-list")))


def test_the_list_asks_no_more_of_the_database_for_more_patients(
    client, make_severe, alice, clinic_north
):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("reports:team-list"))
        return len(queries)

    refer_to_heart_team(
        by=alice, clinic=clinic_north, patient=make_severe(days=40), question="Repair?"
    )
    small = asked()
    for number in range(4):
        refer_to_heart_team(
            by=alice, clinic=clinic_north, patient=make_severe(days=40 + number), question="?"
        )
    assert asked() == small <= MOST_QUERIES


# ---- the sheet -----------------------------------------------------------------------------------


def test_the_sheet_holds_what_the_team_needs(client, severe, alice, clinic_north, ago):
    refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair or clip?")
    make.medication(severe, ago(5), "bisoprolol")
    make.goals_of_care(severe, ago(5), advance_decision="no long stay in intensive care")
    make.team_review(severe, ago(300), decision="watch", decision_reason="no symptoms then",
                     review_on=ago(100), teer_anatomy="complex")  # fmt: skip
    text = text_of(client.get(url("team-sheet", severe)))
    for words in (
        "Rossi, Marta",
        "Repair or clip?",
        "ACC/AHA 2020",
        "ESC/EACTS 2025",
        "Severe primary MR with symptoms",
        "EROA 44 mm²",
        "Segments by the diagnosis P2",
        "Flail gap 6 mm",
        "Anatomy for edge-to-edge repair Complex",
        "Bisoprolol",
        "No long stay in intensive care",
        "no symptoms then",
        "What is missing",
        "not recorded",
    ):
        assert words in text, words
    event = AuditEvent.objects.filter(record_kind="teamsheet").get()
    assert (event.action, event.patient_id) == (AuditAction.VIEW, str(severe.public_id))
    client.get(url("team-sheet-print", severe))
    assert AuditEvent.objects.filter(action=AuditAction.PRINT).count() == 1


def test_each_assumption_is_a_sentence_of_its_own(client, clinic_north, ago):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(400))
    make.echo(patient, ago(5), lvef_percent=58, lvesd_mm=36, eroa_mm2=44, vena_contracta_mm=8)
    text = text_of(client.get(url("team-sheet", patient)))
    assert text.count("Assuming") > 1
    assert not re.search(r"Assuming [^.]*Assuming", text)


def test_a_frozen_sheet_does_not_change_with_the_record(client, severe, frozen, ago):
    page = client.get(url("team-sheet-page", frozen))
    before = text_of(page)
    assert "Frozen on" in before
    assert "by Alice" in before
    assert frozen.content_hash in before
    assert "it fits what is shown" in before
    make.echo(severe, ago(0), lvef_percent=48, lvesd_mm=47, bsa_m2="2.0", eroa_mm2=60)
    make.medication(severe, ago(0), "ramipril")
    severe.refresh_from_db()
    after = client.get(url("team-sheet-page", frozen))
    paper = re.compile(r'<article class="team-sheet".*?</article>', re.S)
    shown = paper.search(after.content.decode()).group()
    assert "47 mm" not in shown
    assert "amipril" not in shown
    assert "LVEF 48" not in shown
    assert "<svg" in shown
    live = client.get(url("team-sheet", severe)).content.decode()
    assert paper.search(live).group() != shown
    assert paper.search(page.content.decode()).group() == shown


def test_the_frozen_sheet_is_the_live_one_of_that_moment(client, severe, ago):
    paper = re.compile(r'<article class="team-sheet".*?</article>', re.S)
    live = paper.search(client.get(url("team-sheet", severe)).content.decode()).group()
    client.post(url("team-sheet-freeze", severe), {"meeting_on": ago(-2).isoformat()})
    sheet = TeamSheet.objects.get()
    assert sheet.meeting_on == ago(-2)
    page = client.get(url("team-sheet-page", sheet)).content.decode()
    assert paper.search(page).group() == live
    assert sheet.content["whole"]["assessment"]["editions"]
    assert sheet.editions == ["ACC/AHA 2020", "ESC/EACTS 2025"]


def test_a_sheet_that_was_altered_says_so_and_draws_nothing(client, severe, frozen):
    content = json.loads(json.dumps(frozen.content))
    content["page"]["charts"][0]["svg"] = "<script>alert(1)</script>"
    TeamSheet.objects.filter(pk=frozen.pk).update(content=content)
    page = client.get(url("team-sheet-page", frozen))
    assert "This sheet was altered after it was frozen" in text_of(page)
    assert "alert(1)" not in page.content.decode()


def test_a_meeting_that_passed_is_refused(client, severe, ago):
    day = ago(3).isoformat()
    answer = client.post(url("team-sheet-freeze", severe), {"meeting_on": day})
    assert "This day has passed." in text_of(answer)
    assert day in answer.content.decode()
    assert client.post(url("team-sheet-freeze", severe), {"meeting_on": "soon"}).status_code == 200
    assert not TeamSheet.objects.exists()


def test_a_former_clinic_reads_the_sheets_of_its_time(client, severe, frozen, alice, ago):
    place = Registration.objects.get(patient=severe)
    end_registration(by=alice, registration=place, until_on=ago(0), because="discharged")
    assert client.get(url("team-sheet-page", frozen)).status_code == 200
    assert client.get(url("team-sheet", severe)).status_code == 200


def test_what_is_not_signed_off_stands_on_no_sheet(client, severe, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    page = client.get(url("team-sheet", severe)).content.decode()
    assert "Class 1" not in page
    assert "not yet signed off by your clinic" in page
    client.post(url("team-sheet-freeze", severe), {})
    sheet = TeamSheet.objects.get()
    assert sheet.editions == []
    assert "Class 1" not in json.dumps(sheet.content)


# ---- deciding ------------------------------------------------------------------------------------


def decision(client, patient, **typed):
    """What the form holds when it is opened, with what was typed."""
    form = client.get(url("decide", patient)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, [])}
    return data | {"decision": "intervene", "decision_reason": "symptoms", "save": "save"} | typed


def both(answer, **more):
    return {f"{name}-{edition}": value
            for edition in (ACC, ESC)
            for name, value in ({"agrees": answer} | more).items()}  # fmt: skip


def test_a_decision_answers_each_edition(client, severe, frozen, ago):
    typed = decision(client, severe, **both("agrees"), participants="Dr Keller")
    assert typed["sheet"] == str(frozen.public_id)
    answer = client.post(url("decide", severe), typed)
    assert answer.status_code == 302, text_of(answer)[:3000]
    review = TeamReview.objects.get()
    assert (review.decision, review.reviewed_on) == ("intervene", ago(0))
    assert DecisionBasis.objects.get().sheet == frozen
    assert EditionAnswer.objects.filter(agrees=True).count() == 2
    chart = chart_of(client, severe)
    assert "Intervention" in chart
    assert "By Dr Keller" in chart
    assert "Agrees with ACC/AHA 2020 (class 1)" in chart
    assert "The sheet that the team had" in chart


def test_departing_without_a_reason_loses_nothing(client, severe):
    typed = decision(client, severe, **both("departs"), decision="watch",
                     decision_reason="her own words", review_on="in 3 months")  # fmt: skip
    answer = client.post(url("decide", severe), typed)
    text = text_of(answer)
    assert "Why does the decision depart from it? Choose a reason." in text
    assert "her own words" in answer.content.decode()
    assert not TeamReview.objects.exists()


def test_departing_with_a_reason_stands_on_the_chart(client, severe, ago):
    day = ago(-90).isoformat()
    more = {"reason": "declines", "text": "wants to see a wedding first"}
    typed = decision(client, severe, **both("departs", **more), decision="watch", review_on=day)
    answer = client.post(url("decide", severe), typed)
    assert answer.status_code == 302, text_of(answer)[:3000]
    chart = chart_of(client, severe)
    assert "Look again by" in chart
    words = "Departs from ACC/AHA 2020 (class 1): the patient declines. wants to see a wedding"
    assert words in chart
    assert "has changed" not in chart


def test_every_edition_needs_an_answer(client, severe):
    text = text_of(client.post(url("decide", severe), decision(client, severe)))
    assert text.count("Does the decision agree with it, or depart from it?") >= 2
    assert not TeamReview.objects.exists()


def test_looking_through_the_entries_saves_nothing(client, severe):
    typed = decision(client, severe, **both("agrees"))
    del typed["save"]
    assert "Nothing is saved yet" in text_of(client.post(url("decide", severe), typed))
    assert not TeamReview.objects.exists()


def test_a_verdict_that_moved_while_one_typed_is_answered_anew(client, severe, ago):
    typed = decision(client, severe, **both("agrees"), decision_reason="my own words")
    typed[f"seen-{ACC}"] = "2a"
    answer = client.post(url("decide", severe), typed)
    text = text_of(answer)
    assert "it was class 2a and is class 1 now" in text
    assert "my own words" in answer.content.decode()
    form = answer.context["form"]
    assert form[f"seen-{ACC}"].value() == "1"
    assert form[f"agrees-{ACC}"].value() is None
    assert form[f"agrees-{ESC}"].value() == "agrees"
    assert not TeamReview.objects.exists()


def test_later_facts_that_change_the_verdict_are_said(client, severe, ago):
    assert (
        client.post(url("decide", severe), decision(client, severe, **both("agrees"))).status_code
        == 302
    )
    assert "has changed" not in chart_of(client, severe)
    make.symptom_free(severe, ago(0))
    make.echo(severe, ago(0), lvef_percent=64, lvesd_mm=34, bsa_m2="2.0", eroa_mm2=10,
              eroa_method="pisa", vena_contracta_mm=2, regurgitant_volume_ml=15)  # fmt: skip
    chart = chart_of(client, severe)
    assert "The verdict this decision rested on has changed" in chart
    assert "ACC/AHA 2020: then class 1, now " in chart
    make.intervention(severe, ago(0), "mitral_repair")
    assert "rested on has changed" not in chart_of(client, severe)


def test_a_decision_to_intervene_leads_to_the_plan(client, severe, ago):
    client.post(url("decide", severe), decision(client, severe, **both("agrees")))
    found = re.search(
        r'href="([^"]*\?status=planned)"', client.get(url("patient-page", severe)).content.decode()
    )
    page = client.get(found.group(1))
    assert page.context["form"]["status"].value() == "planned"
    make.planned_intervention(severe, "mitral_repair", planned_on=ago(-10))
    assert "Plan the intervention" not in chart_of(client, severe)
    assert Intervention.objects.count() == 1


def test_the_chart_asks_for_no_decision_that_was_taken(client, severe, ago):
    assert "A decision is due now" in chart_of(client, severe)
    client.post(url("decide", severe), decision(client, severe, **both("agrees")))
    chart = chart_of(client, severe)
    assert "decision is due now" not in chart
    assert "When next Intervention decided, not planned yet" in chart
    make.intervention(severe, None, "mitral_repair", status="planned", planned_on=ago(-20))
    chart = chart_of(client, severe)
    assert f"When next Intervention planned for {spoken(ago(-20))}" in chart


@pytest.mark.parametrize(
    ("kind", "words"),
    [("watch", "watchful waiting"), ("declined_by_patient", "declined by the patient")],
)
def test_a_decision_to_wait_names_its_day_and_none_is_due(client, severe, ago, kind, words):
    decided = {"decision": kind, "decision_reason": "wishes to wait"}
    make.team_review(severe, ago(0), review_on=ago(-90), **decided)
    chart = chart_of(client, severe)
    said = f"Decided on {spoken(ago(0))}: {words}; again by {spoken(ago(-90))}"
    assert f"When next {said}" in chart
    assert "decision is due now" not in chart


def test_a_decision_that_nobody_carried_out_is_due_again(client, make_severe, ago):
    patient = make_severe(days=500)
    make.team_review(patient, ago(499), decision="intervene", decision_reason="symptoms")
    assert "A decision is due now" in chart_of(client, patient)


def test_a_decision_is_revised_and_the_former_stays(client, severe):
    client.post(url("decide", severe), decision(client, severe, **both("agrees")))
    more = {"reason": "frailty", "text": "bedridden since"}
    typed = decision(
        client, severe, **both("departs", **more), decision="medical", decision_reason="frail"
    )
    assert client.post(url("decide", severe), typed).status_code == 302
    assert TeamReview.objects.filter(struck_at=None).count() == 2
    chart = chart_of(client, severe)
    assert "Medical treatment" in chart
    assert "Earlier decisions" in chart


def test_an_unsigned_edition_is_not_asked(client, severe, settings):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    typed = decision(client, severe)
    assert not [name for name in typed if name.startswith("agrees")]
    assert client.post(url("decide", severe), typed).status_code == 302
    assert not EditionAnswer.objects.exists()
    assert Standing.objects.get(patient=severe).bucket


# ---- the administration --------------------------------------------------------------------------


def test_the_administration_finds_a_sheet_and_changes_none(
    client_of, clinic_north, client, severe, frozen
):
    from accounts.permissions import Role
    from tests.factories.cast import member

    staff = client_of(member("sam", clinic_north, Role.CLINICIAN, is_staff=True))
    listed = staff.get(reverse("admin:followup_teamsheet_changelist"))
    assert "Rossi" in text_of(listed)
    assert staff.get(reverse("admin:followup_teamsheet_add")).status_code == 403
    page = reverse("admin:followup_teamsheet_change", args=[frozen.pk])
    text = staff.get(page)
    assert frozen.content_hash in text_of(text)
    assert url("team-sheet-page", frozen) in text.content.decode()
    assert staff.post(page, {"content_hash": "x"}).status_code == 403
    assert (
        staff.post(reverse("admin:followup_teamsheet_delete", args=[frozen.pk])).status_code == 403
    )


def test_the_administration_hides_other_clinics(client_of, clinic_south, frozen):
    from accounts.permissions import Role
    from tests.factories.cast import member

    staff = client_of(member("sue", clinic_south, Role.CLINICIAN, is_staff=True))
    assert "Rossi" not in text_of(staff.get(reverse("admin:followup_teamsheet_changelist")))
    page = reverse("admin:followup_teamsheet_change", args=[frozen.pk])
    assert staff.get(page).status_code == 404


def test_another_day_shows_what_was_asked_by_then(client, severe, alice, clinic_north, ago):
    refer_to_heart_team(by=alice, clinic=clinic_north, patient=severe, question="Repair?")
    then = client.get(url("patient-page", severe), {"on": ago(1).isoformat()})
    text = text_of(then)
    assert "Repair?" not in text
    for door in ("refer", "decide"):
        assert url(door, severe) not in then.content.decode()
