"""Forms that ask what belongs to the chosen kind, and lose nothing when the kind changes."""

import pytest

from treatments.models import Intervention, Medication
from treatments.record_kinds import KINDS

INTERVENTION, MEDICATION = KINDS["intervention"], KINDS["medication"]


@pytest.fixture
def boxes(alice, client_of, patient):
    """The names of the boxes on the page: `boxes(kind="teer", status="performed")`."""
    client = client_of(alice)

    def shown(of=INTERVENTION, /, query="", **typed):
        address = of.add_url(patient) + query
        data = {**typed, "follow": "yes"}
        answer = client.post(address, data) if typed else client.get(address)
        assert answer.status_code == 200
        page = answer.content.decode()
        names = answer.context["form"].fields
        return {name for name in names if f'name="{name}"' in page}

    return shown


def test_before_the_kind_is_chosen_only_what_all_share_is_asked(boxes):
    shown = boxes()
    assert {"kind", "status", "urgency", "operator", "comment"} <= shown
    assert not shown & {"performed_on", "prosthesis_model", "repair_technique", "devices_count"}


def test_a_link_may_choose_the_kind(boxes):
    assert "prosthesis_model" in boxes(query="?kind=mitral_mechanical")
    assert "prosthesis_model" not in boxes(query="?kind=nonsense")


@pytest.mark.parametrize(
    ("typed", "asked", "not_asked"),
    [
        (
            {"kind": "mitral_repair", "status": "performed"},
            {"repair_technique", "performed_on", "residual_regurgitation"},
            {"prosthesis_model", "devices_count", "decided_on", "why", "not_done_because"},
        ),
        (
            {"kind": "mitral_mechanical", "status": "planned"},
            {"prosthesis_model", "planned_on"},
            {"repair_technique", "performed_on", "residual_regurgitation", "discharged_on"},
        ),
        (
            {"kind": "teer", "status": "declined"},
            {"decided_on", "not_done_because", "why", "repair_technique"},
            {"performed_on", "planned_on", "devices_count"},
        ),
    ],
)
def test_kind_and_status_decide_what_is_asked(boxes, typed, asked, not_asked):
    shown = boxes(**typed)
    assert asked <= shown
    assert not shown & not_asked


def test_what_was_typed_for_another_kind_stays_in_sight(alice, client_of, patient):
    typed = {
        "kind": "mitral_repair",
        "status": "performed",
        "performed_on": "sometime",
        "prosthesis_model": "Stentless 29",
        "comment": "kept",
        "follow": "yes",
    }
    answer = client_of(alice).post(INTERVENTION.add_url(patient), typed)
    page = answer.content.decode()
    assert 'value="Stentless 29"' in page
    assert 'value="sometime"' in page
    assert "kept" in page
    assert 'role="alert"' not in page
    assert not Intervention.objects.exists()


def test_a_box_that_is_refused_is_shown(alice, client_of, patient):
    typed = {"kind": "teer", "status": "performed", "save": "save"}
    page = client_of(alice).post(INTERVENTION.add_url(patient), typed).content.decode()
    assert "On which day was it performed?" in page
    assert 'name="performed_on"' in page


def test_the_highest_tolerated_dose_is_asked_of_drugs_of_heart_failure(boxes):
    name = "at_maximal_tolerated_dose"
    assert name in boxes(MEDICATION, drug="bisoprolol")
    assert name not in boxes(MEDICATION, drug="warfarin")
    assert name in boxes(MEDICATION, drug="warfarin", at_maximal_tolerated_dose="yes")
    assert not Medication.objects.exists()


def test_a_stored_row_is_changed_with_the_same_button(alice, client_of, patient):
    client = client_of(alice)
    planned = {"kind": "teer", "status": "planned", "save": "save"}
    client.post(INTERVENTION.add_url(patient), planned)
    row = Intervention.objects.get()
    typed = {"kind": "teer", "status": "performed", "version": "1", "follow": "yes"}
    page = client.post(INTERVENTION.edit_url(row), typed).content.decode()
    assert 'name="performed_on"' in page
    assert 'name="version" value="1"' in page
    row.refresh_from_db()
    assert row.status == "planned"
