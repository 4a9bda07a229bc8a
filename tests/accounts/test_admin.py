"""The administration of users, clinics, memberships and settings."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.models import Clinic, ClinicSetting, Membership, User
from accounts.permissions import Role
from audit.models import AuditEvent
from tests.factories.cast import PASSWORD

MODELS = ("user", "clinic", "membership", "clinicsetting")


def url(model, page, *args):
    return reverse(f"admin:accounts_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_a_clerk_finds_nothing_behind_the_door(clara, client_of, model):
    client = client_of(clara)
    assert client.get(url(model, "changelist")).status_code == 403
    assert client.get(url(model, "add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_superuser_sees_all_lists_and_forms(superuser, alice, charlie, client_of, model):
    client = client_of(superuser)
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "add")).status_code == 200


def test_a_clinic_administrator_sees_the_own_clinic_only(ada, charlie, client_of):
    client = client_of(ada)
    for model in ("clinic", "membership"):
        page = client.get(url(model, "changelist")).content.decode()
        assert "North Valve Clinic" in page
        assert "South Valve Clinic" not in page
    theirs = charlie.memberships.get()
    assert client.get(url("membership", "change", theirs.pk)).status_code == 302
    assert client.get(url("clinic", "change", theirs.clinic_id)).status_code == 302
    assert client.get(url("user", "changelist")).status_code == 403
    assert client.get(url("membership", "add")).status_code == 403


def test_a_clinic_administrator_changes_roles(ada, alice, client_of):
    membership = alice.memberships.get()
    answer = client_of(ada).post(
        url("membership", "change", membership.pk), {"roles": ["nurse", "researcher"]}
    )
    assert answer.status_code == 302
    membership.refresh_from_db()
    assert membership.roles == ["nurse", "researcher"]
    assert AuditEvent.objects.latest("id").note == (
        f"user {alice.pk}: roles clinician to nurse, researcher"
    )
    assert membership.history.latest().history_user == ada


def test_a_clinic_administrator_cannot_move_a_setting_to_another_clinic(
    ada, clinic_south, client_of
):
    form = {"clinic": clinic_south.pk, "name": "recall", "value": "5", "from_on": "2026-03-01"}
    answer = client_of(ada).post(url("clinicsetting", "add"), form)
    assert answer.status_code == 200
    assert not ClinicSetting.objects.exists()


def test_a_setting_is_added_by_its_clinics_administrator(ada, clinic_north, client_of):
    form = {"clinic": clinic_north.pk, "name": "recall", "value": "5", "from_on": "2026-03-01"}
    assert client_of(ada).post(url("clinicsetting", "add"), form).status_code == 302
    setting = ClinicSetting.objects.get()
    assert (setting.value, setting.from_on) == (5, datetime.date(2026, 3, 1))
    assert setting.entered_by == ada


def test_a_superuser_adds_a_clinic(superuser, client_of):
    form = {
        "code": "west",
        "name": "West",
        "time_zone": "UTC",
        "emergency_phones": '[{"label": "Ward", "number": "112"}]',
    }
    assert client_of(superuser).post(url("clinic", "add"), form).status_code == 302
    assert Clinic.objects.get().history.get().history_user == superuser


def test_bad_input_is_shown_beside_its_field(superuser, client_of):
    form = {"code": "west", "name": "West", "time_zone": "Mars", "emergency_phones": "[1]"}
    answer = client_of(superuser).post(url("clinic", "add"), form)
    assert set(answer.context["adminform"].errors) == {
        "time_zone",
        "emergency_phones",
    }
    assert not Clinic.objects.exists()


def test_a_superuser_changes_a_clinic_but_not_its_code(superuser, clinic_north, client_of):
    form = {"code": "x", "name": "New name", "time_zone": "UTC", "emergency_phones": "[]"}
    client_of(superuser).post(url("clinic", "change", clinic_north.pk), form)
    clinic_north.refresh_from_db()
    assert (clinic_north.code, clinic_north.name) == ("north", "New name")
    note = AuditEvent.objects.latest("id").note
    assert note == "changed emergency_phones, name, time_zone"


def test_a_superuser_adds_a_user_with_a_verified_address(superuser, client_of):
    form = {
        "username": "dora",
        "email": "dora@example.org",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = client_of(superuser).post(url("user", "add"), form)
    assert answer.status_code == 302
    user = User.objects.get(username="dora")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert AuditEvent.objects.latest("id").actor_id == superuser.pk


def test_an_address_in_use_is_refused_beside_its_field(superuser, alice, client_of):
    form = {
        "username": "dora",
        "email": "Alice@example.org",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    answer = client_of(superuser).post(url("user", "add"), form)
    assert list(answer.context["adminform"].errors) == ["email"]


def test_a_superuser_deactivates_a_user(superuser, alice, client_of):
    form = {"username": "alice", "email": alice.email, "first_name": "Alice"}
    answer = client_of(superuser).post(url("user", "change", alice.pk), form)
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active
    assert AuditEvent.objects.latest("id").note == "changed is_active; inactive"


def test_setting_anothers_password_is_remembered(superuser, alice, client_of):
    new = "another-long-password"
    form = {"usable_password": "true", "password1": new, "password2": new, "set-password": "1"}
    client_of(superuser).post(reverse("admin:auth_user_password_change", args=[alice.pk]), form)
    alice.refresh_from_db()
    assert alice.check_password(new)
    event = AuditEvent.objects.latest("id")
    assert (event.actor_id, event.record_id, event.note) == (
        superuser.pk,
        str(alice.pk),
        "changed password",
    )


def test_looking_at_the_password_form_is_no_change(superuser, alice, client_of):
    before = AuditEvent.objects.count()
    page = reverse("admin:auth_user_password_change", args=[alice.pk])
    assert client_of(superuser).get(page).status_code == 200
    assert AuditEvent.objects.count() == before


def test_a_superuser_makes_somebody_a_member(superuser, alice, clinic_south, client_of):
    form = {"user": alice.pk, "clinic": clinic_south.pk, "roles": ["auditor"]}
    assert client_of(superuser).post(url("membership", "add"), form).status_code == 302
    assert Membership.objects.get(clinic=clinic_south).roles == [Role.AUDITOR]


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted(superuser, ada, client_of, model):
    pk = {"user": ada.pk, "clinic": ada.memberships.get().clinic_id}.get(model, 1)
    answer = client_of(superuser).post(url(model, "delete", pk), {"post": "yes"})
    assert answer.status_code in (302, 403)
    assert (User.objects.count(), Clinic.objects.count(), Membership.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize("model", ["clinic", "membership"])
@pytest.mark.parametrize("key", ["abc", "%00", "9" * 30])
def test_a_history_of_nonsense_is_not_found(superuser, clinic_north, client_of, model, key):
    client = client_of(superuser)
    assert client.get(f"/admin/accounts/{model}/{key}/history/").status_code == 404
    assert client.get(f"/admin/accounts/{model}/{key}/history/1/").status_code == 404


def test_a_version_of_nonsense_is_not_found(superuser, clinic_north, client_of):
    page = url("clinic", "change", clinic_north.pk).replace("/change/", "/history/abc/")
    assert client_of(superuser).get(page).status_code == 404


def test_another_clinics_history_is_not_shown_to_exist(ada, charlie, clinic_south, client_of):
    client = client_of(ada)
    membership = charlie.memberships.get()
    for row, model in ((clinic_south, "clinic"), (membership, "membership")):
        version = row.history.get().pk
        page = url(model, "history", row.pk)
        assert client.get(page).status_code == 404
        assert client.get(f"{page}{version}/").status_code == 404


def test_a_new_password_for_nobody_breaks_nothing(superuser, clara, client_of):
    for key in ("abc", "9" * 30):
        page = f"/admin/accounts/user/{key}/password/"
        assert client_of(superuser).get(page).status_code in {302, 404}
        assert client_of(clara).get(page).status_code in {302, 403, 404}


@pytest.mark.parametrize("model", [*MODELS, "auditevent"])
@pytest.mark.parametrize(
    "asked",
    [
        {"q": "a" * 60_000},
        {"q": "x " * 1500},
        {"q": "a\x00b"},
        {"_to_field": ""},
        {"clinic__id__exact": "9" * 30},
        {"at__gte": "0001-01-01", "at__lt": "9999-12-31"},
        {"name": "a\x00"},
        {"password__startswith": "a"},
        {"user__password__startswith": "a"},
    ],
    ids=str,
)
def test_no_address_breaks_a_list(superuser, clinic_north, client_of, model, asked):
    client = client_of(superuser)
    app = "audit" if model == "auditevent" else "accounts"
    page = reverse(f"admin:{app}_{model}_changelist")
    assert client.get(page, asked).status_code in {200, 302, 400}
    assert client.get(page, asked, follow=True).status_code in {200, 400}


@pytest.mark.parametrize("key", ["abc", "0", "-1", "9" * 30, "9" * 5000, "_31", "%00"])
@pytest.mark.parametrize("model", MODELS)
def test_a_key_that_is_no_number_is_nobodys(superuser, clinic_north, client_of, model, key):
    page = f"/admin/accounts/{model}/{key}/change/"
    assert client_of(superuser).get(page, {"_to_field": ""}).status_code in {302, 404}


def test_what_no_page_needs_is_not_in_the_administration(superuser, client_of):
    page = client_of(superuser).get(reverse("admin:index")).content.decode()
    for app in ("account", "mfa", "usersessions", "django_tasks_database", "auth"):
        assert f'"/admin/{app}/' not in page


def test_the_filter_by_day_of_the_audit_works(superuser, client_of):
    client = client_of(superuser)
    page = reverse("admin:audit_auditevent_changelist")
    changelist = client.get(page).context["cl"]
    for spec in changelist.filter_specs:
        for choice in spec.choices(changelist):
            assert client.get(page + choice["query_string"]).status_code == 200, choice
