"""A hundred people save one study through its form: none overwrites what another has saved."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from tests.factories import records as make
from tests.survival.forms import PageForm, forms_of
from tests.survival.installation import Answer, Visitor

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, WAVES = 100, 5
# SQLite has one writer at a time: more threads would only wait.
THREADS = 8 if connection.vendor == "postgresql" else 2


def opened(visitor: Visitor, url: str) -> PageForm:
    """The form by which the study is amended, as it is now."""
    page = visitor.get(url)
    (form,) = (form for form in forms_of(page.text) if "reason" in form.values)
    return form


def test_a_hundred_writers_lose_no_update(installation, clinic_north, alice, bob):
    patient = make.patient_of(clinic_north, by=alice)
    study = make.echo(patient, "2025-11-12", by=alice, lvesd_mm=39, lvef_percent=60)
    url = reverse("patients:echo-amend", args=[study.public_id])
    sent: dict[str, Answer] = {}
    with installation.serving(workers=2, threads=THREADS // 2) as address:
        people = [Visitor(address).log_in(name) for name in ("alice", "bob")]
        for wave in range(WAVES):
            each = WRITERS // WAVES
            together = threading.Barrier(each)
            forms = [opened(person, url) for person in people]

            def write(
                number: int, wave: int = wave, forms: list[PageForm] = forms,
                together: threading.Barrier = together,
            ) -> None:  # fmt: skip
                reason = f"wave {wave}, writer {number}"
                value = f"{30 + number}.{wave}"
                form = forms[number % 2].with_typed(lvesd_mm=value, reason=reason, save="final")
                together.wait()
                sent[reason] = people[number % 2].post(url, form)

            with ThreadPoolExecutor(each) as threads:
                list(threads.map(write, range(each)))
    accepted = {reason for reason, answer in sent.items() if answer.status == 302}
    told = {reason: answer for reason, answer in sent.items() if answer.status == 409}
    assert len(accepted) + len(told) == WRITERS, {answer.status for answer in sent.values()}
    assert len(accepted) == WAVES, "of those who read the same version one is accepted"
    for reason, answer in told.items():
        assert "Somebody else saved this meanwhile" in answer.text or "two versions" in answer.text
        assert reason in answer.text, "what was typed stands in the form again"
    study.refresh_from_db()
    history = list(study.history.order_by("version"))
    assert [row.version for row in history] == list(range(1, WAVES + 2))
    assert {row.history_change_reason for row in history[1:]} == accepted
    values = {row.history_change_reason: row.lvesd_mm for row in history[1:]}
    for reason, value in values.items():
        wave, number = (int(word) for word in reason.replace(",", "").split() if word.isdigit())
        assert float(value) == float(f"{30 + number}.{wave}"), "each version is one person's"
    assert study.lvesd_mm == history[-1].lvesd_mm
    changes = AuditEvent.objects.filter(
        record_id=str(study.public_id), action=AuditAction.CHANGE, record_kind="echostudy"
    )
    assert changes.count() == WAVES
