"""The error pages: in the product's look, with their status, without details."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.models import User
from mrtrack import errors
from mrtrack import urls as real_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    raise {
        "400": BadRequest("a secret detail"),
        "403": PermissionDenied("not for a <clerk>"),
        "500": ValueError("a secret detail"),
    }[kind]


fail.login_required = False  # type: ignore[attr-defined]

urlpatterns = [path("fail/<kind>", fail), *real_urls.urlpatterns]
handler400 = real_urls.handler400
handler403 = real_urls.handler403
handler404 = real_urls.handler404
handler500 = real_urls.handler500


@pytest.mark.parametrize("status", [400, 500])
def test_it_tells_the_status_and_no_detail(status: int) -> None:
    response = Client(raise_request_exception=False).get(f"/fail/{status}")
    assert response.status_code == status
    page = response.content.decode()
    assert "a secret detail" not in page
    assert "mrtrack" in page


def test_a_refusal_says_why_in_its_own_words_and_escaped() -> None:
    response = Client().get("/fail/403")
    assert response.status_code == 403
    assert "not for a &lt;clerk&gt;" in response.content.decode()


def test_an_unknown_address_says_so(client: Client) -> None:
    response = client.get("/no-such-page")
    assert response.status_code == 404
    assert b"no-such-page" not in response.content


def test_a_stale_form_is_explained() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "alice"})
    assert response.status_code == 403
    assert b"open too long" in response.content


def test_the_page_of_error_500_needs_no_database(rf: RequestFactory) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert len(queries) == 0


def test_the_last_words_need_no_template(rf: RequestFactory) -> None:
    bare = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    with override_settings(TEMPLATES=bare):
        response = errors.server_error(rf.get("/"))
    assert b"Nothing was saved" in response.content


def test_each_status_has_its_template() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    assert all((folder / f"{status}.html").is_file() for status in (400, 403, 404, 500))


def test_the_way_on_is_one_that_the_person_can_go(alice: User, rita: User) -> None:
    client = Client()
    assert b"Back to the start" in client.get("/no-such-page").content
    client.force_login(rita)
    assert b"Back to the start" in client.get("/no-such-page").content
    client.force_login(alice)
    page = client.get("/no-such-page").content
    assert b"Back to the patients" in page
    assert b"search in the top bar" in page
