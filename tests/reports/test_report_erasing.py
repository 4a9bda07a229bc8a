"""What becomes of reports made in the background when a patient is erased."""

import pytest

from patients.erasing import confirm_erasure, request_erasure
from reports import job_files
from reports.job_making import make
from reports.models import ReportJob
from tests.factories import records

Status = ReportJob.Status
ORDER = {"later": "yes", "form": "csv"}


@pytest.fixture
def erase(alice, ada, clinic_north):
    def erased(patient):
        asked = request_erasure(
            patient=patient, by=alice, clinic=clinic_north, basis="request",
            reason="by letter", typed_number="HV-20418",
        )  # fmt: skip
        return confirm_erasure(asked, by=ada, typed_number="HV-20418")

    return erased


def test_files_go_and_a_purpose_that_names_the_person(
    client_of, alice, clinic_north, erase, settings, tmp_path
):
    settings.REPORT_DIR = tmp_path / "reports"
    settings.ERASURE_LIST = tmp_path / "erased"
    patient = records.patient_of(clinic_north, record_number="HV-20418")
    records.echo(patient, "2026-03-12", lvef_percent=58)
    client = client_of(alice)
    for purpose in ("yearly review", "the course of HV-20418"):
        client.post("/reports/echo_studies/", ORDER | {"purpose": purpose})
    waits, made = ReportJob.objects.order_by("-pk")
    make(str(made.public_id))
    made.refresh_from_db()
    path = job_files.path_of(made.stored_as)
    assert b"HV-20418" in path.read_bytes()
    erasure = erase(patient)
    assert not path.exists()
    made.refresh_from_db()
    waits.refresh_from_db()
    assert (made.status, waits.status) == (Status.CANCELLED, Status.WAITING)
    assert "erased" in made.message
    assert waits.purpose == "removed with a patient's record"
    assert erasure.counts["made_reports"] == 1
