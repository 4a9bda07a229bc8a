"""What every panel of the patient page reads, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Clinic
from followup.clinic_rules import ClinicRules
from followup.whole import WholeAssessment
from guidelines.assessment import Assessment
from guidelines.facts import ClinicalPicture
from guidelines.rule import Edition
from patients.models import Patient, Registration
from reports.kinds import Doors
from reports.patient_page.asked import NOW, Asked
from reports.patient_page.late import Key, Late
from treatments.record import PatientRecord


@dataclass(frozen=True, slots=True)
class PageCase:
    """One patient on one day as one person may see them.

    ``read_until`` ends the record for a clinic that no longer follows the patient; ``known_at``
    is the instant whose knowledge is shown, ``None`` for now. ``held_since``: of each rule for an
    intervention that stands on the day (by id), since when it has stood without a break. ``asked``:
    whether the page shows another day than now; then nothing on it may be entered, and nothing
    alarms. ``late``: rows entered or changed after that day. ``is_acute_now``: an acute episode is
    open today, whatever day is shown.
    ``asked_edition``: one that is not in force and is shown beside those that are, on request;
    ``asked_is_hidden`` where the clinic has not signed it off.
    """

    patient: Patient
    clinic: Clinic
    registrations: list[Registration]
    record: PatientRecord
    whole: WholeAssessment
    rules: ClinicRules
    doors: Doors
    now: datetime
    read_until: date | None = None
    known_at: datetime | None = None
    show_all: bool = False
    held_since: Mapping[str, date] = field(default_factory=dict)
    asked: Asked = NOW
    late: Mapping[Key, Late] = field(default_factory=dict)
    is_acute_now: bool = False
    asked_edition: Edition | None = None
    asked_is_hidden: bool = False

    @property
    def on(self) -> date:
        """The day of the page."""
        return self.record.on

    @property
    def assessment(self) -> Assessment:
        """What the rules say on that day."""
        return self.whole.assessment

    @property
    def picture(self) -> ClinicalPicture:
        """The facts that the rules were asked with."""
        return self.whole.picture

    @property
    def hidden(self) -> frozenset[Edition]:
        """Editions whose verdicts the clinic has not signed off: nothing they say is shown."""
        return self.whole.hidden
