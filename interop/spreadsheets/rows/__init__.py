"""The kinds of files that can be imported, in the order in which a clinic would import them."""

from interop.spreadsheets.rows import (
    body_sizes,
    comorbidities,
    echo_studies,
    interventions,
    lab_results,
    medications,
    patients,
    symptom_logs,
)
from interop.spreadsheets.rows.kind import RowKind

KINDS: dict[str, RowKind] = {
    kind.code: kind
    for kind in (
        patients.KIND,
        echo_studies.KIND,
        interventions.KIND,
        symptom_logs.KIND,
        lab_results.KIND,
        medications.KIND,
        body_sizes.KIND,
        comorbidities.KIND,
    )
}

WARNINGS = {
    echo_studies.KIND.code: echo_studies.warnings,
    lab_results.KIND.code: lab_results.warnings,
}

__all__ = ["KINDS", "WARNINGS", "RowKind"]
