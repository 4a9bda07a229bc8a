"""The made-up people of a kept release: a clinic, its people, and something of most kinds."""

from __future__ import annotations

from accounts.actions import create_clinic
from accounts.permissions import Role
from tests.factories import records as make
from tests.factories.cast import member


def fill() -> None:
    """Write them through the application's own doors; days are fixed, so that files compare."""
    north = create_clinic(
        code="north", name="North Valve Clinic", time_zone="Europe/Paris", by=None
    )
    south = create_clinic(code="south", name="South Clinic", time_zone="America/New_York", by=None)
    alice = member("alice", north, Role.CLINICIAN)
    member("charlie", south, Role.CLINICIAN)
    for number, clinic in enumerate((north, north, south)):
        patient = make.patient_of(
            clinic, by=alice, record_number=f"R{number}", family_name=f"Chörda{number}",
            telephone="+33 1 99 00 00 01",
        )  # fmt: skip
        make.diagnosis(patient, "2014-01-01")
        study = make.echo(patient, "2015-01-01", by=alice, lvef_percent=(55, 60), lvesd_mm="38.5")
        make.echo(patient, "2016-01-01", by=alice, lvef_percent=58, eroa_mm2=42, comment="a “word”")
        make.strike(study, by=alice)
        make.echo(patient, "2017-01-01", by=alice, vena_contracta_mm=7, final=False)
        make.log(patient, "2015-02-01", by=alice, nyha=(1, 2))
        make.lab(patient, "2015-02-01", "inr", 2)
        make.medication(patient, "2015-02-01", "enalapril")
        make.team_review(patient, "2016-01-02")
        make.intervention(patient, "2016-02-01", "mitral_repair")
        make.contact(patient, "2016-01-02", comment="rang twice")
        make.contact_wish(patient, "2016-01-02", "any")
        make.referral(patient, "2016-01-02", question="repair?")
