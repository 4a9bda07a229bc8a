"""The pages of every kind of record of this floor: enter, read, change, strike, list."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import Action
from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration, record
from patients.models import ClinicalRecord, Registration
from tests.factories import records as make
from treatments.record_kinds import KINDS

SLUGS = sorted(KINDS)

TYPED = {
    "anticoagulation-plan": {
        "agent": "vka",
        "indication": "mechanical mitral valve",
        "from_on": "3 Mar 2024",
        "inr_target": "3,0",
        "inr_low": "2.5",
        "inr_high": "3.5",
        "self_testing": "no",
    },
    "complication": {"kind": "bleeding", "occurred_on": "8 Jan 2024", "resolved": "yes"},
    "endocarditis-prophylaxis": {
        "advised_on": "2024-03-03",
        "advice": "prophylaxis",
        "card_given": "yes",
    },
    "intervention": {
        "kind": "mitral_repair",
        "status": "performed",
        "performed_on": "3 Mar 2024",
        "residual_regurgitation": "none - mild",
        "annuloplasty_ring": "complete ring, 32 mm",
    },
    "medication": {
        "drug": "bisoprolol",
        "dose_mg": "2,5",
        "times_a_day": "1",
        "noted_on": "3 Mar 2024",
        "at_maximal_tolerated_dose": "no",
    },
    "team-review": {
        "reviewed_on": "3 Mar 2024",
        "operability": "operable",
        "decision": "watch",
        "decision_reason": "No trigger is met.",
        "review_on": "3 Sep 2024",
        "participants": "Dr Keller (surgeon)",
    },
}
"""What somebody types for one row of each kind, without the boxes left as they are."""

KEPT_AS = {"3,0": "3", "2,5": "2.5", "2024-03-03": "3 Mar 2024"}
"""How a stored value is written in its box."""

WRONG = {
    "anticoagulation-plan": ("inr_target", "9"),
    "complication": ("occurred_on", "the day after"),
    "endocarditis-prophylaxis": ("advised_on", "2124-01-01"),
    "intervention": ("performed_on", "31.2.2024"),
    "medication": ("dose_mg", "half a tablet"),
    "team-review": ("repair_likelihood_percent", "120"),
}
"""For each kind one box with something that cannot be."""

CHANGED = {
    "anticoagulation-plan": {"inr_target": "2.8"},
    "complication": {"kind": "stroke"},
    "endocarditis-prophylaxis": {"card_given": "no"},
    "intervention": {"operator": "Dr Keller"},
    "medication": {"dose_mg": "5"},
    "team-review": {"teer_anatomy": "suitable"},
}
WORDS = {
    "anticoagulation-plan": "2.8",
    "complication": "stroke",
    "endocarditis-prophylaxis": "no",
    "intervention": "Dr Keller",
    "medication": "5",
    "team-review": "Suitable",
}


@pytest.fixture(params=SLUGS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture
def typed(kind, patient):
    """What is typed for a row of the kind; a complication has its intervention."""
    values = dict(TYPED[kind.slug])
    if kind.slug == "complication":
        repair = make.intervention(patient, "2024-01-05", "mitral_repair")
        values["intervention"] = str(repair.public_id)
    return values


@pytest.fixture
def row(kind, typed, patient, clinic_north, alice):
    """A stored row of the kind, entered by Alice through its form."""
    form = kind.form(typed, patient=patient, today=clinic_north.today())
    assert form.is_valid(), form.errors
    return record(form.save(commit=False), by=alice, clinic=clinic_north)


def as_sent(form, **typed):
    """What a browser sends of a form: every box as it is filled, then what one changes."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)} | typed


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_every_clinical_model_of_this_floor_has_its_pages():
    models = {
        model
        for model in apps.get_app_config("treatments").get_models()
        if issubclass(model, ClinicalRecord)
    }
    assert models == {kind.model for kind in KINDS.values()}


def test_every_value_of_a_kind_can_be_entered(kind):
    """Whatever a row can hold stands in its form, but for what follows from something else."""
    derived = {"id", "patient", "asserted_known_on"}
    columns = {column.name for column in kind.model._meta.concrete_fields if column.editable}
    filled = {name for names in kind.form.combined.values() for name in names}
    assert columns - derived == set(kind.form._meta.fields) | filled


def test_the_chapters_hold_every_box(kind):
    named = [name for chapter in kind.form.chapters for name in chapter.names]
    assert sorted(named) == sorted(set(kind.form.base_fields) - {"version"})


def test_only_clinicians_decide_in_the_heart_team():
    rights = {slug: kind.action for slug, kind in KINDS.items()}
    assert rights.pop("team-review") == Action.DECIDE
    assert set(rights.values()) == {Action.ENTER_CLINICAL}


# --- Entering ------------------------------------------------------------------------------------


def test_it_works(alice, client_of, kind, typed, patient):
    client = client_of(alice)
    answer = client.post(kind.add_url(patient), {**typed, "save": "save"})
    assert answer.status_code == 302, answer.context["form"].errors
    row = kind.model.objects.get()
    assert (row.patient, row.entered_by, row.version) == (patient, alice, 1)
    again = kind.form(instance=row, patient=patient, today=row.entered_at.date())
    shown = {name: str(again[name].value()) for name in typed}
    assert shown == {name: KEPT_AS.get(value, value) for name, value in typed.items()}
    page = text_of(client.get(kind.page_url(row)))
    assert "first entry" in page
    assert "Entered by Alice" in page


def test_the_form_opens_with_nothing_answered(alice, client_of, kind, patient):
    answer = client_of(alice).get(kind.add_url(patient))
    assert answer.status_code == 200
    assert kind.title in text_of(answer)
    assert answer.context["form"].is_bound is False


@pytest.mark.parametrize("page", ["list_url", "add_url"])
def test_pages_of_a_patient_require_login(client, kind, patient, page):
    assert client.get(getattr(kind, page)(patient)).status_code == 302


@pytest.mark.parametrize("page", ["page_url", "edit_url", "strike_url"])
def test_pages_of_a_row_require_login(client, kind, row, page):
    assert client.get(getattr(kind, page)(row)).status_code == 302


@pytest.mark.parametrize("page", ["list_url", "add_url"])
def test_it_hides_patients_of_other_clinics(charlie, client_of, kind, patient, page):
    assert client_of(charlie).get(getattr(kind, page)(patient)).status_code == 404


@pytest.mark.parametrize("page", ["page_url", "edit_url", "strike_url"])
def test_it_hides_rows_of_other_clinics(charlie, client_of, kind, row, page):
    client = client_of(charlie)
    assert client.get(getattr(kind, page)(row)).status_code == 404
    assert client.post(getattr(kind, page)(row), {"save": "save"}).status_code in {404, 405}


def test_a_clerk_reads_and_enters_nothing(clara, client_of, kind, typed, row, patient):
    client = client_of(clara)
    assert client.get(kind.list_url(patient)).status_code == 200
    page = text_of(client.get(kind.page_url(row)))
    assert "Entered in error</a>" not in page
    assert "Change</a>" not in page
    for url in (kind.add_url(patient), kind.edit_url(row), kind.strike_url(row)):
        answer = client.post(url, {**typed, "save": "save"})
        assert answer.status_code == 403
        assert "may not" in text_of(answer) or "not allow" in text_of(answer)


def test_a_nurse_enters_what_the_team_did_not_decide(nina, client_of, kind, typed, patient):
    answer = client_of(nina).post(kind.add_url(patient), {**typed, "save": "save"})
    assert answer.status_code == (403 if kind.action == Action.DECIDE else 302)


def test_bad_input_is_refused_beside_its_box_and_stays(alice, client_of, kind, typed, patient):
    name, value = WRONG[kind.slug]
    before = kind.model.objects.count()
    data = {**typed, name: value, "save": "save"}
    answer = client_of(alice).post(kind.add_url(patient), data)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert name in form.errors
    assert value in text_of(answer)
    for other, text in typed.items():
        if other != name:
            assert str(form[other].value()) == text
    assert kind.model.objects.count() == before


def test_enter_in_a_box_saves_nothing(alice, client_of, kind, typed, patient):
    before = kind.model.objects.count()
    answer = client_of(alice).post(kind.add_url(patient), {**typed, "check": "yes"})
    assert "Nothing is saved yet" in text_of(answer)
    assert kind.model.objects.count() == before


# --- Reading and changing ------------------------------------------------------------------------


def test_a_change_needs_its_reason_and_keeps_the_former_version(alice, client_of, kind, row):
    client = client_of(alice)
    form = client.get(kind.edit_url(row)).context["form"]
    sent = as_sent(form, **CHANGED[kind.slug], save="save")
    refused = client.post(kind.edit_url(row), sent)
    assert "Say why this is changed." in text_of(refused)
    answer = client.post(kind.edit_url(row), sent | {"reason": "misread the letter"})
    assert answer.status_code == 302, answer.context["form"].errors
    row.refresh_from_db()
    assert row.version == 2
    page = text_of(client.get(kind.page_url(row)))
    assert "misread the letter" in page
    assert f"<strong>{WORDS[kind.slug]}" in page
    former = text_of(client.get(kind.version_url(row, 1)))
    assert "You are reading version 1 of 2" in former


def test_a_form_sent_back_as_it_came_changes_nothing(alice, client_of, kind, row):
    client = client_of(alice)
    form = client.get(kind.edit_url(row)).context["form"]
    answer = client.post(kind.edit_url(row), as_sent(form, reason="no reason", save="save"))
    assert "nothing to save" in text_of(answer)
    row.refresh_from_db()
    assert row.version == 1


def test_two_people_at_one_row_overwrite_nothing(alice, bob, client_of, kind, row):
    first, second = client_of(alice), client_of(bob)
    form = second.get(kind.edit_url(row)).context["form"]
    sent = as_sent(form, **CHANGED[kind.slug], reason="by Bob", save="save")
    mine = {"comment": "by Alice"} if "comment" in form.fields else {"participants": "by Alice"}
    alices = as_sent(form, **mine, reason="by Alice", save="save")
    assert first.post(kind.edit_url(row), alices).status_code == 302
    answer = second.post(kind.edit_url(row), sent)
    assert answer.status_code == 409
    assert "Where the two versions differ" in text_of(answer)
    assert "by Alice" in text_of(answer)
    row.refresh_from_db()
    assert row.version == 2


def test_a_struck_row_stays_readable_and_counts_no_more(alice, client_of, kind, row, patient):
    client = client_of(alice)
    answer = client.post(kind.strike_url(row), {"version": "1", "reason": "another patient"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.struck_by == alice
    assert "another patient" in text_of(client.get(kind.page_url(row)))
    assert "entered in error" in text_of(client.get(kind.list_url(patient)))
    event = AuditEvent.objects.filter(record_id=str(row.public_id), action=AuditAction.CHANGE)
    assert event.exists()


def test_opening_a_row_is_written_to_the_audit(bob, client_of, kind, row):
    client_of(bob).get(kind.page_url(row))
    assert AuditEvent.objects.filter(
        action=AuditAction.VIEW, record_id=str(row.public_id), actor_id=bob.pk
    ).exists()


def test_a_former_clinic_reads_up_to_its_last_day(alice, client_of, kind, row, patient):
    registration = Registration.objects.get(patient=patient)
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="moved")
    client = client_of(alice)
    assert client.get(kind.page_url(row)).status_code == 200
    assert client.get(kind.list_url(patient)).status_code == 200
    assert "nothing can be entered" in text_of(client.get(kind.add_url(patient)))


def test_a_plan_without_a_day_is_read_by_a_former_clinic(alice, client_of, patient):
    planned = make.planned_intervention(patient, "teer", by=alice)
    registration = Registration.objects.get(patient=patient)
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="moved")
    answer = client_of(alice).get(KINDS["intervention"].page_url(planned))
    assert "TEER), planned" in text_of(answer)


# --- Lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 40])
def test_a_list_takes_the_same_queries_at_2_and_at_40_rows(
    alice, client_of, kind, patient, clinic_north, django_assert_num_queries, count
):
    repair = make.intervention(patient, "2020-01-05", "mitral_repair")
    for number in range(count):
        values = {
            "patient": patient,
            kind.model.date_field: repair.performed_on + timedelta(number),
        }
        example = {
            "anticoagulation-plan": {"agent": "doac"},
            "complication": {"kind": "bleeding", "intervention": repair},
            "endocarditis-prophylaxis": {"advice": "prophylaxis"},
            "intervention": {"kind": "pci", "status": "performed"},
            "medication": {"drug": "bisoprolol"},
            "team-review": {},
        }[kind.slug]
        record(kind.model(**values, **example), by=alice, clinic=clinic_north)
    client = client_of(alice)
    client.get(kind.list_url(patient))
    with django_assert_num_queries(QUERIES_OF_A_LIST):
        answer = client.get(kind.list_url(patient))
    assert len(answer.context["rows"]) == count + (kind.slug == "intervention")


QUERIES_OF_A_LIST = 10


def test_a_list_shows_planned_ones_beside_performed_ones(alice, client_of, patient):
    make.intervention(patient, "2024-01-05", "pci", residual_regurgitation_low=1)
    make.planned_intervention(patient, "teer", planned_on="2124-01-05")
    declined = {"status": "declined", "decided_on": date(2024, 1, 6), "reason": "afraid"}
    make.planned_intervention(patient, "mitral_repair", **declined)
    rows = client_of(alice).get(KINDS["intervention"].list_url(patient)).context["rows"]
    assert [each.cells[1] for each in rows] == [
        "declined on 6 Jan 2024: afraid",
        "planned for 5 Jan 2124",
        "performed",
    ]


def test_a_running_drug_misses_no_end(alice, client_of, patient):
    make.medication(patient, "2024-01-05", "bisoprolol", dose_mg=5, times_a_day=1)
    make.medication(
        patient, "2023-01-05", "furosemide", stopped_on="2023-06-01", stop_reason="not_needed"
    )
    rows = client_of(alice).get(KINDS["medication"].list_url(patient)).context["rows"]
    assert [each.cells for each in rows] == [
        ["bisoprolol", "5 mg, once a day", None, None, "", ""],
        ["furosemide", None, None, None, "1 Jun 2023", "no longer needed"],
    ]


# --- Whatever is typed ---------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "31.2.2024", "3/4/2024", "1e9", "-1", "\u221e", "yes", "0", "4+"]),
)


@pytest.mark.parametrize("slug", SLUGS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_text_in_any_box_breaks_a_page(alice, client_of, patient, slug, data):
    kind = KINDS[slug]
    names = st.sampled_from([*kind.form.base_fields, "confirmed", "accept"])
    typed = data.draw(st.dictionaries(names, ANYTHING, max_size=8))
    answer = client_of(alice).post(kind.add_url(patient), TYPED[slug] | typed | {"save": "save"})
    assert answer.status_code in {200, 302}


def test_a_button_pressed_twice_enters_one_row(alice, client_of, kind, typed, patient):
    client = client_of(alice)
    for _ in range(2):
        client.post(kind.add_url(patient), typed | {"save": "save"})
    assert kind.model.objects.filter(entered_by=alice).count() == 1


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_a_link_that_names_no_intervention_chooses_none(alice, client_of, patient, value):
    url = KINDS["complication"].add_url(patient)
    answer = client_of(alice).get(url, {"intervention": value})
    assert answer.status_code == 200
    assert " selected" not in str(answer.context["form"]["intervention"]).replace(
        'value="" selected', ""
    )


def test_the_administration_opens_a_former_version(kind, row, clara, client_of):
    version = row.history.get().history_id
    label = f"{kind.namespace}_{kind.model._meta.model_name}"
    page = client_of(clara).get(reverse(f"admin:{label}_simple_history", args=[row.pk, version]))
    assert page.status_code == 200
    assert page.context["adminform"].fieldsets
