"""What a browser says of itself, in words."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.browser_names import browser_in_words
from tests.factories.cast import PASSWORD

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CASES = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": (
        "Firefox on Windows"
    ),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/139.0.0.0 Safari/537.36": (
        "Chrome on Windows"
    ),
    f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/139.0 Safari/537.36 Edg/139.0.0.0": (
        "Edge on Windows"
    ),
    f"Mozilla/5.0 (X11; Linux x86_64) {KIT} Chrome/139.0 Safari/537.36 OPR/120.0": "Opera on Linux",
    f"Mozilla/5.0 (X11; Linux x86_64) {KIT} HeadlessChrome/139.0 Safari/537.36": "Chrome on Linux",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/139.0 Safari/537.36": (
        "Chrome on ChromeOS"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15": "Safari on macOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15": "Firefox on iPhone",
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/139.0 Mobile/15E148 Safari/604.1": "Chrome on iPad",
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {KIT} Chrome/139.0 Mobile Safari/537.36": (
        "Chrome on Android"
    ),
    f"Mozilla/5.0 (Linux; Android 15; SM) {KIT} SamsungBrowser/28.0 Chrome/130.0 Safari": (
        "Samsung Internet on Android"
    ),
    "Mozilla/5.0 (Plan 9; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox",
    "": "Unknown browser",
    "curl/8.5.0": "Unknown browser",
    "<script>Windows</script>": "Unknown browser",
}


@pytest.mark.parametrize(("said", "words"), CASES.items(), ids=CASES.values())
def test_it_is_said_in_words(said, words):
    assert browser_in_words(said) == words


def test_the_list_of_sessions_says_it_and_shows_nothing_else(alice):
    client = Client(headers={"user-agent": next(iter(CASES))})
    client.post(reverse("account_login"), {"login": "alice", "password": PASSWORD})
    page = client.get(reverse("accounts:account")).content.decode()
    assert "Firefox on Windows" in page
    assert "Mozilla" not in page
    assert "Gecko" not in page
