"""The real files, where MRTRACK_TEST_DATA names their folder; they are not part of the project."""

from patients.models import EchoStudy, Patient, SymptomLog
from tests.interop.conftest import data_folder
from treatments.models import Intervention, Medication


def test_the_three_files_are_imported_and_twice_is_nothing(take, check, clinic_north):
    folder = data_folder()
    files = {
        "patients": ((folder / "patients.csv").read_bytes(), {"findings_on": "2009-12-31"}),
        "interventions": ((folder / "operations.csv").read_bytes(), {}),
        "echo_studies": ((folder / "echo_studies.csv").read_bytes(), {}),
    }
    for kind, (content, constants) in files.items():
        batch = take(kind, content, **constants)
        assert batch.counts["rejected"] == 0
    assert Patient.objects.count() == 256
    assert Intervention.objects.count() == 256 + 78
    assert EchoStudy.objects.count() == 988
    assert sum("lvef_percent" in s.implausible_confirmed for s in EchoStudy.objects.all()) == 131
    assert Medication.objects.count() == 97
    assert SymptomLog.objects.filter(nyha_low=1, nyha_high=2).count() == 128
    history = EchoStudy.history.count()
    for kind, (content, constants) in files.items():
        batch = check(kind, content, **constants)
        assert (batch.counts["new"], batch.counts["changed"]) == (0, 0)
    assert EchoStudy.history.count() == history
