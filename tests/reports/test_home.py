"""Where somebody begins."""

import pytest
from django.urls import reverse

from accounts.actions import create_user

pytestmark = pytest.mark.django_db


def words_of(client):
    response = client.get("/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_requires_login(client):
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", ["alice", "nina", "clara"])
def test_whoever_may_see_patients_begins_with_their_list(request, client_of, name):
    response = client_of(request.getfixturevalue(name)).get("/")
    assert response.url == reverse("reports:worklist")


@pytest.mark.parametrize(
    ("name", "role", "may"),
    [
        (
            "otto",
            "auditor",
            "read the audit trail, and read who opened a patient’s record, and read waiting times",
        ),
        (
            "ada",
            "clinic administrator",
            "ask for or confirm the erasure of a patient, and manage the clinic, its members and "
            "settings",
        ),
    ],
)
def test_other_roles_are_told_what_is_open_to_them(request, client_of, name, role, may):
    page = words_of(client_of(request.getfixturevalue(name)))
    assert f"North Valve Clinic:</strong> {role}." in page
    assert "does not open patients’ records" in page
    assert f"It lets you {may}." in page


def test_the_administration_is_offered_to_staff_only(ada, otto, client_of):
    link = f'<a href="{reverse("admin:index")}">Open the administration</a>'
    assert link in words_of(client_of(ada))
    assert link not in words_of(client_of(otto))


def test_somebody_without_a_clinic_is_told_whom_to_ask_and_what_to_say(client_of):
    nobody = create_user(username="newcomer", email="new@example.org", by=None)
    page = words_of(client_of(nobody))
    assert "You are not a member of a clinic yet" in page
    assert "<strong>newcomer</strong>" in page


def test_who_sets_up_is_led_from_step_to_step(superuser, client_of):
    page = words_of(client_of(superuser))
    assert "Set up the first clinic" in page
    for model in ("clinic", "user", "membership"):
        address = reverse(f"admin:accounts_{model}_changelist")
        assert f'href="{address}"' in page
        assert client_of(superuser).get(address).status_code == 200
