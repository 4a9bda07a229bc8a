"""What every model of the administration and every command needs: the other half of doors.py.

The administration's door opens for staff; what stands behind it follows from the roles. A superuser
sets up users and clinics and sees no patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.permissions import Action


@dataclass(frozen=True)
class StaffDoor:
    """One model in the administration: the right that lists and opens, adds and changes its rows.

    ``None`` is nobody. With ``superuser`` a superuser reads them, with ``superuser_writes`` adds
    and changes them as well, without any role. Nothing is ever deleted there.
    """

    reads: Action | None = None
    adds: Action | None = None
    changes: Action | None = None
    superuser: bool = False
    superuser_adds: bool = False
    superuser_changes: bool = False


MANAGE, VIEW, IMPORT = Action.MANAGE_CLINIC, Action.VIEW_PATIENT, Action.IMPORT_DATA


def _entered(right: Action) -> StaffDoor:
    """A kind of record that is entered in the administration too."""
    return StaffDoor(reads=VIEW, adds=right, changes=right)


CLINICAL, LABORATORY = _entered(Action.ENTER_CLINICAL), _entered(Action.ENTER_LABORATORY)
RECALL, DECIDE = _entered(Action.RECALL), _entered(Action.DECIDE)
TO_READ = StaffDoor(reads=VIEW)
SUPERUSERS_READ = StaffDoor(superuser=True)

MODELS: Mapping[str, StaffDoor] = {
    "accounts.user": StaffDoor(superuser=True, superuser_adds=True, superuser_changes=True),
    "accounts.clinic": StaffDoor(
        reads=MANAGE, changes=MANAGE, superuser=True, superuser_adds=True, superuser_changes=True
    ),
    "accounts.membership": StaffDoor(
        reads=MANAGE, changes=MANAGE, superuser=True, superuser_adds=True, superuser_changes=True
    ),
    "accounts.clinicsetting": StaffDoor(
        reads=MANAGE, adds=MANAGE, superuser=True, superuser_adds=True
    ),
    "audit.auditevent": SUPERUSERS_READ,
    "audit.auditseal": SUPERUSERS_READ,
    "followup.reassessrun": SUPERUSERS_READ,
    "interop.importbatch": StaffDoor(reads=IMPORT),
    "interop.columnmapping": StaffDoor(reads=IMPORT),
    "patients.patient": StaffDoor(
        reads=VIEW, adds=Action.REGISTER_PATIENT, changes=Action.EDIT_PERSON
    ),
    "patients.emergencyaccess": StaffDoor(reads=MANAGE, superuser=True),
    "patients.patientmerge": SUPERUSERS_READ,
    "patients.erasure": SUPERUSERS_READ,
    "patients.symptomlog": LABORATORY,
    "patients.labresult": LABORATORY,
    "treatments.teamreview": DECIDE,
    "followup.appointment": RECALL,
    "followup.contactattempt": RECALL,
    "followup.contactwish": RECALL,
    # Entered below another row, or on a page of the product only.
    "followup.followupend": StaffDoor(reads=VIEW, changes=Action.DECIDE),
    "patients.resultacknowledgment": StaffDoor(reads=VIEW, changes=Action.ENTER_CLINICAL),
    "treatments.complication": StaffDoor(reads=VIEW, changes=Action.ENTER_CLINICAL),
    "followup.referral": CLINICAL,
    "followup.letter": TO_READ,
    "followup.teamsheet": TO_READ,
    **dict.fromkeys(
        (
            *("patients.mitraldiagnosis", "patients.comorbidity", "patients.absencecheck"),
            *("patients.echostudy", "patients.acuteepisode", "patients.electrocardiogram"),
            *("patients.bodysize", "patients.clinicalanswer"),
            *("patients.allergy", "patients.pregnancystatus", "patients.goalsofcare"),
            *("patients.exercisetest", "patients.coronaryassessment", "patients.catheterstudy"),
            *("patients.cmrstudy", "patients.heartfailureadmission", "treatments.intervention"),
            *("treatments.medication", "treatments.anticoagulationplan"),
            "treatments.endocarditisprophylaxisadvice",
        ),
        CLINICAL,
    ),
}

# Addresses of the administration that belong to no model.
ENTRANCES = ("admin:index", "admin:app_list", "admin:jsi18n", "admin:password_change_done")
# They answer only with what the rights of the models leave; or nothing at all.
FOUND = {"admin:patients_patient_found": VIEW, "admin:autocomplete": VIEW}
NOTHING_BEHIND = ("admin:view_on_site", "admin:")

ON_THE_SERVER = "whoever may run commands on the server; there is no role to ask"
COMMANDS: Mapping[str, str] = {
    "assess": f"{ON_THE_SERVER}. The look at the record is in the audit, without a person.",
    "backup": f"{ON_THE_SERVER}. The file holds everything: it is encrypted where there is a key.",
    "changepassword": f"{ON_THE_SERVER}. It gives no right over a patient.",
    "create_administrator": f"{ON_THE_SERVER}. It gives no right over a patient.",
    "createsuperuser": "refused: it points to create_administrator",
    "demo": f"{ON_THE_SERVER}; refused where patients are real.",
    "estimate_noise": f"{ON_THE_SERVER}, in the name of a clinic administrator (--by).",
    "import_csv": f"{ON_THE_SERVER}, in the name of who may import data (--by).",
    "purge_imports": f"{ON_THE_SERVER}. It shows nothing of a patient.",
    "purge_kept": f"{ON_THE_SERVER}. It shows nothing of a patient.",
    "purge_reports": f"{ON_THE_SERVER}. It shows nothing of a patient.",
    "reapply_erasures": f"{ON_THE_SERVER}, after a backup was restored. It names opaque ids.",
    "readiness": f"{ON_THE_SERVER}. It shows nothing of a patient.",
    "reassess": f"{ON_THE_SERVER}. With --list it prints record numbers.",
    "report": f"{ON_THE_SERVER}, in the name of who may take the report (--by).",
    "reset_second_factor": f"{ON_THE_SERVER}. Who asks was identified by other means.",
    "restore": f"{ON_THE_SERVER}, into an empty database only.",
    "rules": "whoever may run commands on the server; it opens no database",
    "seal_audit": f"{ON_THE_SERVER}. It shows nothing of a patient.",
    "seal_second_factors": f"{ON_THE_SERVER}. It shows no secret.",
    "verify": f"{ON_THE_SERVER}. It counts and shows nothing of a patient.",
    "verify_audit": f"{ON_THE_SERVER}. It names rows of the audit, which hold no names.",
    "withdraw_sign_off": f"{ON_THE_SERVER}, in the name of who may sign off (--by).",
    "work": f"{ON_THE_SERVER}. It does what others asked for, with their rights.",
}
