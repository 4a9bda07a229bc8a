"""The style guide for staff."""

import pytest
from django.conf import settings

from accounts.models import User

URLS = ["/styleguide", "/styleguide/form"]
COMPONENTS = settings.BASE_DIR / "templates" / "components"


@pytest.fixture
def staff(alice):
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    alice.refresh_from_db()
    return alice


def parts_shown(client):
    answers = [client.get(url) for url in URLS]
    assert [answer.status_code for answer in answers] == [200, 200]
    return {template.name for answer in answers for template in answer.templates}


def test_every_part_of_a_page_is_shown(staff, client_of):
    files = {f"components/{path.name}" for path in COMPONENTS.glob("*.html")}
    assert len(files) > 20
    assert files - parts_shown(client_of(staff)) == set()


@pytest.mark.parametrize("url", URLS)
def test_it_requires_login(client, db, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("url", URLS)
def test_it_is_for_staff_only(alice, client_of, url):
    answer = client_of(alice).get(url)
    assert answer.status_code == 403
    assert "look after this installation" in answer.content.decode()


@pytest.mark.parametrize("url", URLS)
def test_nothing_can_be_sent_to_it(staff, client_of, url):
    assert client_of(staff).post(url).status_code == 405


def test_staff_find_it_in_their_menu_and_others_do_not(alice, staff, bob, client_of):
    link = 'href="/styleguide"'
    assert link in client_of(staff).get("/patients/").content.decode()
    assert link not in client_of(bob).get("/patients/").content.decode()


def test_the_form_is_shown_with_its_errors(staff, client_of):
    page = client_of(staff).get("/styleguide/form").content.decode()
    assert "Nothing was saved yet: 2 things to correct" in page
    assert "Enter a valid date." in page


def test_somebody_of_staff_without_a_clinic_may_look(superuser, client_of):
    assert client_of(superuser).get("/styleguide").status_code == 200
