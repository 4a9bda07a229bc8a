"""The pages of every kind of record on the patients' floor, read by a machine for barriers."""

import pytest

from patients.actions import record
from patients.record_kinds import KINDS
from tests.browser.test_pages import nothing_hangs_over
from tests.factories import records
from tests.patients.record_examples import BY_SLUG


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, family_name="Rossi")


@pytest.fixture
def row_of(patient, clinic_north, alice):
    """Return a function that enters what the example of a kind says."""

    def enter(slug):
        today = clinic_north.today()
        form = KINDS[slug].form(
            BY_SLUG[slug].typed, patient=patient, today=today, accept_doubts=True
        )
        assert form.is_valid(), form.errors
        return record(form.save(commit=False), by=alice, clinic=clinic_north)

    return enter


def test_the_pages_of_no_kind_keep_anybody_out(
    log_in, live_server, alice, patient, row_of, no_barriers
):
    page = log_in(alice)
    for slug in sorted(BY_SLUG):
        kind, row = KINDS[slug], row_of(slug)
        for address in (kind.list_url(patient), kind.page_url(row), kind.edit_url(row)):
            page.goto(live_server.url + address)
            no_barriers(page)
            nothing_hangs_over(page, address)
