"""Letters: what they say of one patient's facts, what they never say, how they are kept."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.guideline_settings import hidden_editions, sign_off_edition
from audit.models import AuditEvent
from followup.actions import keep_letter, strike_letter
from followup.clinic_rules import rules_of
from followup.letters import LetterCase, blocks_of, facts_hash, letter_parts, text_of
from followup.letters.measured import KEY_MEASURES
from followup.letters.patient_parts.measurements import PLAINLY
from followup.letters.patient_parts.waited_for import WAITED
from followup.models import Letter
from followup.selectors import last_letter_of, letters_seen, prophylaxis_advice_of
from followup.whole import whole_assessment
from guidelines.facts import FACTS
from patients.actions import correct_person, end_registration, mark_deceased
from patients.models import Registration
from patients.writing import StaleRecord
from tests.factories import records as make
from treatments.models import EndocarditisProphylaxisAdvice, Intervention, TeamReview
from treatments.record import record_of

pytestmark = pytest.mark.django_db

CLINIC, PATIENT = Letter.Kind.CLINIC, Letter.Kind.PATIENT


@pytest.fixture
def ago(clinic_north):
    """Days before the clinic's today."""
    return lambda days: clinic_north.today() - timedelta(days=days)


@pytest.fixture
def severe(clinic_north, ago):
    """Severe primary MR without symptoms; the ventricle grew for real, LVEF did not change."""
    patient = make.patient_of(clinic_north, family_name="Rossi", given_name="Marta")
    make.diagnosis(patient, ago(1500))
    for days, lvesd, lvef in ((1400, 30, 64), (700, 34, 65), (20, 38, 64)):
        make.echo(
            patient,
            ago(days),
            lvef_percent=lvef,
            lvesd_mm=lvesd,
            bsa_m2="2.0",
            eroa_mm2=44,
            vena_contracta_mm=8,
        )
    make.symptom_free(patient, ago(20))
    return patient


def case_of(patient, clinic, *, addressee="", since_days=183):
    on = clinic.today()
    rules = rules_of(clinic, on)
    hidden = hidden_editions([clinic], rules.editions_of(on), on, {clinic.pk: rules.values})
    record = record_of([patient], on=on)[patient.pk]
    return LetterCase(
        whole=whole_assessment(record, record_number="MR-1", rules=rules, hidden=hidden),
        addressee=addressee,
        since=on - timedelta(days=since_days),
        since_letter=False,
        prophylaxis=prophylaxis_advice_of(patient, on),
    )


@pytest.fixture
def letter(clinic_north):
    """The text of a letter as generated."""

    def made(patient, kind=CLINIC, **kwargs):
        return text_of(letter_parts(kind, case_of(patient, clinic_north, **kwargs)))

    return made


@pytest.fixture
def die(alice, clinic_north, ago):
    def died(patient):
        mark_deceased(
            by=alice, clinic=clinic_north, patient=patient, deceased_on=ago(2), reason="told"
        )

    return died


@pytest.fixture
def keep(alice, clinic_north):
    def kept(patient, **values):
        given = {
            "kind": CLINIC,
            "speaks_of_on": clinic_north.today(),
            "addressee": "Dr Berger",
            "regarding": "Rossi, Marta",
            "text": "Dear Dr Berger,\n",
            "editions": ["ACC/AHA 2020"],
            "engine_version": "1",
            "facts_hash": "0" * 64,
        }
        return keep_letter(by=alice, clinic=clinic_north, patient=patient, **(given | values))

    return kept


def undecided_by_acc_aha(case):
    acc_aha, *others = case.whole.assessment.severities
    severities = (replace(acc_aha, is_severe=None), *others)
    assessment = replace(case.whole.assessment, severities=severities)
    return replace(case, whole=replace(case.whole, assessment=assessment))


def spoken(day):
    return f"{day.day} {day:%b %Y}"


class TestTheClinicLetter:
    def test_it_says_every_value_with_unit_and_day(self, letter, severe, ago):
        text = letter(severe)
        day = spoken(ago(20))
        assert f"LVEF 64 % ({day}, biplane discs)" in text
        assert f"LVESD 38 mm ({day})" in text
        assert f"EROA 44 mm² ({day})" in text
        assert f"LVESD 38 mm ({day}). Before: 34 mm ({spoken(ago(700))})" in text

    def test_it_tells_a_real_change_from_measurement_error(self, letter, severe, ago):
        lines = letter(severe).splitlines()
        lvesd = next(line for line in lines if line.startswith("- LVESD"))
        lvef = next(line for line in lines if line.startswith("- LVEF"))
        assert "changed for real, worse" in lvesd
        assert f"First: 30 mm ({spoken(ago(1400))})" in lvesd
        assert "within measurement error" in lvef
        assert "changed for real" not in lvef

    def test_what_is_missing_is_said_to_be_not_recorded(self, letter, severe):
        text = letter(severe)
        measurements = text[text.index("Measurements") :]
        assert "Not recorded: regurgitant volume, LA volume index and systolic" in measurements
        assert "No medication is recorded; that does not mean that none is taken." in text
        assert "No review by the heart team is recorded." in text

    def test_a_standing_rule_has_its_class_level_and_facts(self, letter, severe, ago):
        make.echo(
            severe, ago(1), lvef_percent=57, lvesd_mm=41, bsa_m2="2.0", eroa_mm2=44,
            vena_contracta_mm=8,
        )  # fmt: skip
        text = letter(severe)
        said = text[text.index("What ACC/AHA 2020 says") :].split("\n\n")[0]
        assert re.search(r"- Class 1, level B-NR.*LV dysfunction", said)
        assert "LVEF 57 %, LVESD 41 mm" in said
        assert spoken(ago(1)) in said
        assert "Class I, level B" in text

    def test_cannot_tell_is_never_read_as_no_indication(self, letter, clinic_north):
        text = letter(make.patient_of(clinic_north))
        assert "Severity: cannot be graded (not measured)." in text
        assert "ACC/AHA 2020: cannot tell; Class 1 is possible." in text
        assert "Cannot tell: Class 1 is possible. Missing:" in text
        assert "That is not advice against an intervention." in text
        assert "no indication" not in text.lower()
        assert "No symptom log is recorded; that does not mean that there are no symptoms." in text

    def test_an_edition_that_is_not_signed_off_says_nothing(
        self, letter, severe, settings, alice, clinic_north, ago
    ):
        settings.SHOWS_UNSIGNED_VERDICTS = False
        make.echo(severe, ago(1), lvef_percent=57, lvesd_mm=41, bsa_m2="2.0", eroa_mm2=44)
        text = letter(severe)
        assert "not yet signed off by our clinic" in text
        for word in ("Class 1", "Class I", "Class 2", "Level", "stage", "surgery", "ESC25", "by 1"):
            assert word not in text, word
        assert "LVESD 41 mm" in text
        assert "A date for the next echo or visit is not given here." in text
        sign_off_edition(
            clinic=clinic_north, edition_id="acc-aha-2020", name="Dr A. Moreau", note="",
            on=clinic_north.today(), by=alice,
        )  # fmt: skip
        half = letter(severe)
        assert "- Class 1, level B-NR" in half
        assert "Class I," not in half
        assert "Why they differ" not in half

    def test_a_decision_already_carried_out_does_not_stand_on_top(self, letter, severe, ago):
        make.team_review(severe, ago(40), decision=TeamReview.Decision.INTERVENE)
        assert f"- Heart team, {spoken(ago(40))}: intervention." in letter(severe)
        make.intervention(severe, ago(10), "mitral_repair")
        text = letter(severe)
        assert "- Heart team," not in text
        assert f"Since then the valve was treated, on {spoken(ago(10))}." in text

    def test_it_names_the_definition_that_does_not_decide(
        self, letter, severe, clinic_north, settings
    ):
        case = case_of(severe, clinic_north)
        assert "not decided by" not in text_of(letter_parts(CLINIC, case))
        open_case = undecided_by_acc_aha(case)
        assert "not decided by ACC/AHA" in text_of(letter_parts(CLINIC, open_case))
        settings.SHOWS_UNSIGNED_VERDICTS = False
        hidden = undecided_by_acc_aha(case_of(severe, clinic_north))
        assert "not decided by" not in text_of(letter_parts(CLINIC, hidden))

    def test_in_an_emergency_chronic_advice_does_not_apply(self, letter, severe):
        make.acute_episode(severe, timezone.now() - timedelta(hours=5), place="Bed 4")
        text = letter(severe)
        assert "Acute mitral regurgitation: an emergency." in text
        assert "Where the patient is: Bed 4." in text
        assert "Rules, stages and intervals for chronic regurgitation are switched off." in text
        assert "Class" not in text
        assert "Echo and visit by" not in text

    def test_behind_a_closed_gate_native_rules_say_nothing(self, letter, severe, ago):
        make.intervention(severe, ago(10), "mitral_mechanical")
        text = letter(severe)
        assert "State of the mitral valve: mechanical prosthesis." in text
        assert "native grading does not apply" in text
        assert "C1" not in text

    def test_of_the_dead_nothing_is_due(self, letter, severe, die, ago):
        die(severe)
        severe.refresh_from_db()
        text = letter(severe)
        assert f"died on {spoken(ago(2))}" in text
        assert "Nothing is due." in text
        for word in ("Class", "by routine", "wait for an answer", "no change is recorded"):
            assert word not in text, word

    def test_it_names_the_team_the_drugs_and_the_inr_with_its_range(self, letter, severe, ago):
        make.team_review(
            severe, ago(5), decision=TeamReview.Decision.WATCH, decision_reason="Echo in May",
            operability="operable",
        )  # fmt: skip
        make.medication(severe, ago(500), "warfarin", dose_mg=5, times_a_day=1)
        make.medication(severe, ago(90), "bisoprolol", started_on=ago(90), dose_mg=5)
        make.anticoagulation_plan(severe, ago(500), inr_target="2.5", inr_low=2, inr_high=3)
        make.lab(severe, ago(8), "inr", "1.8")
        text = letter(severe)
        assert f"Decision of {spoken(ago(5))}: watchful waiting. Reasons: Echo in May." in text
        assert "- Warfarin, 5 mg, once a day" in text
        assert f"started: Bisoprolol ({spoken(ago(90))})" in text
        assert "INR target: 2.5 (2 to 3)." in text
        assert f"Last INR 1.8 on {spoken(ago(8))}, below that range." in text

    def test_after_a_decision_to_wait_it_asks_for_none(self, letter, severe, ago):
        make.log(severe, ago(6), nyha=3, dyspnea=True, attribution="certain")
        assert "A decision is due now" in letter(severe)
        make.team_review(
            severe, ago(5), decision=TeamReview.Decision.WATCH, decision_reason="wishes to wait",
            review_on=ago(-90),
        )  # fmt: skip
        text = letter(severe)
        assert f"Decided on {spoken(ago(5))}: watchful waiting; again by {spoken(ago(-90))}" in text
        assert "decision is due now" not in text

    def test_a_new_dose_is_neither_a_start_nor_a_stop(self, letter, severe, ago):
        make.medication(
            severe, ago(500), "bisoprolol", started_on=ago(500), stopped_on=ago(30), dose_mg=5,
            stop_reason="dose_changed",
        )  # fmt: skip
        make.medication(severe, ago(30), "bisoprolol", started_on=ago(30), dose_mg=10)
        text = letter(severe)
        assert f"new dose: Bisoprolol ({spoken(ago(30))})" in text
        assert "started:" not in text
        assert "stopped:" not in text

    def test_advice_on_endocarditis_is_told_as_recorded(self, letter, severe, ago):
        make.enter(
            EndocarditisProphylaxisAdvice(
                patient=severe, advised_on=ago(9), advice="prophylaxis", card_given=True
            )
        )
        said = f"Advised on {spoken(ago(9))}: prophylaxis before dental work; a card was given."
        assert said in letter(severe)
        make.intervention(severe, ago(2), "mitral_mechanical")
        text = letter(severe)
        assert said not in text
        assert "Advice to the patient on prophylaxis before dental work is not recorded." in text

    @pytest.mark.parametrize(
        ("addressee", "greeting"),
        [
            ("Dr L. Fontaine, family practice", "Dear Dr L. Fontaine,"),
            ("Coronary care unit, North Hospital", "Dear colleague,"),
            ("", "Dear colleague,"),
        ],
    )
    def test_it_greets_a_person_by_name(self, letter, severe, addressee, greeting):
        assert letter(severe, addressee=addressee).startswith(greeting)


class TestThePatientLetter:
    FOREIGN = re.compile(
        r"\b(?:Class|class|LVEF|LVESD|EROA|NYHA|ACC|ESC|AHA|TEER|SPAP|LAVI|PISA|"
        r"stage|indication|mortality|probability|risk)\b"
    )

    def test_it_uses_no_foreign_words_and_short_sentences(self, letter, severe, ago):
        make.lab(severe, ago(8), "nt_probnp", "410")
        make.team_review(severe, ago(5), decision=TeamReview.Decision.WATCH)
        text = letter(severe, PATIENT)
        assert self.FOREIGN.findall(text) == []
        prose = re.sub(r"^- |^[^.\n]+$", "", text, flags=re.MULTILINE)
        sentences = [each.split() for each in re.split(r"[.?!]\s+|\n", prose) if each.strip()]
        assert sum(map(len, sentences)) / len(sentences) < 13

    def test_a_difference_within_error_is_explained(self, letter, severe, ago):
        text = letter(severe, PATIENT)
        strength = next(line for line in text.splitlines() if "Pumping strength" in line)
        assert f"64 % on {spoken(ago(20))}" in strength
        assert f"Before that, it was 65 % on {spoken(ago(700))}." in strength
        assert strength.endswith("The difference is smaller than the test can tell.")
        width = next(line for line in text.splitlines() if "Width of the main chamber" in line)
        assert "the chamber has become wider" in width

    def test_no_operation_is_named_that_the_team_has_not_decided(self, letter, severe, ago):
        make.echo(severe, ago(1), lvef_percent=57, lvesd_mm=41, bsa_m2="2.0", eroa_mm2=44)
        text = letter(severe, PATIENT)
        assert "operation" not in text.lower()
        assert "surgery" not in text.lower()
        assert "That does not mean that nothing is needed." in text
        assert "We want to see you soon." in text
        make.team_review(severe, ago(0), decision=TeamReview.Decision.INTERVENE)
        assert "The team advises to treat the valve with an operation" in letter(severe, PATIENT)

    def test_a_planned_procedure_is_told_with_its_day(self, letter, severe, ago):
        make.planned_intervention(severe, Intervention.Kind.MITRAL_REPAIR, planned_on=ago(-30))
        said = f"Planned: an operation to repair the mitral valve on {spoken(ago(-30))}."
        assert said in letter(severe, PATIENT)

    def test_a_leak_by_one_line_of_evidence_is_not_called_severe(self, letter, clinic_north, ago):
        patient = make.patient_of(clinic_north)
        make.diagnosis(patient, ago(400))
        make.echo(patient, ago(20), eroa_mm2=44)
        text = letter(patient, PATIENT)
        assert f"One measurement on {spoken(ago(20))} points to a large leak." in text
        assert "Doctors call this severe" not in text

    def test_what_was_not_measured_is_said(self, letter, clinic_north):
        text = letter(make.patient_of(clinic_north), PATIENT)
        assert "We have not yet measured whether it leaks, and how much." in text
        assert "Not in our record yet: pumping strength" in text
        assert "How you feel from day to day is not in our record yet." in text
        assert "No medicine is in our record. Please tell us what you take." in text

    def test_an_emergency_switches_everything_else_off(self, letter, severe):
        make.acute_episode(severe, timezone.now() - timedelta(hours=5), place="Bed 4")
        text = letter(severe, PATIENT)
        assert "A sudden leak is an emergency." in text
        assert "Earlier advice about regular checks does not apply now." in text
        assert "due by" not in text
        assert "Pumping strength" not in text

    def test_acute_by_the_diagnosis_alone_is_an_emergency_too(self, letter, severe, ago):
        make.diagnosis(severe, ago(1), tempo="acute")
        text = letter(severe, PATIENT)
        assert "If you are not in a hospital now, call an ambulance." in text
        assert "due by" not in text

    def test_a_mechanical_valve_has_its_own_warnings(self, letter, severe, ago):
        make.intervention(severe, ago(300), "mitral_mechanical")
        make.anticoagulation_plan(severe, ago(300), inr_low="2.5", inr_high="3.5")
        make.lab(severe, ago(3), "inr", "1.7")
        text = letter(severe, PATIENT)
        assert f"replaced by a mechanical valve on {spoken(ago(300))}" in text
        assert "That is below your range." in text
        assert "please call us today" in text
        assert "The click of your valve sounds dull, or is gone." in text
        assert "You have a fever. With a treated valve this can be serious." in text

    def test_a_decision_already_carried_out_is_not_told_as_current(self, letter, severe, ago):
        make.team_review(severe, ago(40), decision=TeamReview.Decision.INTERVENE)
        make.intervention(severe, ago(10), "mitral_repair")
        text = letter(severe, PATIENT)
        assert "The team advises" not in text
        assert "No further decision about treating the valve is in our record yet." in text
        assert "That does not mean that nothing is needed." in text
        make.planned_intervention(severe, Intervention.Kind.MITRAL_REPAIR, planned_on=ago(-30))
        make.team_review(severe, ago(1), decision=TeamReview.Decision.INTERVENE)
        text = letter(severe, PATIENT)
        assert "The team advises to treat the valve with an operation" in text
        assert "Planned: an operation to repair the mitral valve" in text

    def test_an_old_inr_is_to_be_measured_now(self, letter, severe, ago):
        make.intervention(severe, ago(700), "mitral_mechanical")
        make.anticoagulation_plan(severe, ago(700), inr_low="2.5", inr_high="3.5")
        make.lab(severe, ago(43), "inr", "3.0")
        old = "That is too long ago. Please have it measured now."
        assert old in letter(severe, PATIENT)
        make.lab(severe, ago(3), "inr", "3.0")
        assert old not in letter(severe, PATIENT)

    @pytest.mark.parametrize("agent", ["", "doac"])
    def test_a_mechanical_valve_without_its_own_thinner_asks_for_a_call_today(
        self, letter, severe, ago, agent
    ):
        make.intervention(severe, ago(700), "mitral_mechanical")
        if agent:
            make.anticoagulation_plan(severe, ago(700), agent)
        text = letter(severe, PATIENT)
        assert "Please call us today about your blood thinner. Do not stop it." in text

    def test_an_alert_for_contact_today_asks_for_a_call_today(self, letter, severe, ago):
        make.comorbidity(severe, ago(3), "active_endocarditis")
        text = letter(severe, PATIENT)
        assert "This needs attention today." in text
        assert "due by" not in text

    def test_under_treatment_of_an_infection_the_antibiotic_goes_on(self, letter, severe, ago):
        before = "before you take an antibiotic"
        goes_on = "You have a fever or chills. Do not stop your antibiotic."
        assert before in letter(severe, PATIENT)
        make.medication(severe, ago(5), "other", name_as_written="Amoxicillin")
        text = letter(severe, PATIENT)
        assert goes_on in text
        assert before not in text

    def test_a_drug_that_is_not_recognized_may_be_an_antibiotic(self, letter, severe, ago):
        make.medication(severe, ago(5), "other", name_as_written="Xenoprim")
        text = letter(severe, PATIENT)
        assert "If you take an antibiotic, do not stop it." in text
        assert "If you take none, ask for a blood test for germs before you take one." in text
        assert "before you take an antibiotic" not in text
        make.medication(severe, ago(5), "other", name_as_written="Co-amoxiclav")
        assert "Do not stop your antibiotic." in letter(severe, PATIENT)

    def test_with_endocarditis_the_antibiotic_goes_on(self, letter, severe, ago):
        make.comorbidity(severe, ago(3), "active_endocarditis")
        text = letter(severe, PATIENT)
        assert "Do not stop your antibiotic." in text
        assert "before you take an antibiotic" not in text

    def test_advice_on_dental_work_from_before_the_procedure_is_not_repeated(
        self, letter, severe, ago
    ):
        make.enter(
            EndocarditisProphylaxisAdvice(
                patient=severe, advised_on=ago(90), advice="no_prophylaxis"
            )
        )
        assert "you need no antibiotic" in letter(severe, PATIENT)
        make.intervention(severe, ago(9), "mitral_biological")
        text = letter(severe, PATIENT)
        assert "you need no antibiotic" not in text
        assert "Ask us before dental work whether you need an antibiotic." in text

    def test_of_a_treated_valve_a_large_leak_is_told_without_its_size(self, letter, severe, ago):
        make.intervention(severe, ago(10), "mitral_repair")
        off = "The usual scale does not fit your valve"
        text = letter(severe, PATIENT)
        assert off in text
        assert "It leaks" not in text
        make.echo(severe, ago(2), lvef_percent=60, reader_grade=3)
        text = letter(severe, PATIENT)
        assert off in text
        assert "It leaks; our heart team looks at it." in text

    def test_the_size_of_a_leak_before_the_procedure_is_not_told(self, letter, severe, ago):
        assert "Size of the gap that leaks" in letter(severe, PATIENT)
        make.intervention(severe, ago(10), "mitral_repair")
        text = letter(severe, PATIENT)
        assert "Size of the gap that leaks" not in text
        assert "Pumping strength" in text

    def test_a_range_is_told_in_whole_numbers(self, letter, severe, ago):
        make.echo(severe, ago(2), lvef_percent=(55, 60))
        assert f"between 55 and 60 % on {spoken(ago(2))}" in letter(severe, PATIENT)

    def test_measurements_agree_only_where_every_definition_does(
        self, letter, severe, clinic_north, ago
    ):
        text = letter(severe, PATIENT)
        assert "Several measurements agree." in text
        assert f"The leak was large on {spoken(ago(20))}. Doctors call this severe." in text
        case = undecided_by_acc_aha(case_of(severe, clinic_north))
        text = text_of(letter_parts(PATIENT, case))
        assert "Several measurements agree." not in text
        assert "The leak may be large. We want to measure it again." in text

    def test_for_a_child_it_greets_the_parents(self, letter, clinic_north, ago):
        child = make.patient_of(
            clinic_north, given_name="Ida", family_name="Rossi", born_on=ago(3000)
        )
        assert letter(child, PATIENT).startswith("Dear parents of Ida Rossi,")

    def test_a_hidden_edition_does_not_ask_for_the_teams_opinion(self, letter, severe, settings):
        opinion = "- The opinion of our heart team."
        make.log(severe, timezone.now().date(), nyha=3, dyspnea=True)
        assert opinion in letter(severe, PATIENT)
        settings.SHOWS_UNSIGNED_VERDICTS = False
        assert opinion not in letter(severe, PATIENT)

    def test_none_is_written_to_the_dead(self, letter, severe, die, ago):
        die(severe)
        severe.refresh_from_db()
        with pytest.raises(ValueError, match="died"):
            letter(severe, PATIENT)

    def test_nothing_of_an_unsigned_edition_leaks(self, letter, severe, settings):
        settings.SHOWS_UNSIGNED_VERDICTS = False
        text = letter(severe, PATIENT)
        assert "due by" not in text
        assert "The day of your next check is not in our record." in text

    def test_its_words_cover_every_measure_and_name_real_facts(self):
        assert set(PLAINLY) == set(KEY_MEASURES)
        assert [name for _, group in WAITED for name in group if name not in FACTS] == []


class TestThePaper:
    def test_nothing_of_a_text_is_lost(self):
        text = "Dear Dr X,\n\nHead\nFirst. Second.\n- one\n- two\nAfter.\n\nAlone\n"
        blocks = blocks_of(text)
        assert [block.heading for block in blocks] == ["", "Head", ""]
        pieces = [(piece.is_list, piece.lines) for piece in blocks[1].pieces]
        assert pieces == [
            (False, ["First. Second."]),
            (True, ["one", "two"]),
            (False, ["After."]),
        ]
        assert blocks[2].pieces[0].lines == ["Alone"]

    def test_a_generated_letter_stands_on_paper_as_it_was_made(self, clinic_north, severe):
        parts = letter_parts(CLINIC, case_of(severe, clinic_north))
        headings = [block.heading for block in blocks_of(text_of(parts))]
        assert headings == [each.heading for each in parts]

    def test_the_hash_follows_the_facts(self, clinic_north, severe, ago):
        before = case_of(severe, clinic_north)
        assert facts_hash(before, "x") == facts_hash(case_of(severe, clinic_north), "x")
        assert facts_hash(before, "x") != facts_hash(before, "y")
        make.lab(severe, ago(0), "inr", "2.5")
        assert facts_hash(before, "x") != facts_hash(case_of(severe, clinic_north), "x")


class TestKeeping:
    def test_it_is_kept_with_history_and_audit(self, keep, severe, alice):
        letter = keep(severe)
        assert letter.history.get().history_user == alice
        event = AuditEvent.objects.get(record_kind="letter")
        assert (event.action, event.actor_id) == ("create", alice.pk)
        assert event.record_id == str(letter.public_id)
        assert "Berger" not in f"{event.note}{event.counts}"

    def test_an_empty_letter_is_refused(self, keep, severe):
        with pytest.raises(ValidationError, match="empty"):
            keep(severe, text=" \n ")
        assert not Letter.objects.exists()

    def test_the_same_letter_sent_twice_is_kept_once(self, keep, severe):
        assert keep(severe) == keep(severe)
        assert Letter.objects.count() == 1
        keep(severe, text="Another.\n")
        assert Letter.objects.count() == 2

    def test_no_patient_letter_is_kept_for_the_dead(self, keep, severe, die):
        die(severe)
        with pytest.raises(ValidationError, match="died"):
            keep(severe, kind=PATIENT)
        assert keep(severe, kind=CLINIC).pk

    def test_a_correction_names_a_letter_of_the_same_record_and_kind(
        self, keep, severe, clinic_north
    ):
        first = keep(severe)
        second = keep(severe, text="Better.\n", corrects=first)
        assert second.corrects == first
        with pytest.raises(ValidationError, match="same kind"):
            keep(severe, text="Other.\n", kind=PATIENT, corrects=first)
        with pytest.raises(ValidationError, match="same kind"):
            keep(make.patient_of(clinic_north), text="Other.\n", corrects=first)

    def test_a_struck_letter_stays_and_is_struck_once(self, keep, severe, bob, clinic_north):
        letter = keep(severe)
        with pytest.raises(ValidationError, match="why"):
            strike_letter(by=bob, clinic=clinic_north, letter=letter, reason=" ")
        struck = strike_letter(
            by=bob, clinic=clinic_north, letter=letter, reason="wrong patient", expected_version=1
        )
        assert (struck.struck_by, struck.version) == (bob, 2)
        assert struck.history.first().history_change_reason == "wrong patient"
        again = Letter.objects.get(pk=letter.pk)
        with pytest.raises(StaleRecord):
            strike_letter(
                by=bob, clinic=clinic_north, letter=again, reason="again", expected_version=1
            )
        with pytest.raises(ValidationError):
            keep(severe, text="Better.\n", corrects=letter)

    def test_the_last_letter_of_a_kind_leaves_out_struck_ones(
        self, keep, severe, bob, clinic_north
    ):
        first = keep(severe)
        second = keep(severe, text="Two.\n")
        assert last_letter_of(severe, CLINIC) == second
        assert last_letter_of(severe, PATIENT) is None
        strike_letter(by=bob, clinic=clinic_north, letter=second, reason="wrong")
        assert last_letter_of(severe, CLINIC) == first
        assert last_letter_of(severe, CLINIC, but=first) is None

    def test_a_former_clinic_reads_what_was_kept_while_it_followed(
        self, keep, severe, alice, clinic_north, ago
    ):
        letter = keep(severe)
        registration = Registration.objects.get(patient=severe)
        end_registration(by=alice, registration=registration, until_on=ago(0), because="moved")
        registration.refresh_from_db()
        assert [each.pk for each in letters_seen(severe, [registration])] == [letter.pk]
        late = keep(severe, text="Late.\n", speaks_of_on=ago(-1))
        seen = letters_seen(severe, [registration])
        assert late.pk not in {each.pk for each in seen}

    def test_a_new_name_does_not_change_what_is_kept(self, keep, severe, alice, clinic_north):
        letter = keep(severe)
        severe.family_name = "Bianchi"
        correct_person(by=alice, clinic=clinic_north, patient=severe, reason="married")
        letter.refresh_from_db()
        assert letter.regarding == "Rossi, Marta"
