"""The worker of the job table."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db(transaction=True)
def test_it_ends_when_no_job_waits() -> None:
    call_command("work", once=True, interval=0.01)
