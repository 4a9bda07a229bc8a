"""What every address needs: one table, read by docs/roles.md and walked by a test.

It opens nothing by itself. Each view asks for its rights where it begins; this table says a second
time, and by hand, what it must ask for. `tests/test_doors.py` sends every role to every address and
compares: an address that is not named here fails, and so does a row without an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from accounts.permissions import Action


class Opens(Enum):
    """Whom an address answers at all; everybody else is answered as if it did not exist."""

    ANYBODY = "anybody"
    LOGIN = "whoever is logged in"
    OWN = "whoever is logged in, for what is their own"
    CLINICS = "whose role allows it in a clinic"
    NAMED_CLINIC = "members of the clinic that the address names"
    REGISTRATION = "who may open patients in the clinic whose registration it is"
    PATIENT = "who may open the patient’s record"
    CLINICS_OF_PATIENT = "whose role allows it in a clinic in which the patient is or was"
    STAFF = "who passes the administration’s door"


GET, POST = "GET", "POST"
BOTH = (GET, POST)


@dataclass(frozen=True)
class Door:
    """One address: whom it answers, and the rights it asks for to read and to send.

    All rights of ``reads`` are needed; or ``instead`` alone. For a patient's record they are asked
    of the clinic that follows the patient today, and reading the record itself (``reads`` empty) of
    a clinic that followed them as well. ``part`` is the word that stands in the address where one
    address serves several kinds of record or report.
    """

    name: str
    opens: Opens
    reads: tuple[Action, ...] = ()
    writes: tuple[Action, ...] = ()
    methods: tuple[str, ...] = BOTH
    instead: Action | None = None
    part: str = ""


VIEW, DECIDE, RECALL = Action.VIEW_PATIENT, Action.DECIDE, Action.RECALL
CLINICAL, LABORATORY = Action.ENTER_CLINICAL, Action.ENTER_LABORATORY
MANAGE = Action.MANAGE_CLINIC
EXPORT, IMPORT, WAITING = Action.EXPORT_IDENTIFIED, Action.IMPORT_DATA, Action.VIEW_WAITING


def _read(opens: Opens, *names: str, needs: tuple[Action, ...] = ()) -> Iterator[Door]:
    """Addresses that are only read."""
    for name in names:
        yield Door(name, opens, reads=needs, methods=(GET,))


def _both(opens: Opens, *names: str) -> Iterator[Door]:
    """Addresses that are read and sent to, without a right."""
    for name in names:
        yield Door(name, opens)


def _enter(right: Action, *names: str) -> Iterator[Door]:
    """Pages of one patient on which something is entered: the right is asked for both."""
    for name in names:
        yield Door(name, Opens.PATIENT, reads=(right,), writes=(right,))


def _sent(opens: Opens, right: Action | None, *names: str) -> Iterator[Door]:
    """Addresses that are only sent to."""
    for name in names:
        yield Door(name, opens, writes=(right,) if right else (), methods=(POST,))


# Which kind of record needs which right, by the floor whose address it is.
RECORD_KINDS: dict[str, dict[Action, tuple[str, ...]]] = {
    "patients": {
        CLINICAL: (
            *("mitral-diagnosis", "comorbidity", "absence-check", "clinical-answer"),
            *("electrocardiogram", "exercise-test", "coronary-assessment", "catheter-study"),
            *("cmr-study", "heart-failure-admission", "acute-episode", "body-size", "allergy"),
            *("pregnancy-status", "goals-of-care", "result-acknowledgment"),
        ),
        LABORATORY: ("symptom-log", "lab-result"),
    },
    "treatments": {
        CLINICAL: (
            *("intervention", "complication", "medication", "anticoagulation-plan"),
            "endocarditis-prophylaxis",
        ),
        DECIDE: ("team-review",),
    },
    "followup": {
        RECALL: ("appointment", "contact", "contact-wish"),
        DECIDE: ("follow-up-end",),
        CLINICAL: ("referral",),
    },
}
# Entered on a page of their own, to which the common one leads.
ENTERED_ELSEWHERE = {"result-acknowledgment", "symptom-log"}
# The right that each report asks for; the reports that are not named ask for EXPORT_IDENTIFIED.
REPORT_RIGHTS = {"audit_events": Action.VIEW_AUDIT}


def _records() -> Iterator[Door]:
    """The six pages of every kind of record."""
    for floor, kinds in RECORD_KINDS.items():
        for right, slugs in kinds.items():
            for slug in slugs:
                for page in ("record-list", "record-page", "record-version"):
                    yield Door(f"{floor}:{page}", Opens.PATIENT, methods=(GET,), part=slug)
                added = () if slug in ENTERED_ELSEWHERE else (right,)
                yield Door(f"{floor}:record-add", Opens.PATIENT, added, added, part=slug)
                for page in ("record-edit", "record-strike"):
                    yield Door(f"{floor}:{page}", Opens.PATIENT, (right,), (right,), part=slug)


def page_doors(reports: tuple[str, ...], extracts: tuple[str, ...]) -> tuple[Door, ...]:
    """Every address of the product's own pages.

    ``reports`` are the names of the reports, ``extracts`` of those that leave without identity.
    """
    taken = (
        Door("reports:report-page", Opens.CLINICS, (right,), (right,), part=name)
        for name in reports
        for right in [REPORT_RIGHTS.get(name, EXPORT)]
    )
    without_identity = (
        Door("reports:report-extract", Opens.CLINICS, (right,), (right,), part=name)
        for name in extracts
        for right in [Action.EXPORT_DEIDENTIFIED]
    )
    return (*PAGES, *_records(), *taken, *without_identity)


PAGES: tuple[Door, ...] = (
    *_read(Opens.ANYBODY, "healthz", "readyz"),
    # The account.
    *_both(
        Opens.ANYBODY,
        *("account_login", "account_logout", "account_signup", "account_confirm_email"),
        *("account_reset_password", "account_reset_password_from_key"),
        *("account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn"),
        *("accounts:invitation-accept", "accounts:session"),
    ),
    *_read(
        Opens.ANYBODY,
        *("account_inactive", "account_email_verification_sent", "account_reset_password_done"),
        *("account_reset_password_from_key_done", "accounts:invitation"),
    ),
    *_both(
        Opens.OWN,
        *("account_reauthenticate", "account_email", "account_change_password"),
        *("account_set_password", "mfa_reauthenticate", "mfa_activate_totp"),
        *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "usersessions_list"),
        *("mfa_download_recovery_codes", "mfa_add_webauthn", "mfa_edit_webauthn"),
        *("mfa_remove_webauthn", "mfa_reauthenticate_webauthn"),
    ),
    *_read(Opens.OWN, "mfa_index", "mfa_view_recovery_codes", "mfa_list_webauthn"),
    *_read(Opens.LOGIN, "accounts:account", "accounts:second-factor-needed"),
    *_sent(Opens.LOGIN, None, "accounts:second-factor-goes-on"),
    *_sent(Opens.OWN, None, "accounts:session-end"),
    # Members of a clinic.
    *_read(Opens.CLINICS, "accounts:members", needs=(MANAGE,)),
    Door("accounts:member-list", Opens.NAMED_CLINIC, (MANAGE,), (MANAGE,)),
    Door("accounts:member-roles", Opens.NAMED_CLINIC, (MANAGE,), (MANAGE,)),
    *_sent(Opens.NAMED_CLINIC, MANAGE, "accounts:member-reset", "accounts:member-open"),
    Door("accounts:member-close", Opens.NAMED_CLINIC, (MANAGE,), (MANAGE,)),
    *_sent(Opens.NAMED_CLINIC, MANAGE, "accounts:invitation-withdraw"),
    *_sent(Opens.NAMED_CLINIC, MANAGE, "accounts:invitation-renew"),
    # What was typed and not saved, and the choice of a clinic.
    *_read(Opens.LOGIN, "accounts:kept-list"),
    *_read(Opens.OWN, "accounts:kept-page"),
    *_sent(Opens.LOGIN, None, "accounts:kept-left", "accounts:kept-discard"),
    *_sent(Opens.OWN, None, "accounts:choose-clinic"),
    # Lists.
    *_read(Opens.LOGIN, "reports:home", "reports:guideline-list", "reports:report-list"),
    Door("reports:worklist", Opens.CLINICS, (VIEW,), (VIEW,)),
    Door("reports:saved-views", Opens.CLINICS, (VIEW,), (VIEW,)),
    Door("reports:recall", Opens.CLINICS, (VIEW,), (VIEW,)),
    Door("reports:recall-letters", Opens.CLINICS, (VIEW,), (VIEW,)),
    *_read(Opens.CLINICS, "reports:patient-list", needs=(VIEW,)),
    *_sent(Opens.CLINICS, VIEW, "reports:patient-search", "reports:patient-finder"),
    *_read(Opens.CLINICS, "reports:worklist-csv", "reports:recall-csv", needs=(EXPORT, VIEW)),
    *_read(Opens.CLINICS, "reports:team-list", needs=(DECIDE,)),
    *_read(Opens.CLINICS, "reports:waiting", needs=(WAITING,)),
    *_read(Opens.CLINICS, "reports:waiting-patients", needs=(WAITING, VIEW)),
    *_read(Opens.CLINICS, "reports:waiting-csv", needs=(EXPORT, WAITING, VIEW)),
    Door(
        "reports:completeness",
        Opens.CLINICS,
        reads=(VIEW,),
        methods=(GET,),
        instead=MANAGE,
    ),
    *_read(Opens.CLINICS, "reports:completeness-csv", needs=(EXPORT, VIEW)),
    *_read(Opens.OWN, "reports:report-job", "reports:report-job-file"),
    *_sent(Opens.OWN, None, "reports:report-job-discard"),
    *_read(Opens.CLINICS, "reports:audit-list", needs=(Action.VIEW_AUDIT,)),
    *_sent(Opens.CLINICS, Action.VIEW_AUDIT, "reports:audit-patient"),
    *_read(
        Opens.CLINICS_OF_PATIENT,
        *("reports:patient-access", "reports:patient-access-print"),
        needs=(Action.VIEW_ACCESS,),
    ),
    Door("patients:emergency-open", Opens.CLINICS, (Action.BREAK_GLASS,), (Action.BREAK_GLASS,)),
    *_read(Opens.CLINICS, "patients:emergency-reviews", needs=(MANAGE,)),
    Door(
        "patients:emergency-review",
        Opens.NAMED_CLINIC,
        (MANAGE,),
        (MANAGE,),
    ),
    *_sent(Opens.NAMED_CLINIC, MANAGE, "patients:emergency-end"),
    Door("reports:completeness-goals", Opens.NAMED_CLINIC, writes=(MANAGE,)),
    Door("reports:guideline-page", Opens.NAMED_CLINIC, writes=(DECIDE,)),
    *_read(Opens.STAFF, "reports:styleguide", "reports:styleguide-form"),
    # Imports.
    *_read(Opens.CLINICS, "interop:import-list", needs=(IMPORT,)),
    Door("interop:import-start", Opens.CLINICS, (IMPORT,), (IMPORT,)),
    *_read(Opens.CLINICS, "interop:import-template", "interop:import-fields", needs=(IMPORT,)),
    Door("interop:import-map", Opens.NAMED_CLINIC, (IMPORT,), (IMPORT,)),
    Door("interop:import-preview", Opens.NAMED_CLINIC, (IMPORT,), (IMPORT,)),
    *_read(Opens.NAMED_CLINIC, "interop:import-result", "interop:import-refused", needs=(IMPORT,)),
    *_sent(Opens.NAMED_CLINIC, IMPORT, "interop:import-cancel"),
    # One patient, to read.
    *_read(
        Opens.PATIENT,
        *("reports:patient-page", "reports:patient-print", "reports:patient-course"),
        *("reports:patient-outcomes", "reports:patient-timeline", "reports:patient-clock"),
        *("reports:patient-timeline-print", "reports:record-index", "reports:record-index-print"),
        *("reports:letter-list", "reports:letter-page", "reports:letter-print"),
        *("reports:letter-file", "reports:team-sheet", "reports:team-sheet-print"),
        *("reports:team-sheet-page", "reports:team-sheet-page-print"),
        *("patients:echo-page", "patients:echo-version", "patients:registrations"),
        "patients:person-history",
    ),
    # One patient, to enter.
    *_enter(CLINICAL, "patients:echo-add", "patients:echo-edit", "patients:results-seen"),
    *_enter(CLINICAL, "patients:acute-acknowledge", "treatments:intervention-add"),
    *_enter(CLINICAL, "treatments:medication-stop", "treatments:medication-change-dose"),
    *_enter(CLINICAL, "reports:letter-correct", "reports:letter-strike"),
    *_enter(CLINICAL, "reports:refer", "reports:referral-withdraw"),
    *_enter(LABORATORY, "patients:symptom-log-add", "patients:inr-add"),
    *_enter(RECALL, "followup:appointment-attended", "followup:appointment-missed"),
    *_enter(RECALL, "followup:appointment-cancel", "followup:appointment-move"),
    *_enter(Action.FINALIZE_STUDY, "patients:echo-amend", "patients:echo-strike"),
    *_enter(DECIDE, "patients:acute-close", "patients:acute-reopen", "reports:decide"),
    *_enter(Action.EDIT_PERSON, "patients:person-edit", "patients:person-deceased"),
    *(
        Door(
            f"patients:registration-{act}",
            Opens.REGISTRATION,
            (Action.REGISTER_PATIENT,),
            (Action.REGISTER_PATIENT,),
        )
        for act in ("edit", "end", "move")
    ),
    *_enter(Action.MERGE_PATIENTS, "patients:merge-choose", "patients:merge-compare"),
    *_enter(Action.MERGE_PATIENTS, "patients:merge-undo"),
    *_enter(Action.ERASE_PATIENT, "patients:erasure-request"),
    *_read(Opens.CLINICS, "patients:erasures", needs=(Action.ERASE_PATIENT,)),
    Door(
        "patients:erasure",
        Opens.NAMED_CLINIC,
        (Action.ERASE_PATIENT,),
        (Action.ERASE_PATIENT,),
    ),
    *_sent(Opens.PATIENT, Action.FINALIZE_STUDY, "patients:echo-finalize"),
    *_sent(Opens.PATIENT, CLINICAL, "reports:echo-live", "reports:team-sheet-freeze"),
    *(
        Door("reports:letter-add", Opens.PATIENT, (CLINICAL,), (CLINICAL,), part=kind)
        for kind in ("clinic", "patient")
    ),
    Door(
        "patients:patient-register",
        Opens.CLINICS,
        (Action.REGISTER_PATIENT,),
        (Action.REGISTER_PATIENT,),
    ),
)
