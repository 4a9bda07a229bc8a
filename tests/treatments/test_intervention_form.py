"""Interventions as they are typed: days by status, parts by kind, results of what was done."""

from datetime import date

import pytest

from patients.forms.records import CONFIRMED
from tests.factories import records as make
from treatments.forms.interventions import WITH_PROSTHESIS, WITH_REPAIR, InterventionForm, became_of
from treatments.models import Complication, Intervention

TODAY = date(2024, 6, 1)
DONE = {"kind": "mitral_repair", "status": "performed", "performed_on": "3 Mar 2024"}
PLANNED = {"kind": "mitral_repair", "status": "planned"}
DECLINED = {
    "kind": "teer",
    "status": "declined",
    "decided_on": "3 Mar 2024",
    "not_done_because": "wish",
    "why": "wants to wait for a grandchild",
}
CANCELLED = DECLINED | {
    "status": "cancelled",
    "not_done_because": "too_ill",
    "why": "pneumonia",
}


@pytest.fixture
def typed(patient):
    """Return a function that gives the form with what is typed into it."""

    def form_of(values, **more):
        instance = more.pop("instance", None)
        return InterventionForm(values | more, patient=patient, today=TODAY, instance=instance)

    return form_of


def errors_of(form):
    return {name: " ".join(errors) for name, errors in form.errors.items()}


@pytest.mark.parametrize("values", [DONE, PLANNED, DECLINED, CANCELLED])
def test_each_status_has_all_it_needs(typed, values):
    assert errors_of(typed(values)) == {}


def test_whether_it_is_planned_or_done_is_asked_and_not_assumed(patient, typed):
    assert not InterventionForm(patient=patient, today=TODAY)["status"].value()
    assert "status" in typed({"kind": "teer"}).errors


def test_why_it_was_not_done_is_chosen_and_told(typed):
    for missing in ("", "not_stated"):
        form = typed(CANCELLED, not_done_because=missing)
        assert errors_of(form) == {
            "not_done_because": "Choose why it was cancelled; “other” where nothing fits."
        }
    row = typed(CANCELLED).save(commit=False)
    assert became_of(row) == (
        "cancelled on 3 Mar 2024, too ill, or another illness first: pneumonia"
    )


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        (DONE, "performed_on", "On which day was it performed?"),
        (DECLINED, "decided_on", "On which day was it declined?"),
        (DECLINED, "why", "Why was it declined? Say it in words."),
        (CANCELLED, "decided_on", "On which day was it cancelled?"),
        (CANCELLED, "why", "Why was it cancelled? Say it in words."),
    ],
)
def test_what_a_status_needs_is_asked_for_in_words(typed, values, name, said):
    assert errors_of(typed(values, **{name: ""})) == {name: said}


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (PLANNED, "performed_on"),
        (PLANNED, "decided_on"),
        (DONE, "decided_on"),
        (DECLINED, "performed_on"),
        (CANCELLED, "performed_on"),
    ],
)
def test_a_day_that_contradicts_the_status_is_refused(typed, values, name):
    form = typed(values, **{name: "1 Mar 2024"})
    assert "empty this box" in errors_of(form)[name]
    assert form[name].value() == "1 Mar 2024"


@pytest.mark.parametrize(
    ("values", "name", "day", "is_right"),
    [
        (DONE, "performed_on", "1 Jun 2024", True),
        (DONE, "performed_on", "2 Jun 2024", False),
        (DECLINED, "decided_on", "1 Jun 2024", True),
        (DECLINED, "decided_on", "2 Jun 2024", False),
        (PLANNED, "planned_on", "2 Jun 2026", True),
        (PLANNED, "planned_on", "5 May 1955", True),
        (PLANNED, "planned_on", "4 May 1955", False),
        (DONE, "discharged_on", "3 Mar 2024", True),
        (DONE, "discharged_on", "2 Mar 2024", False),
        (DONE, "discharged_on", "2 Jun 2024", False),
        (DONE, "baseline_measured_on", "3 Mar 2024", True),
        (DONE, "baseline_measured_on", "2 Mar 2024", False),
        (DONE, "baseline_measured_on", "2 Jun 2024", False),
    ],
)
def test_days_are_possible(typed, values, name, day, is_right):
    assert (name not in typed(values, **{name: day}).errors) is is_right


@pytest.mark.parametrize("values", [PLANNED, DECLINED, CANCELLED])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("residual_regurgitation", "mild"),
        ("device_implanted", "no"),
        ("discharged_on", "4 Mar 2024"),
        ("baseline_mean_gradient_mmhg", "3"),
        ("baseline_paravalvular_leak", "0"),
        ("converted", "no"),
    ],
)
def test_a_result_belongs_to_what_was_performed(typed, values, name, value):
    assert "after it was performed" in errors_of(typed(values, **{name: value}))[name]
    assert name not in typed(DONE | {"baseline_measured_on": "9 Mar 2024"}, **{name: value}).errors


def test_residual_regurgitation_is_a_range_in_one_box(typed):
    form = typed(DONE, residual_regurgitation="none - mild")
    assert form.is_valid()
    row = form.save(commit=False)
    assert (row.residual_regurgitation_low, row.residual_regurgitation_high) == (0, 1)
    assert InterventionForm.words(row, "residual_regurgitation") == "none - mild"


def test_a_baseline_value_needs_its_day(typed):
    form = typed(DONE, baseline_mean_gradient_mmhg="3,2")
    assert "On which day" in errors_of(form)["baseline_measured_on"]
    assert not typed(
        DONE, baseline_mean_gradient_mmhg="3,2", baseline_measured_on="9 Mar 2024"
    ).errors


@pytest.mark.parametrize("kind", Intervention.Kind.values)
@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("prosthesis_model", "Stentless", WITH_PROSTHESIS),
        ("prosthesis_size_mm", "29", WITH_PROSTHESIS),
        ("annuloplasty_ring", "complete ring", WITH_REPAIR),
        ("repair_technique", "resection of P2", WITH_REPAIR),
    ],
)
def test_parts_belong_to_their_kind(typed, kind, name, value, kinds):
    form = typed(DONE | {"kind": kind}, **{name: value})
    assert (name not in form.errors) is (kind in kinds)


def test_a_prosthesis_on_a_repair_is_refused_in_words(typed):
    said = errors_of(typed(DONE, prosthesis_model="Stentless"))["prosthesis_model"]
    assert said == (
        "Mitral valve repair leaves no valve prosthesis in place: empty this box (the ring has a "
        "box of its own), or choose the replacement above."
    )


@pytest.mark.parametrize(
    ("implanted", "count", "is_right"),
    [
        ("yes", "2", True),
        ("yes", "0", False),
        ("no", "0", True),
        ("no", "1", False),
        ("", "1", True),
        ("yes", "11", False),
        ("yes", "1.5", False),
        ("yes", "two", False),
    ],
)
def test_devices_do_not_contradict_each_other(typed, implanted, count, is_right):
    form = typed(DONE | {"kind": "teer"}, device_implanted=implanted, devices_count=count)
    assert form.is_valid() is is_right
    assert form["devices_count"].value() == count


def test_an_aborted_procedure_is_performed_without_a_device(typed):
    form = typed(DONE | {"kind": "teer"}, device_implanted="no")
    assert form.is_valid()
    assert form.save(commit=False).device_implanted is False


def test_the_same_intervention_of_one_day_is_asked_about(typed, patient):
    first = make.intervention(patient, "2024-03-03", "mitral_repair")
    form = typed(DONE)
    assert "Mitral valve repair of 3 Mar 2024 is recorded already." in str(form.errors)
    sure = {CONFIRMED: [f"same_kind:{first.public_id}"]}
    assert typed(DONE | sure).is_valid()
    assert typed(DONE | {"kind": "cabg"}).is_valid()


def test_a_struck_one_is_not_asked_about(typed, patient, alice):
    first = make.intervention(patient, "2024-03-03", "mitral_repair")
    make.strike(first, by=alice)
    assert typed(DONE).is_valid()


def test_an_open_plan_is_asked_about_when_the_same_was_done(typed, patient):
    make.planned_intervention(patient, "mitral_repair", planned_on="2024-03-03")
    form = typed(DONE)
    assert "still planned for 3 Mar 2024" in str(form.errors)
    assert "change it to performed" in str(form.errors)


def test_a_second_plan_of_the_same_kind_is_asked_about(typed, patient):
    make.planned_intervention(patient, "mitral_repair")
    assert "is planned already" in str(typed(PLANNED).errors)
    assert typed(DECLINED | {"kind": "mitral_repair"}).is_valid()


def test_a_planned_one_becomes_a_performed_one(typed, patient):
    planned = make.planned_intervention(patient, "mitral_repair", planned_on="2024-03-01")
    form = typed(DONE, instance=planned, version="1", planned_on="1 Mar 2024")
    assert form.is_valid(), form.errors
    row = form.save(commit=False)
    assert (row.pk, row.status, row.performed_on) == (planned.pk, "performed", date(2024, 3, 3))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"performed_on": "8 Mar 2024"}, None),
        ({"performed_on": "9 Mar 2024"}, "performed_on"),
        ({"status": "planned", "performed_on": ""}, "status"),
    ],
)
def test_a_correction_leaves_no_complication_before_its_intervention(
    typed, patient, alice, values, name
):
    repair = make.intervention(patient, "2024-03-03", "mitral_repair")
    bleeding = {"patient": patient, "intervention": repair, "kind": "bleeding"}
    row = make.enter(Complication(occurred_on=date(2024, 3, 8), **bleeding))
    form = typed(DONE | values, instance=repair, version="1")
    assert set(form.errors) == ({name} if name else set())
    make.strike(row, by=alice)
    assert typed(DONE | values, instance=repair, version="1").is_valid()


def test_the_reason_of_a_decline_is_not_the_reason_of_a_change(typed, patient):
    declined = make.planned_intervention(
        patient, "teer", status="declined", decided_on=date(2024, 3, 3), reason="afraid"
    )
    form = InterventionForm(instance=declined, patient=patient, today=TODAY, amending=True)
    assert (form["why"].value(), form["reason"].value()) == ("afraid", None)
    form = typed(DECLINED, instance=declined, version="1", why="afraid of the operation")
    assert form.is_valid(), form.errors
    assert form.save(commit=False).reason == "afraid of the operation"


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        (DONE, {"performed_on", "residual_regurgitation", "repair_technique", "discharged_on"}),
        (PLANNED, {"planned_on", "repair_technique"}),
        (DECLINED, {"decided_on", "why", "repair_technique"}),
        (DONE | {"kind": "pacemaker"}, {"performed_on", "device_implanted", "discharged_on"}),
    ],
)
def test_only_what_a_row_can_have_is_called_missing(typed, values, missing):
    form = typed(values)
    form.full_clean()
    asked = {
        "planned_on",
        "performed_on",
        "decided_on",
        "why",
        "residual_regurgitation",
        "repair_technique",
        "device_implanted",
        "prosthesis_model",
        "discharged_on",
        "comment",
    }
    assert {name for name in asked if form.applies(form.instance, name)} == missing
