"""Merges, erasures and the clinics that let a person go: none reads or changes more by them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Action
from audit.models import AuditEvent
from followup.models import TeamSheet
from followup.selectors import letters_seen
from followup.team_selectors import referrals_of, sheets_seen
from patients.actions import correct_person, end_registration, move_patient, register_in_clinic
from patients.erasing import confirm_erasure, request_erasure
from patients.merging import MergeOrder, merge_patients, undo_merge, why_not_undone
from patients.models import EchoStudy, Patient, PatientMerge
from patients.selectors import known_until, registrations_seen_by, writing_clinic
from patients.writing import writing
from tests.factories import records

pytestmark = pytest.mark.django_db

DAY = date(2024, 3, 1)


@pytest.fixture
def kept(clinic_north):
    return records.patient_of(clinic_north, record_number="A-1", family_name="Valve")


@pytest.fixture
def absorbed(clinic_north):
    found = records.patient_of(clinic_north, record_number="B-2", family_name="Valwe")
    records.echo(found, DAY, lvef_percent=55)
    return found


@pytest.fixture
def merge(kept, absorbed, alice, clinic_north):
    return lambda **more: merge_patients(
        MergeOrder(kept, absorbed, **more), by=alice, clinic=clinic_north, reason="one passport"
    )


@pytest.fixture
def let_go(alice, clinic_south):
    """Return a function after which the southern clinic is a former clinic of a patient."""

    def ended(patient):
        place = register_in_clinic(
            by=alice, patient=patient, clinic=clinic_south, record_number="S-1", from_on=DAY
        )
        yesterday = clinic_south.today() - timedelta(days=1)
        end_registration(
            by=alice, registration=place, until_on=yesterday, because="discharged", reason="gone"
        )

    return ended


def sheet_of(patient, clinic, by):
    with writing(patient, by=by, reason="for the team", clinic=clinic) as write:
        return write.add(
            TeamSheet(
                patient=patient,
                clinic=clinic,
                speaks_of_on=DAY,
                content={"page": {}},
                engine_version="1",
                content_hash="0" * 64,
            )
        )


# ---- reading -------------------------------------------------------------------------------------


@pytest.fixture
def written(absorbed, alice, clinic_north):
    """A letter, a frozen sheet and a question to the team, of the record that is absorbed."""
    letter = records.letter(absorbed, DAY, by=alice)
    return letter, sheet_of(absorbed, clinic_north, alice), records.referral(absorbed, DAY)


def test_a_former_clinic_reads_no_paper_that_a_merge_brought(
    kept, written, merge, let_go, charlie, client_of
):
    let_go(kept)
    merge()
    letter, sheet, _referral = written
    places = registrations_seen_by(charlie, kept)
    assert letters_seen(kept, places) == []
    assert sheets_seen(kept, places) == []
    assert referrals_of(kept, DAY, known_until(places)) == []
    client = client_of(charlie)
    for name, row in (
        ("letter-page", letter),
        ("letter-print", letter),
        ("team-sheet-page", sheet),
    ):
        answer = client.get(reverse(f"reports:{name}", args=[row.public_id]))
        assert answer.status_code == 404, name
    assert AuditEvent.objects.filter(action="refused", actor_id=charlie.pk).count() == 3


def test_what_a_wrong_merge_brought_and_its_undoing_took_away_was_not_held(
    kept, written, merge, let_go, alice, charlie, clinic_north
):
    undo_merge(merge(), by=alice, clinic=clinic_north, reason="two passports")
    let_go(kept)
    places = registrations_seen_by(charlie, kept)
    assert letters_seen(kept, places) == []
    assert sheets_seen(kept, places) == []
    assert referrals_of(kept, DAY, known_until(places)) == []


def test_a_former_clinic_of_the_absorbed_record_reads_on_its_papers(
    absorbed, kept, written, merge, let_go, charlie, client_of
):
    letter, sheet, referral = written
    let_go(absorbed)
    merge()
    places = registrations_seen_by(charlie, absorbed)
    assert letters_seen(absorbed, places) == [letter]
    assert sheets_seen(absorbed, places) == [sheet]
    assert referrals_of(absorbed, DAY, known_until(places)) == [referral]
    page = client_of(charlie).get(reverse("reports:letter-page", args=[letter.public_id]))
    assert page.status_code == 200
    assert str(kept.public_id) not in page.content.decode()


def test_a_letter_names_the_person_to_a_former_clinic_as_it_knew_them(
    kept, let_go, alice, clinic_north, charlie, client_of
):
    letter = records.letter(kept, DAY, by=alice)
    let_go(kept)
    kept.refresh_from_db()
    kept.family_name = "Newname"
    correct_person(by=alice, clinic=clinic_north, patient=kept, reason="married")
    page = client_of(charlie).get(reverse("reports:letter-page", args=[letter.public_id]))
    assert page.status_code == 200
    assert b"Newname" not in page.content


PAGES = (
    *("reports:patient-page", "reports:patient-timeline", "reports:record-index"),
    *("reports:letter-list", "reports:team-sheet", "patients:registrations"),
    *("patients:person-history", "reports:patient-clock"),
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("is_former", [True, False])
def test_who_never_held_the_absorbed_record_is_led_to_the_one_that_stays(
    kept, absorbed, merge, let_go, alice, clinic_south, charlie, client_of, page, is_former
):
    """Also where it is asked for as known before the merge, which others may read."""
    if is_former:
        let_go(kept)
    else:
        register_in_clinic(
            by=alice, patient=kept, clinic=clinic_south, record_number="S-1", from_on=DAY
        )
    merge()
    known = (timezone.now() - timedelta(days=1)).date().isoformat()
    answer = client_of(charlie).get(reverse(page, args=[absorbed.public_id]), {"known": known})
    assert answer.status_code == 302
    assert str(kept.public_id) in answer["Location"]


def test_who_opened_the_absorbed_record_stands_in_the_log_of_the_one_that_stays(
    kept, absorbed, merge, bob, alice, client_of
):
    client_of(bob).get(reverse("reports:patient-page", args=[absorbed.public_id]))
    merge()
    page = client_of(alice).get(reverse("reports:patient-access", args=[kept.public_id]))
    (day,) = page.context["days"]
    assert "Bob" in {visitor.name for visitor in day.visitors}


# ---- changing ------------------------------------------------------------------------------------


def test_a_clinic_that_let_the_person_go_does_not_undo_its_merge(
    kept, absorbed, merge, alice, charlie, clinic_north, clinic_south, client_of
):
    """It would take entries away from the clinic that follows the person now."""
    merged = merge()
    move_patient(
        by=alice,
        registration=kept.registrations.get(record_number="A-1"),
        to_clinic=clinic_south,
        moved_on=clinic_north.today() - timedelta(days=1),
        reason="moved house",
    )
    assert "does not follow this person any more" in " ".join(why_not_undone(merged))
    url = reverse("patients:merge-undo", args=[merged.public_id])
    client = client_of(alice)
    page = client.get(url)
    assert b"does not follow this person any more" in page.content
    typed = {"seen": page.context["seen"], "reason": "twins", "is_undone": "on", "save": "save"}
    client.post(url, typed)
    with pytest.raises(ValidationError, match="does not follow"):
        undo_merge(merged, by=alice, clinic=clinic_north, reason="twins")
    assert EchoStudy.objects.get().patient == kept
    assert list(Patient.objects.visible_to(charlie)) == [kept]
    # Nor does the number that ended with the merge, today, let it write on.
    assert writing_clinic(alice, kept, Action.ENTER_CLINICAL) is None


@pytest.fixture
def _list_of_erased(settings, tmp_path):
    settings.ERASURE_LIST = tmp_path / "erased-records.txt"
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.mark.usefixtures("_list_of_erased")
def test_a_record_that_was_merged_since_is_not_erased_without_its_entries(
    kept, absorbed, clinic_north, clinic_south, alice, ada, charlie
):
    """Only the tombstone would go, and with it the way back; the entries would stay."""
    asked = request_erasure(
        patient=absorbed,
        by=alice,
        clinic=clinic_north,
        basis="request",
        reason="by letter",
        typed_number="B-2",
    )
    for number, each in enumerate((kept, absorbed)):
        register_in_clinic(
            by=charlie, patient=each, clinic=clinic_south, record_number=f"S-{number}", from_on=DAY
        )
        end_registration(
            by=alice,
            registration=each.registrations.get(clinic=clinic_north),
            until_on=clinic_north.today() - timedelta(days=1),
            because="discharged",
        )
    order = MergeOrder(kept, absorbed)
    merge_patients(order, by=charlie, clinic=clinic_south, reason="one passport")
    with pytest.raises(ValidationError, match="merged into another one"):
        confirm_erasure(asked, by=ada, typed_number="B-2")
    assert Patient.objects.filter(pk=absorbed.pk).exists()
    assert PatientMerge.objects.exists()


@pytest.mark.usefixtures("_list_of_erased")
def test_a_name_that_a_wrong_merge_gave_somebody_else_goes_with_the_person(
    kept, absorbed, merge, clinic_north, alice, ada
):
    merged = merge(taken=("family_name",))
    undo_merge(merged, by=alice, clinic=clinic_north, reason="two persons")
    versions = set(kept.history.values_list("version", flat=True))
    asked = request_erasure(
        patient=absorbed,
        by=alice,
        clinic=clinic_north,
        basis="request",
        reason="by letter",
        typed_number="B-2",
    )
    confirm_erasure(asked, by=ada, typed_number="B-2")
    kept.refresh_from_db()
    assert kept.family_name == "Valve"
    assert set(kept.history.values_list("family_name", flat=True)) == {"Valve"}
    assert versions - set(kept.history.values_list("version", flat=True)) == {merged.kept_version}
