"""The administration's start page."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from mrtrack.staff_site import GROUPS


def names_on(page):
    return re.findall(r'id="([a-z]+-[a-z]+)"', page)


def test_it_begins_with_what_a_clerk_does_every_day(clara, client_of):
    page = client_of(clara).get(reverse("admin:index")).content.decode()
    rows = [name for name in names_on(page) if name.split("-")[0] in {"patients", "interop"}]
    assert rows[:4] == [
        "patients-patient",
        "patients-symptomlog",
        "patients-labresult",
        "interop-imports",
    ]
    assert reverse("interop:import-start") in page
    assert "Recent actions" not in page


def test_a_nurse_without_the_right_finds_no_imports(nina, client_of):
    nina.is_staff = True
    nina.save()
    page = client_of(nina).get(reverse("admin:index")).content.decode()
    assert "interop-imports" not in page


@pytest.mark.parametrize("name", ["clara", "superuser"])
def test_every_model_that_one_may_see_is_reachable(request, client_of, name):
    client = client_of(request.getfixturevalue(name))
    page = client.get(reverse("admin:index")).content.decode()
    for model in admin.site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert (address in page) is (client.get(address).status_code == 200), model


def test_every_model_named_in_a_group_is_registered():
    registered = {model._meta.label for model in admin.site._registry}
    assert {label for _, labels in GROUPS for label in labels} <= registered


def test_an_applications_own_page_opens(clara, client_of):
    assert client_of(clara).get(reverse("admin:app_list", args=["patients"])).status_code == 200
