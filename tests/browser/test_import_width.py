"""A file's name may be one long word: no import page grows sideways with it."""

import pytest
from django.urls import reverse

from interop import actions
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A table with its own scroll bar may be wider than its window; not for a name.
TABLE = "Math.max(0, ...[...document.querySelectorAll('table')].map(t => t.scrollWidth))"


@pytest.mark.parametrize("width", [1440, 768])
def test_a_long_file_name_does_not_widen_the_page(page, log_in, live_server, alice, width):
    page = log_in(alice)
    page.set_viewport_size({"width": width, "height": 900})
    text = b"Patient,Date,EF\nN-1,2012-03-04,60\n"
    clinic = alice.memberships.get().clinic
    batch = actions.receive_file(
        by=alice, clinic=clinic, kind="echo_studies", file_name="x" * 196 + ".csv",
        chunks=[text], size=len(text),
    )  # fmt: skip
    actions.choose_mapping(batch, guess(KINDS["echo_studies"], actions.profile_kept(batch)))
    actions.check_import(batch)
    for name in ("import-map", "import-preview", "import-result"):
        if name == "import-result":
            actions.commit_import(batch, by=alice, choices=actions.Choices())
        page.goto(live_server.url + reverse(f"interop:{name}", args=[batch.public_id]))
        assert page.evaluate(OVERFLOW) <= 0, name
    page.goto(live_server.url + reverse("interop:import-list"))
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(TABLE) <= max(width, 1000)
