"""The clinic chosen in the top bar, and the middleware that reads it."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.actions import change_membership, grant_membership
from accounts.middleware import CHOSEN_CLINIC, ClinicMiddleware
from accounts.permissions import Role

URL = reverse("accounts:choose-clinic")


@pytest.fixture
def alice_in_both(alice, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    return alice


def seen_by(user, session):
    """Return what a view would find on the request."""
    request = RequestFactory().get("/")
    request.user = user
    request.session = session
    ClinicMiddleware(lambda request: HttpResponse())(request)
    return request.clinics, request.clinic


def test_it_keeps_the_choice_and_goes_back(alice_in_both, clinic_south, client_of):
    client = client_of(alice_in_both)
    answer = client.post(URL, {"clinic": str(clinic_south.public_id), "next": "/patients/"})
    assert (answer.status_code, answer["Location"]) == (302, "/patients/")
    assert seen_by(alice_in_both, client.session)[1] == clinic_south


def test_an_empty_choice_means_all_clinics(alice_in_both, clinic_north, clinic_south, client_of):
    client = client_of(alice_in_both)
    client.post(URL, {"clinic": str(clinic_south.public_id)})
    client.post(URL, {"clinic": ""})
    assert seen_by(alice_in_both, client.session) == ([clinic_north, clinic_south], None)


def test_it_requires_login(db, client):
    answer = client.post(URL, {"clinic": ""})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_it_hides_other_clinics(alice, clinic_south, client_of):
    client = client_of(alice)
    assert client.post(URL, {"clinic": str(clinic_south.public_id)}).status_code == 404
    assert CHOSEN_CLINIC not in client.session


@pytest.mark.parametrize("choice", ["north", "1", str(uuid.UUID(int=0)), "\x00", "é" * 5000])
def test_it_rejects_bad_input(alice, client_of, choice):
    assert client_of(alice).post(URL, {"clinic": choice}).status_code == 404


def test_it_takes_no_other_method(alice, client_of):
    assert client_of(alice).get(URL).status_code == 405


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "javascript:alert(1)",
        "",
        "9999",
        "home",
    ],
)
def test_it_never_leads_to_another_host(alice, client_of, target):
    assert client_of(alice).post(URL, {"clinic": "", "next": target})["Location"] == "/"


def test_a_choice_is_forgotten_with_the_membership(alice_in_both, clinic_north, clinic_south):
    membership = alice_in_both.memberships.select_related("user").get(clinic=clinic_south)
    membership.user = alice_in_both
    session = {CHOSEN_CLINIC: str(clinic_south.public_id)}
    change_membership(membership=membership, roles=[], by=None)
    assert seen_by(alice_in_both, session) == ([clinic_north], None)


def test_nobody_has_no_clinics_and_costs_no_query(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert seen_by(AnonymousUser(), {}) == ([], None)


def test_a_user_costs_one_query(alice_in_both, django_assert_num_queries):
    with django_assert_num_queries(1):
        clinics, _ = seen_by(alice_in_both, {})
        assert [clinic.name for clinic in clinics] == ["North Valve Clinic", "South Valve Clinic"]


def test_clock_times_are_shown_in_the_clinic_s_time_zone(alice, clinic_north, rf):
    seen = []

    def page(request):
        seen.append(timezone.get_current_timezone_name())
        return HttpResponse()

    request = rf.get("/")
    request.user, request.session = alice, {}
    ClinicMiddleware(page)(request)
    assert seen == [clinic_north.time_zone]
    assert timezone.get_current_timezone_name() == "UTC"
