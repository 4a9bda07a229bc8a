"""`require`: allowed with its role, a 403 in words, or a 404; refusals are remembered."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory

from accounts.access import clinics_shown, require
from accounts.permissions import Action
from audit.models import AuditAction, AuditEvent


def request_of(user, clinic=None):
    request = RequestFactory().get("/")
    request.user = user
    request.clinic = clinic
    return request


def refusals():
    return AuditEvent.objects.filter(action=AuditAction.REFUSED)


def test_it_returns_the_role_that_allows(alice, clinic_north):
    assert require(request_of(alice), Action.DECIDE, clinic_north) == "clinician"
    assert not refusals().exists()


def test_it_says_in_words_why_a_member_may_not(clara, clinic_north):
    with pytest.raises(PermissionDenied) as caught:
        require(request_of(clara), Action.DECIDE, clinic_north)
    assert str(caught.value) == (
        "In North Valve Clinic your role is clerk. It does not allow you to "
        "record a team's decision or close an acute episode."
    )


def test_it_hides_other_clinics(charlie, clinic_north):
    with pytest.raises(Http404) as caught:
        require(request_of(charlie), Action.VIEW_PATIENT, clinic_north)
    assert "North" not in str(caught.value)


def test_it_remembers_a_refusal_of_either_kind(clara, charlie, clinic_north):
    with pytest.raises(PermissionDenied):
        require(request_of(clara), Action.DECIDE, clinic_north)
    with pytest.raises(Http404):
        require(request_of(charlie), Action.VIEW_PATIENT, clinic_north)
    assert list(refusals().order_by("id").values_list("actor_id", "clinic_id", "role", "note")) == [
        (clara.pk, clinic_north.pk, "clerk", "not allowed to decide"),
        (charlie.pk, clinic_north.pk, "", "not allowed to view_patient"),
    ]


def test_a_page_over_clinics_covers_all_where_one_may(alice, clinic_north):
    assert clinics_shown(request_of(alice), Action.IMPORT_DATA) == [clinic_north.pk]


def test_a_page_over_clinics_covers_only_the_chosen_one(alice, clinic_north, clinic_south):
    assert clinics_shown(request_of(alice, clinic_north), Action.IMPORT_DATA) == [clinic_north.pk]
    with pytest.raises(PermissionDenied, match="in South Valve Clinic"):
        clinics_shown(request_of(alice, clinic_south), Action.IMPORT_DATA)


def test_a_page_over_clinics_is_refused_where_one_may_nowhere(clara):
    with pytest.raises(PermissionDenied, match="in any of your clinics"):
        clinics_shown(request_of(clara), Action.EXPORT_IDENTIFIED)
    assert refusals().get().note == "not allowed to export_identified"
