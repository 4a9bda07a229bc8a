"""Where somebody begins."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_it_requires_login(client):
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", ["alice", "nina", "clara"])
def test_whoever_may_see_patients_begins_with_their_list(request, client_of, name):
    response = client_of(request.getfixturevalue(name)).get("/")
    assert response.url == reverse("reports:patient-list")


@pytest.mark.parametrize("name", ["rita", "otto", "ada"])
def test_other_roles_are_told_what_is_open_to_them(request, client_of, name):
    response = client_of(request.getfixturevalue(name)).get("/")
    assert response.status_code == 200
    assert b"does not open patients" in response.content
