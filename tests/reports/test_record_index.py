"""The whole record of one patient on one page."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditAction, AuditEvent
from patients.actions import amend_echo_study, end_registration, register_in_clinic
from patients.models import Allergy, ClinicalRecord, GoalsOfCare
from reports.kinds import GROUPS, KINDS
from tests.factories import records as make
from treatments.models import Complication, EndocarditisProphylaxisAdvice, Intervention

pytestmark = pytest.mark.django_db

MOST_QUERIES = 41  # one for each kind of record, and what every page asks


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def url_of(patient, page="record-index"):
    return reverse(f"reports:{page}", args=[patient.public_id])


def text_of(response):
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north, record_number="HV-1", family_name="Rossi")


@pytest.fixture
def read(client_of, alice):
    def read_(patient, user=alice):
        return text_of(client_of(user).get(url_of(patient)))

    return read_


def test_it_works(read, patient):
    make.diagnosis(patient, days_ago(400))
    make.echo(patient, days_ago(20), lvef_percent=(55, 60), lvesd_mm=41)
    make.log(patient, days_ago(20), nyha=(1, 2), dyspnea=True, orthopnea=False)
    make.lab(patient, days_ago(3), "inr", "2.50")
    make.medication(patient, days_ago(900), "apixaban", stopped_on=days_ago(30))
    page = read(patient)
    assert "Rossi" in page
    assert "Primary, " in page
    assert "Transthoracic echo; LVEF 55–60 %; LVESD 41 mm" in page
    assert "NYHA I–II; dyspnea on exertion" in page
    assert "INR 2.5" in page
    assert "stopped" in page


def test_every_kind_of_record_has_its_place_once():
    placed = [model for group in GROUPS for model in group.models]
    clinical = [model for model in apps.get_models() if issubclass(model, ClinicalRecord)]
    assert sorted(map(str, placed)) == sorted(map(str, clinical))


def test_every_kind_is_named_on_the_page(read, patient):
    page = read(patient)
    for kind in KINDS.values():
        assert kind.plural in page


def test_nothing_recorded_is_no_none(read, patient):
    page = read(patient)
    assert page.count("Nothing recorded:") == len(GROUPS)
    assert "none" not in page.replace("None-of-these", "").lower()


def test_the_newest_rows_come_first_and_the_others_are_counted(read, patient):
    for day in range(1, 8):
        make.lab(patient, days_ago(day), "creatinine", 80 + day)
    page = read(patient)
    assert "7, the newest 4 shown" in page
    assert page.index("Creatinine 81") < page.index("Creatinine 84")
    assert "Creatinine 85" not in page


def test_struck_rows_are_counted_and_not_shown(read, alice, patient):
    make.lab(patient, days_ago(2), "creatinine", 88)
    make.strike(make.lab(patient, days_ago(1), "creatinine", 888), by=alice)
    make.strike(make.allergy(patient, days_ago(1), substance="latex", reaction="rash"), by=alice)
    page = read(patient)
    assert "1 · 1 entered in error" in page
    assert "888" not in page
    assert "0 · 1 entered in error" in page
    assert "Nothing that counts." in page
    assert "atex" not in page


def test_current_drugs_come_before_stopped_ones(read, patient):
    make.medication(patient, days_ago(10), "bisoprolol", stopped_on=days_ago(1))
    make.medication(patient, days_ago(900), "apixaban")
    page = read(patient)
    assert page.index("Apixaban") < page.index("Bisoprolol")


def test_each_row_leads_to_its_page_and_each_kind_to_its_list(client_of, alice, patient):
    row = make.lab(patient, days_ago(3), "inr", "2.5")
    body = client_of(alice).get(url_of(patient)).content.decode()
    kind = KINDS[type(row)]
    for href in (kind.page_url(row), kind.list_url(patient), kind.add_url(patient)):
        assert f'href="{href}"' in body
        assert client_of(alice).get(href).status_code == 200, href


def test_it_requires_login(client, patient):
    response = client.get(url_of(patient))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("stranger", ["charlie", "rita", "otto", "ada"])
def test_it_hides_the_patient_from_whoever_may_not_see_them(request, client_of, patient, stranger):
    user = request.getfixturevalue(stranger)
    for page in ("record-index", "record-index-print"):
        assert client_of(user).get(url_of(patient, page)).status_code == 404
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED, actor_id=user.pk).count() == 2


def test_a_clerk_is_offered_what_a_clerk_may_enter(client_of, clara, patient):
    body = client_of(clara).get(url_of(patient)).content.decode()
    offered = {model for model, kind in KINDS.items() if f'"{kind.add_url(patient)}"' in body}
    allowed = {m for m, kind in KINDS.items() if kind.action in {"enter_laboratory", "recall"}}
    assert offered == allowed != set()


def test_opening_and_printing_it_are_written_to_the_audit(client_of, alice, patient, clinic_north):
    client_of(alice).get(url_of(patient))
    response = client_of(alice).get(url_of(patient, "record-index-print"))
    assert "To be printed" in text_of(response)
    for action in (AuditAction.VIEW, AuditAction.PRINT):
        event = AuditEvent.objects.get(action=action)
        assert (event.actor_id, event.clinic_id) == (alice.pk, clinic_north.pk)
        assert event.patient_id == str(patient.public_id)


def test_a_former_clinic_reads_what_it_held(read, patient, charlie, clinic_south, client_of, alice):
    study = make.echo(patient, days_ago(30), lvef_percent=64)
    row = make.lab(patient, days_ago(30), "creatinine", 88)
    end_registration(
        by=None, registration=patient.registrations.get(), until_on=days_ago(5), because="moved"
    )
    register_in_clinic(
        by=None, patient=patient, clinic=clinic_south, record_number="S-1", from_on=days_ago(5)
    )
    study.lvef_percent_low = study.lvef_percent_high = 41
    amend_echo_study(study, by=charlie, clinic=clinic_south, reason="read again")
    make.strike(row, by=charlie)
    make.lab(patient, days_ago(2), "creatinine", 300)
    north, south = read(patient), read(patient, charlie)
    assert "LVEF 64 %" in north
    assert "Creatinine 88" in north
    assert "300" not in north
    assert "nothing can be entered" in north
    assert "LVEF 41 %" in south
    assert "Creatinine 300" in south
    assert "Creatinine 88" not in south
    body = client_of(alice).get(url_of(patient)).content.decode()
    assert not any(f'"{kind.add_url(patient)}"' in body for kind in KINDS.values())


def test_what_is_typed_into_a_record_is_escaped(client_of, alice, patient):
    make.allergy(patient, days_ago(1), substance="<script>alert(1)</script>", reaction="rash")
    assert "<script>alert" not in client_of(alice).get(url_of(patient)).content.decode()


def of_every_kind(patient, number):
    for each in range(number):
        day = days_ago(100 * each + 1)
        make.echo(patient, day, lvef_percent=60)
        make.symptom_free(patient, day)
        make.lab(patient, day, "inr", "2.5")
        make.comorbidity(patient, day, "hypertension")
        make.ecg(patient, day)
        make.medication(patient, day, "bisoprolol")
        done = make.intervention(patient, day, Intervention.Kind.PCI)
        make.enter(Complication(patient=patient, intervention=done, occurred_on=day, kind="stroke"))


def test_it_asks_the_database_as_often_for_15_rows_as_for_3(client_of, alice, clinic_north):
    few, many = make.patient_of(clinic_north), make.patient_of(clinic_north)
    of_every_kind(few, 3)
    of_every_kind(many, 15)
    client = client_of(alice)
    client.get(url_of(few))
    counts = []
    for patient in (few, many):
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(patient))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


# --- One row in one line --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (lambda p, d: make.body_size(p, d, height_cm="182.0", weight_kg=82), "Height 182 cm"),
        (lambda p, d: make.allergy(p, d, substance="penicillin", reaction="rash"), ": rash"),
        (
            lambda p, d: make.allergy(p, d, reaction=Allergy.Reaction.NONE_KNOWN),
            "Asked: no known allergy",
        ),
        (lambda p, d: make.comorbidity(p, d, "diabetes", "no"), "Diabetes: no"),
        (lambda p, d: make.pregnancy(p, d, "not_pregnant"), "ot pregnant"),
        (
            lambda p, d: make.goals_of_care(
                p, d, declines_intervention=True, frailty=GoalsOfCare.Frailty.SEVERE
            ),
            "severe",
        ),
        (lambda p, d: make.exercise_test(p, d, "symptoms"), "symptoms or clearly reduced capacity"),
        (lambda p, d: make.cmr(p, d, lvef_percent=55), "55 %"),
        (lambda p, d: make.admission(p, d, hospital="St Anne"), "St Anne"),
        (
            lambda p, d: make.anticoagulation_plan(p, d, inr_low="2.5", inr_high="3.5"),
            "Vitamin K antagonist; INR 2.5–3.5",
        ),
        (
            lambda p, d: make.anticoagulation_plan(p, d, "none", indication="bleeding"),
            "No anticoagulation meant; bleeding",
        ),
        (
            lambda p, d: make.enter(
                EndocarditisProphylaxisAdvice(
                    patient=p, advised_on=d, advice="prophylaxis", card_given=False
                )
            ),
            "Prophylaxis before dental work; no card given",
        ),
        (lambda p, d: make.team_review(p, d, decision="watch"), "Watchful waiting"),
        (lambda p, d: make.echo(p, d, final=False), "Transthoracic echo, draft, not used"),
        (lambda p, d: make.none_of_these(p, d), "No hypertrophic cardiomyopathy"),
        (
            lambda p, d: make.acute_episode(p, d, cause="chordal_rupture", place="CCU"),
            "Chordal rupture, suspected; CCU; open",
        ),
        (
            lambda p, d: make.planned_intervention(p, "teer", planned_on=d),
            "Transcatheter edge-to-edge repair (TEER); planned for",
        ),
        (lambda p, d: make.log(p, d, dyspnea=False), "no value recorded"),
        (
            lambda p, d: make.medication(p, d, "bisoprolol", dose_mg=5, times_a_day=2),
            "Bisoprolol 5 mg × 2",
        ),
        (lambda p, d: make.lab(p, d, "creatinine", "71"), "Creatinine 71 µmol/L"),
        (
            lambda p, d: make.team_review(p, d, operability="not_discussed"),
            "pending: operability",
        ),
        (lambda p, d: make.ecg(p, d, qrs_ms=96), "12-lead ECG; sinus rhythm; QRS 96 ms"),
    ],
)
def test_a_row_reads_as_somebody_would_say_it(read, patient, row, line):
    row(patient, days_ago(3))
    assert line in read(patient)
