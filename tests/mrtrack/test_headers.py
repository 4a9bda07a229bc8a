"""Headers that every answer carries."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_every_answer_carries_the_policies(client: Client) -> None:
    response = client.get(reverse("account_login"))
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_stay_out_of_caches(client: Client) -> None:
    assert "no-store" in client.get(reverse("account_login")).headers["Cache-Control"]


@pytest.mark.parametrize("https", [False, True])
def test_what_a_middleware_answers_by_itself_carries_the_policies(
    client: Client, settings: Any, *, https: bool
) -> None:
    settings.SECURE_SSL_REDIRECT = https
    refused = client.get(reverse("account_login"), headers={"host": "elsewhere.example"})
    assert refused.status_code == 400
    answers = [refused, client.get("/static/mrtrack.css")]
    if https:
        answers.append(client.get(reverse("account_login")))
        assert answers[-1].status_code == 301
    for response in answers:
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        response.close()
