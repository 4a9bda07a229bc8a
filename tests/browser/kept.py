"""What the server keeps of a form that was left."""

import pytest
from playwright.sync_api import Page

from accounts.models import KeptPost


def wait_until_kept(page: Page) -> None:
    """The page sends what was typed while it is left; it may arrive after the next page."""
    for _ in range(100):
        if KeptPost.objects.exists():
            return
        page.wait_for_timeout(100)
    pytest.fail("What was typed was not kept.")
