"""Lists of patients that are shown, and the parts of pages that ask for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse

from tests.acts.house import Done, House, admin_url


def shown(name: str, kind: str) -> Done:
    """A list that is opened, and the event of this kind that it leaves."""

    def show(house: House) -> None:
        assert house.as_alice.get(reverse(name)).status_code == 200

    return show, {"action": "view", "record_kind": kind, "patient_id": ""}


def list_in_administration(house: House) -> None:
    assert house.as_alice.get(admin_url("patients_patient", "changelist")).status_code == 200


def near_the_search_box(house: House) -> None:
    house.as_alice.post(reverse("reports:patient-finder"), {"q": ""})


def review_list(house: House) -> None:
    assert house.as_ada.get(reverse("patients:emergency-reviews")).status_code == 200


ACTS: Mapping[str, Done] = {
    "List shown: Today": shown("reports:worklist", "today"),
    "List shown: Patients": shown("reports:patient-list", "patient_list"),
    "List shown: Call list": shown("reports:recall", "recall"),
    "List shown: Heart team": shown("reports:team-list", "team"),
    "List shown: Waiting": shown("reports:waiting-patients", "waiting"),
    "Figures shown: Waiting times": shown("reports:waiting", "waiting_times"),
    "Figures shown: Completeness": shown("reports:completeness", "completeness"),
    "List shown: Emergency accesses": (
        review_list,
        {"action": "view", "record_kind": "emergencyaccess", "patient_id": ""},
    ),
    "Opened lately, under the search box": (
        near_the_search_box,
        {"action": "view", "record_kind": "recent_patients"},
    ),
    "List shown in the administration": (
        list_in_administration,
        {"action": "view", "note": "list in the administration"},
    ),
}
