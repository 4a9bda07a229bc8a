"""Who has to show a second factor gets nowhere without it, however the session began."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.actions import change_clinic, grant_membership
from accounts.models import KeptPost
from accounts.permissions import Role
from accounts.second_factor import must_show
from audit.models import AuditEvent
from tests.factories import records
from tests.factories.cast import PASSWORD
from tests.factories.second_factor import SECRET, code_now, give_app
from tests.test_house import all_pages

LOGIN = reverse("account_login")
NEEDED = reverse("accounts:second-factor-needed")
SHOW = reverse("mfa_reauthenticate")
ACCOUNT = reverse("accounts:account")


@pytest.fixture(autouse=True)
def asked_of_administrators(settings, db):
    settings.ADMINISTRATION_NEEDS_SECOND_FACTOR = True
    cache.clear()
    yield
    cache.clear()


def ask_it_of(clinic):
    clinic.requires_second_factor = True
    change_clinic(clinic=clinic, by=None, fields=["requires_second_factor"])


def log_in(client, user, password=PASSWORD):
    return client.post(LOGIN, {"login": user.username, "password": password})


def notes(user):
    rows = AuditEvent.objects.filter(record_kind="user", record_id=str(user.pk)).order_by("id")
    return list(rows.values_list("action", "note"))


def test_it_is_asked_of_administrators_always_and_of_others_by_their_clinic(
    alice, clara, ada, superuser, clinic_north, settings
):
    assert [must_show(user) for user in (alice, clara, ada, superuser)] == [False, True, True, True]
    settings.ADMINISTRATION_NEEDS_SECOND_FACTOR = False
    assert not must_show(clara)
    ask_it_of(clinic_north)
    clara.__dict__.pop("_memberships_read", None)
    assert must_show(clara)


def test_one_clinic_of_two_is_enough(charlie, clinic_north):
    ask_it_of(clinic_north)
    assert not must_show(charlie)
    grant_membership(user=charlie, clinic=clinic_north, roles=[Role.CLINICIAN], by=None)
    assert must_show(charlie)


def administration():
    return [
        f"/{address}"
        for name, address, _ in all_pages()
        if address.startswith("admin/")
        and name not in {"admin:login", "admin:logout", "leave-administration"}
    ]


@pytest.mark.parametrize(("has_factor", "method"), [(False, "get"), (True, "post")])
def test_no_way_leads_into_the_administration_without_it(client_of, superuser, has_factor, method):
    if has_factor:
        give_app(superuser)
    client = client_of(superuser)  # a session that began without one
    pages = administration()
    assert len(pages) > 100
    way = SHOW if has_factor else NEEDED
    answers = {page: getattr(client, method)(page) for page in pages}
    assert {
        page: answer.status_code
        for page, answer in answers.items()
        if not (answer.status_code == 302 and answer.url.startswith(way))
    } == {}


def test_having_one_elsewhere_does_not_help_a_session_that_showed_none(client_of, superuser):
    client = client_of(superuser)
    give_app(superuser)
    for page in ("mfa_deactivate_totp", "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"):
        answer = client.post(reverse(page))
        assert answer.status_code == 302
        assert answer.url.startswith(SHOW)
    again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert again.url.startswith(SHOW)
    assert Authenticator.objects.filter(user=superuser).exists()


def test_the_code_opens_the_way_and_leads_back(client_of, superuser):
    client = client_of(superuser)
    give_app(superuser)
    answer = client.get("/admin/accounts/user/")
    assert answer.url == f"{SHOW}?next=%2Fadmin%2Faccounts%2Fuser%2F"
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    assert client.get("/admin/").status_code == 302
    answer = client.post(answer.url, {"code": code_now()})
    assert answer.url == "/admin/accounts/user/"
    assert client.get("/admin/").status_code == 200
    assert ("login_failed", "second factor not accepted") in notes(superuser)


def test_a_login_with_the_code_opens_it(client, superuser):
    give_app(superuser)
    answer = log_in(client, superuser)
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302
    client.post(answer.url, {"code": code_now()})
    assert client.get("/admin/").status_code == 200
    assert notes(superuser)[-1] == ("login", "")


def test_a_code_works_once(client, client_of, superuser):
    give_app(superuser)
    code = code_now()
    log_in(client, superuser)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get("/admin/").status_code == 200
    other = client_of(superuser)
    assert other.post(SHOW, {"code": code}).status_code == 200
    assert other.get("/admin/").status_code == 302


def test_wrong_codes_are_limited(client, superuser):
    give_app(superuser)
    log_in(client, superuser)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_way_and_is_remembered(client, ada):
    log_in(client, ada)
    assert client.get("/patients/").url == NEEDED
    set_up = reverse("mfa_activate_totp")
    again = client.get(set_up).url
    answer = client.post(again, {"password": PASSWORD})
    assert answer.url == set_up
    page = client.get(set_up)
    assert b"data:image/svg+xml;base64," in page.content
    assert b" style=" not in page.content
    secret = page.context["form"].secret
    answer = client.post(set_up, {"code": code_now(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    codes = client.get(answer.url)
    assert b"Go on with your work" in codes.content
    assert client.post(reverse("accounts:second-factor-goes-on")).url == "/patients/"
    assert client.get("/admin/").status_code == 200
    assert ("change", "second factor added: app") in notes(ada)


@pytest.mark.django_db(transaction=True)
def test_the_last_one_stays_with_somebody_who_needs_it(client, ada):
    give_app(ada)
    log_in(client, ada)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    away = reverse("mfa_deactivate_totp")
    client.post(f"{reverse('account_reauthenticate')}?next={away}", {"password": PASSWORD})
    answer = client.post(away)
    assert b"Add another one first" in answer.content
    assert Authenticator.objects.filter(user=ada).exists()


@pytest.mark.django_db(transaction=True)
def test_somebody_else_may_give_it_up(client, alice):
    give_app(alice)
    log_in(client, alice)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    away = reverse("mfa_deactivate_totp")
    client.post(f"{reverse('account_reauthenticate')}?next={away}", {"password": PASSWORD})
    client.post(away)
    assert not Authenticator.objects.filter(user=alice).exists()
    assert ("change", "second factor removed: app") in notes(alice)


def test_a_form_that_is_sent_when_it_becomes_needed_is_kept(client, alice, clinic_north):
    client.force_login(alice)
    patient = records.patient_of(clinic_north)
    page = reverse("patients:symptom-log-add", args=[patient.public_id])
    token = str(client.get(page).context["csrf_token"])
    ask_it_of(clinic_north)
    answer = client.post(page, {"csrfmiddlewaretoken": token, "nyha": "II"})
    assert answer.url == NEEDED
    kept = KeptPost.objects.get(user=alice)
    assert str(kept.public_id) in client.session["second_factor_goes_on"]


def test_a_part_of_a_page_says_so_and_leaves_the_page_alone(client, alice, clinic_north):
    client.force_login(alice)
    ask_it_of(clinic_north)
    answer = client.get("/patients/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#session-ended"


def test_logging_out_is_always_possible(client_of, ada):
    client = client_of(ada)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_the_account_page_tells_all(client, alice):
    give_app(alice)
    log_in(client, alice)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    page = client.get(ACCOUNT).content.decode()
    for words in ("North Valve Clinic", "Clinician", "alice@example.org", "App with codes"):
        assert words in page
    assert SECRET not in page


def test_one_ends_an_own_session_elsewhere_and_nobody_elses(client, alice, bob):
    elsewhere, of_bob = Client(), Client()
    for each, user in ((client, alice), (elsewhere, alice), (of_bob, bob)):
        log_in(each, user)

    def row(each):
        return UserSession.objects.get(session_key=each.session.session_key)

    end = "accounts:session-end"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse(end, args=[row(of_bob).pk])).status_code == 404
    assert client.post(reverse(end, args=[row(client).pk])).status_code == 404
    assert client.post(reverse(end, args=[row(elsewhere).pk])).status_code == 302
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert of_bob.get(ACCOUNT).status_code == 200
    assert ("logout", "ended own sessions elsewhere") in notes(alice)
