"""Referrals, frozen sheets and decisions as acts: what they keep, and what they refuse."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from followup.decided import moved_since, said_of
from followup.models import DecisionBasis, EditionAnswer, Referral, Standing, TeamSheet
from followup.team_actions import (
    AnswerGiven,
    freeze_team_sheet,
    record_decision,
    refer_to_heart_team,
    withdraw_referral,
)
from followup.team_selectors import referrals_of, unanswered, what_they_rest_on
from followup.team_sheets import canonical, content_hash
from guidelines.concerns import ConcernKind
from patients.actions import mark_deceased
from patients.writing import writing
from tests.factories import records as make
from treatments.models import TeamReview

pytestmark = pytest.mark.django_db

ACC, ESC = "acc-aha-2020", "esc-eacts-2025"


@pytest.fixture
def today(clinic_north):
    return clinic_north.today()


@pytest.fixture
def ago(today):
    return lambda days: today - timedelta(days=days)


@pytest.fixture
def severe(clinic_north, ago):
    """Severe primary regurgitation with symptoms: class 1, and I pending the team's judgement."""
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, ago(400))
    make.none_of_these(patient, ago(20))
    make.echo(patient, ago(20), lvef_percent=64, lvesd_mm=36, bsa_m2="2.0", eroa_mm2=44,
              eroa_method="pisa", vena_contracta_mm=8)  # fmt: skip
    make.log(patient, ago(10), nyha=2, dyspnea=True, attribution="certain")
    return patient


@pytest.fixture
def refer(alice, clinic_north):
    def referred(patient, question="Repair?", **values):
        return refer_to_heart_team(
            by=alice, clinic=clinic_north, patient=patient, question=question, **values
        )

    return referred


@pytest.fixture
def decide(alice, clinic_north, today):
    def decided(patient, answers, decision="intervene", sheet=None, **values):
        review = TeamReview(
            patient=patient,
            reviewed_on=today,
            decision=decision,
            decision_reason="as discussed",
            **values,
        )
        return record_decision(
            by=alice, clinic=clinic_north, review=review, answers=answers, sheet=sheet
        )

    return decided


def has_concern(patient, kind):
    return bool(Standing.objects.get(patient=patient).concern_mask & kind.bit)


def both(acc="1", esc="I", **said):
    said = {"agrees": True} | said
    return [AnswerGiven(ACC, acc, **said), AnswerGiven(ESC, esc, **said)]


def test_a_referral_stands_until_the_team_answers(severe, refer, decide, today):
    row = refer(severe)
    assert (row.referred_on, row.urgency, row.question) == (today, "routine", "Repair?")
    assert has_concern(severe, ConcernKind.TEAM)
    assert unanswered(referrals_of(severe, today), []) == [row]
    decide(severe, both())
    assert not has_concern(severe, ConcernKind.TEAM)
    assert unanswered(referrals_of(severe, today), TeamReview.objects.all()) == []


def test_the_same_question_sent_twice_is_asked_once(severe, refer):
    assert refer(severe) == refer(severe)
    refer(severe, urgency="now")
    assert Referral.objects.count() == 2


def test_a_referral_needs_a_question_and_a_living_patient(
    severe, refer, alice, clinic_north, today
):
    with pytest.raises(ValidationError, match="asked"):
        refer(severe, " ")
    mark_deceased(by=alice, clinic=clinic_north, patient=severe, deceased_on=today, reason="told")
    with pytest.raises(ValidationError, match="died"):
        refer(severe)
    assert not Referral.objects.exists()


def test_a_question_that_would_count_as_answered_is_refused(severe, refer, decide):
    decide(severe, both())
    with pytest.raises(ValidationError, match="decided"):
        refer(severe)
    assert not Referral.objects.exists()


def test_a_withdrawn_referral_asks_nobody(severe, refer, alice, clinic_north, today):
    row = refer(severe)
    act = {"by": alice, "clinic": clinic_north, "referral": row}
    with pytest.raises(ValidationError, match="why"):
        withdraw_referral(**act, reason="")
    withdraw_referral(**act, reason="the wrong patient")
    assert not has_concern(severe, ConcernKind.TEAM)
    assert referrals_of(severe, today) == []
    assert Referral.history.first().history_change_reason == "the wrong patient"
    with pytest.raises(ValidationError, match="already"):
        withdraw_referral(**act, reason="again")


# ---- sheets --------------------------------------------------------------------------------------


@pytest.fixture
def freeze(alice, clinic_north, today):
    def frozen(patient, content, **values):
        return freeze_team_sheet(
            by=alice,
            clinic=clinic_north,
            patient=patient,
            content=content,
            speaks_of_on=today,
            editions=["ACC/AHA 2020"],
            **values,
        )

    return frozen


def test_the_canonical_form_does_not_depend_on_the_database():
    one = {"b": 1.0, "a": [1e16, True, None, "é"], "c": Decimal("1.50").normalize().__float__()}
    other = {"a": [10**16, True, None, "é"], "c": 1.5, "b": 1}
    assert canonical(one) == canonical(other)
    assert content_hash(one) == content_hash(other)
    assert content_hash({"a": True}) != content_hash({"a": 1})
    assert content_hash({"a": "1"}) != content_hash({"a": 1})


def test_a_sheet_is_kept_with_its_hash(severe, freeze, today):
    sheet = freeze(severe, {"on": today, "lvef": Decimal("58.0"), "rows": ("a", 0.1)})
    sheet.refresh_from_db()
    assert sheet.content == {"on": today.isoformat(), "lvef": "58.0", "rows": ["a", 0.1]}
    assert content_hash(sheet.content) == sheet.content_hash
    assert freeze(severe, {"on": today, "lvef": Decimal("58.0"), "rows": ("a", 0.1)}) == sheet
    assert TeamSheet.objects.count() == 1


def test_a_meeting_lies_not_before_the_sheet(severe, freeze, ago):
    with pytest.raises(ValidationError, match="before"):
        freeze(severe, {}, meeting_on=ago(1))


def test_what_no_json_can_hold_is_refused(severe, freeze):
    with pytest.raises(TypeError):
        freeze(severe, {"a": object()})
    with pytest.raises(ValueError, match="JSON"):
        freeze(severe, {"a": float("nan")})


def test_no_door_changes_what_is_frozen(severe, freeze, alice):
    sheet = freeze(severe, {"a": "b"})
    sheet.content = {"a": "c"}
    with writing(severe, by=alice, reason="no") as write, pytest.raises(ValueError, match="frozen"):
        write.change(sheet)
    sheet.refresh_from_db()
    assert sheet.content == {"a": "b"}


# ---- decisions -----------------------------------------------------------------------------------


def test_a_decision_stands_with_its_answers_and_its_basis(severe, decide, freeze):
    sheet = freeze(severe, {"a": "b"})
    review = decide(severe, both(), sheet=sheet)
    answers = {row.edition: row for row in EditionAnswer.objects.all()}
    assert answers[ACC].headline_class == answers[ACC].decided_class == "1"
    assert "Severe primary MR with symptoms" in answers[ACC].headline
    assert answers[ESC].headline_class == "I"
    assert (answers[ESC].agrees, answers[ESC].reason) == (True, "")
    assert DecisionBasis.objects.get().sheet == sheet
    rests = what_they_rest_on([review])[review.pk]
    assert [row.edition for row in rests.answers] == [ACC, ESC]


def test_departing_needs_a_reason_and_words(severe, decide):
    departs = {"agrees": False}
    with pytest.raises(ValidationError) as refused:
        decide(severe, both(**departs), decision="watch")
    assert set(refused.value.message_dict) == {
        f"{name}-{edition}" for name in ("reason", "text") for edition in (ACC, ESC)
    }
    departs |= {"reason": "declines", "text": "wants to wait for the wedding"}
    decide(severe, both(**departs), decision="watch", review_on=None)
    row = EditionAnswer.objects.get(edition=ACC)
    assert (row.agrees, row.reason, row.text) == (
        False,
        "declines",
        "wants to wait for the wedding",
    )


def test_every_edition_that_recommends_is_answered(severe, decide):
    with pytest.raises(ValidationError) as refused:
        decide(severe, both(agrees=None))
    assert set(refused.value.message_dict) == {f"agrees-{ACC}", f"agrees-{ESC}"}
    assert not TeamReview.objects.exists()
    decide(severe, both(agrees=None), decision="not_decided")
    assert {row.agrees for row in EditionAnswer.objects.all()} == {None}


def test_an_answer_to_what_no_longer_stands_is_refused(severe, decide):
    with pytest.raises(ValidationError) as refused:
        decide(severe, both(acc="2a"))
    assert list(refused.value.message_dict) == [f"agrees-{ACC}"]
    assert "it was class 2a and is class 1 now" in str(refused.value)
    assert not TeamReview.objects.exists()
    assert not EditionAnswer.objects.exists()


def test_sent_twice_it_is_recorded_once(severe, decide):
    assert decide(severe, both()) == decide(severe, both())
    assert TeamReview.objects.count() == DecisionBasis.objects.count() == 1


def test_a_sheet_of_another_patient_is_refused(severe, decide, freeze, clinic_north):
    sheet = freeze(make.patient_of(clinic_north), {})
    with pytest.raises(ValidationError, match="another patient"):
        decide(severe, both(), sheet=sheet)
    assert not TeamReview.objects.exists()


def test_a_decision_is_revised_by_a_new_one(severe, decide):
    decide(severe, both())
    decide(severe, both(agrees=False, reason="frailty", text="bedridden"), decision="medical")
    assert TeamReview.objects.count() == 2
    assert EditionAnswer.objects.count() == 4


def test_its_own_judgments_move_no_verdict_and_later_facts_do(
    severe, decide, clinic_north, today, ago
):
    def shown():
        from followup.clinic_rules import rules_of
        from guidelines.assessment import outline
        from treatments.facts import picture_of
        from treatments.record import record_of

        record = record_of([severe], on=today)[severe.pk]
        editions = tuple(rules_of(clinic_north, today).editions_of(today))
        return outline(picture_of(record), on=today, editions=editions).editions

    decide(severe, both(), operability="inoperable")
    answers = list(EditionAnswer.objects.all())
    assert moved_since(answers, shown()) == []
    make.symptom_free(severe, ago(0))
    make.echo(severe, ago(0), lvef_percent=64, lvesd_mm=34, bsa_m2="2.0", eroa_mm2=10,
              eroa_method="pisa", vena_contracta_mm=2, regurgitant_volume_ml=15)  # fmt: skip
    moved = {each.title: each for each in moved_since(answers, shown())}
    assert moved["ACC/AHA 2020"].then == "1"
    assert moved["ACC/AHA 2020"].now != "1"


def test_nothing_is_said_of_the_dead(severe, alice, clinic_north, today):
    assert [each.edition for each in said_of(severe, clinic_north, today)] == [ACC, ESC]
    mark_deceased(by=alice, clinic=clinic_north, patient=severe, deceased_on=today, reason="told")
    severe.refresh_from_db()
    assert said_of(severe, clinic_north, today) == ()


def test_a_day_may_be_given(severe, refer):
    with pytest.raises(ValidationError):
        refer(severe, today=date(1950, 1, 1))


def test_a_referral_is_read_as_it_was_known(severe, refer, alice, clinic_north, today):
    before = timezone.now()
    row = refer(severe)
    asked = timezone.now()
    withdraw_referral(by=alice, clinic=clinic_north, referral=row, reason="seen elsewhere")
    assert referrals_of(severe, today, before) == []
    assert [each.pk for each in referrals_of(severe, today, asked)] == [row.pk]
    assert referrals_of(severe, today - timedelta(days=1), asked) == []
    assert referrals_of(severe, today, timezone.now()) == []
