"""Models of the patients floor."""

from patients.models.acute import AcuteEpisode
from patients.models.answers import ClinicalAnswer
from patients.models.base import ClinicalRecord, Versioned, YesNoUnknown
from patients.models.diagnosis import AbsenceCheck, Comorbidity, MitralDiagnosis
from patients.models.echo import EchoStudy
from patients.models.emergency import EmergencyAccess
from patients.models.erasure import Erasure
from patients.models.laboratory import ANALYTES, LabResult, ResultAcknowledgment
from patients.models.merge import PatientMerge
from patients.models.patient import (
    Allergy,
    BodySize,
    GoalsOfCare,
    Patient,
    PregnancyStatus,
    Registration,
    folded,
)
from patients.models.studies import (
    CatheterStudy,
    CmrStudy,
    CoronaryAssessment,
    Electrocardiogram,
    ExerciseTest,
    HeartFailureAdmission,
)
from patients.models.symptoms import SymptomLog

__all__ = [
    "ANALYTES",
    "AbsenceCheck",
    "AcuteEpisode",
    "Allergy",
    "BodySize",
    "CatheterStudy",
    "ClinicalAnswer",
    "ClinicalRecord",
    "CmrStudy",
    "Comorbidity",
    "CoronaryAssessment",
    "EchoStudy",
    "Electrocardiogram",
    "EmergencyAccess",
    "Erasure",
    "ExerciseTest",
    "GoalsOfCare",
    "HeartFailureAdmission",
    "LabResult",
    "MitralDiagnosis",
    "Patient",
    "PatientMerge",
    "PregnancyStatus",
    "Registration",
    "ResultAcknowledgment",
    "SymptomLog",
    "Versioned",
    "YesNoUnknown",
    "folded",
]
