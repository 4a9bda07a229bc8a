"""Values derived from one study: stored with formula and inputs, refused beyond guard rails."""

import pytest

from patients.derived import derived_values, diameters_conflict, quantities_of, refused_derivations
from patients.models import EchoStudy, Patient
from tests.factories import records as make

DAY = "2024-03-01"
PISA = {"pisa_radius_mm": 8, "aliasing_velocity_cm_s": 38, "mr_peak_velocity_m_s": "5.2"}


def test_they_are_stored_with_formula_unit_and_inputs(patient: Patient) -> None:
    study = make.echo(patient, DAY, mr_vti_cm=140, **PISA)
    stored = EchoStudy.objects.get(pk=study.pk).derived
    assert float(stored["eroa_mm2"]["value"]) == pytest.approx(29.39, abs=0.01)
    assert float(stored["regurgitant_volume_ml"]["value"]) == pytest.approx(41.14, abs=0.01)
    assert (stored["eroa_mm2"]["unit"], stored["eroa_mm2"]["formula"]) == ("mm²", "ASE-F-02")
    assert stored["eroa_mm2"]["inputs"]["radius_mm"] == "8"
    assert stored["eroa_mm2"]["version"] == 1


def test_a_missing_input_derives_nothing(patient: Patient) -> None:
    assert make.echo(patient, DAY, lvef_percent=60, pisa_radius_mm=8).derived == {}


def test_a_guard_rail_says_why(patient: Patient) -> None:
    study = make.echo(patient, DAY, **(PISA | {"mr_peak_velocity_m_s": "2.9"}))
    assert "eroa_mm2" not in quantities_of(study)
    assert "not between 3 and 7" in refused_derivations(study)["eroa_mm2"]


def test_an_entered_orifice_gives_the_volume(patient: Patient) -> None:
    study = make.echo(patient, DAY, eroa_mm2=40, mr_vti_cm=150, **PISA)
    assert quantities_of(study)["regurgitant_volume_ml"].value == 60


@pytest.mark.parametrize(("lesion", "valid"), [(None, True), (1, True), (2, False)])
def test_aortic_regurgitation_makes_the_volumetric_method_invalid(
    patient: Patient, lesion: int | None, valid: bool
) -> None:
    study = make.echo(
        patient,
        DAY,
        lvot_diameter_mm=20,
        lvot_vti_cm=20,
        mitral_annulus_ap_mm=32,
        mitral_annulus_vti_cm=14,
        aortic_regurgitation=lesion,
    )
    found = quantities_of(study)
    assert ("volumetric_regurgitant_volume_ml" in found) is valid
    if valid:
        volume = found["volumetric_regurgitant_volume_ml"].value
        fraction = found["volumetric_regurgitant_fraction_percent"].value
        assert float(volume) == pytest.approx(49.76, abs=0.01)
        assert float(fraction) == pytest.approx(44.20, abs=0.01)


@pytest.mark.parametrize(
    ("state", "valid"), [("rest", True), ("ventilated", False), ("intra_operative", False)]
)
def test_the_vena_cava_says_nothing_under_positive_pressure(
    patient: Patient, state: str, valid: bool
) -> None:
    study = make.echo(patient, DAY, state=state, ivc_diameter_mm=18, ivc_collapse_percent=60)
    assert ("right_atrial_pressure_mmhg" in quantities_of(study)) is valid


@pytest.mark.parametrize(
    ("lvesd", "lvedd", "conflict"), [(50, 51, False), (50, 50, False), (51, 50, True)]
)
def test_an_impossible_pair_derives_nothing(
    patient: Patient, lvesd: int, lvedd: int, conflict: bool
) -> None:
    study = make.echo(
        patient, DAY, lvesd_mm=lvesd, lvedd_mm=lvedd, bsa_m2=2, septum_mm=10, posterior_wall_mm=10
    )
    assert diameters_conflict(study) is conflict
    assert (quantities_of(study) == {}) is conflict


def test_numbers_keep_their_full_precision(patient: Patient) -> None:
    study = make.echo(patient, DAY, lvesd_mm=40, bsa_m2="1.9")
    text = derived_values(study)["lvesd_index_mm_m2"]["value"]
    assert text.startswith("21.05263157894736842105263")
