"""Headers that every answer carries."""

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
