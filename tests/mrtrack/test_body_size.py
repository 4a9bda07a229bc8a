"""How much a request may bring, asked before any of it is read."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def visitor(client_of: Any, alice: User) -> Client:
    client: Client = client_of(alice)
    return client


def test_a_page_refuses_more_than_a_form(visitor: Client, settings: Any) -> None:
    settings.MOST_BODY_BYTES = 2 * 1024 * 1024
    body = b"q=" + b"x" * settings.MOST_BODY_BYTES
    answer = visitor.post("/patients/search", body, FORM)
    assert answer.status_code == 413
    assert "at most 2 MB" in answer.content.decode()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_limit_itself_comes_through(visitor: Client, settings: Any) -> None:
    settings.MOST_BODY_BYTES = 1000
    body = b"q=" + b"x" * 998
    assert visitor.post("/patients/search", body, FORM).status_code == 302
    assert visitor.post("/patients/search", body + b"x", FORM).status_code == 413


def test_strangers_cannot_fill_the_disk_either(client: Client, settings: Any) -> None:
    settings.MOST_BODY_BYTES = 1000
    assert client.post("/accounts/login/", b"x" * 1001, FORM).status_code == 413


def test_the_page_that_takes_a_file_has_a_limit_of_its_own(visitor: Client, settings: Any) -> None:
    settings.MOST_BODY_BYTES = 1000
    address = reverse("interop:import-start")
    assert visitor.post(address, b"x" * 5000, FORM).status_code == 422
    settings.MOST_BODY_BYTES_OF = {"interop:import-start": 2000}
    assert visitor.post(address, b"x" * 5000, FORM).status_code == 413


def test_more_than_a_form_holds_is_a_plain_refusal(visitor: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert visitor.post("/patients/search", b"q=" + b"x" * 2000, FORM).status_code == 400


def test_more_fields_than_a_form_has_is_a_plain_refusal(visitor: Client, settings: Any) -> None:
    fields = b"&".join(b"f%d=1" % n for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert visitor.post("/patients/search", fields, FORM).status_code == 400


@pytest.mark.parametrize("length", ["-1", "1e9", "²", "", "9" * 400])
def test_a_length_that_is_no_number_breaks_nothing(client: Client, length: str) -> None:
    answer = client.post("/accounts/login/", b"", FORM, CONTENT_LENGTH=length)
    assert answer.status_code in {200, 400, 413}
