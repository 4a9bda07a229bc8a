"""The measurements over time: what is compared, what is kept with a reason."""

from decimal import Decimal

from accounts.models import User
from guidelines.facts import Interval
from guidelines.series import Series, like_with_like
from patients.models import Patient
from tests.factories import records as make
from tests.treatments.conftest import ON, ago
from treatments.record import record_of
from treatments.series import series_of


def series(patient: Patient, name: str) -> Series:
    return series_of(record_of([patient], on=ON)[patient.pk])[name]


def left_out(patient: Patient, name: str) -> list[str]:
    return [each.why for each in like_with_like(series(patient, name), on=ON).left_out]


def test_final_studies_at_rest_are_compared_and_others_kept(patient: Patient) -> None:
    make.echo(patient, ago(400), lvef_percent=65, rhythm="sinus", laboratory="Nord")
    make.echo(patient, ago(200), lvef_percent=(55, 60))
    make.echo(patient, ago(100), lvef_percent=50, final=False)
    make.echo(patient, ago(90), lvef_percent=72, state="exercise")
    make.echo(patient, ago(80), lvef_percent=66, state="unknown")
    found = series(patient, "lvef_percent")
    assert len(found.points) == 5
    assert found.points[0].laboratory == "Nord"
    assert found.points[1].interval == Interval(Decimal(55), Decimal(60))
    assert sorted(left_out(patient, "lvef_percent")) == [
        "draft, not counted",
        "not a study at rest",
        "state of the patient not stated",
    ]


def test_an_intervention_starts_a_new_segment(patient: Patient) -> None:
    make.echo(patient, ago(400), lvesd_mm=42, lvedd_mm=60)
    make.intervention(patient, ago(300), "mitral_repair")
    make.echo(patient, ago(100), lvesd_mm=36, lvedd_mm=52)
    found = series(patient, "lvesd_mm")
    assert [event.what for event in found.events] == ["the mitral valve repair"]
    assert len(like_with_like(found, on=ON).used) == 1


def test_an_impossible_pair_is_kept_and_not_compared(patient: Patient) -> None:
    make.echo(patient, ago(100), lvesd_mm=60, lvedd_mm=50)
    assert left_out(patient, "lvesd_mm") == ["LVESD larger than LVEDD"]


def test_every_measure_has_its_series(patient: Patient) -> None:
    make.body_size(patient, ago(50), height_cm=170, weight_kg=70)
    make.echo(
        patient, ago(50), lvef_percent=60, lvesd_mm=38, lvedd_mm=55, eroa_mm2=40,
        regurgitant_volume_ml=60, la_volume_ml=90, spap_mmhg=40, gls_percent=-19,
    )  # fmt: skip
    make.cmr(patient, ago(40), lvef_percent=58)
    make.lab(patient, ago(40), "bnp", 90)
    make.lab(patient, ago(40), "nt_probnp", 400, comparator="<")
    make.log(patient, ago(40), six_minute_walk_m=450)
    found = series_of(record_of([patient], on=ON)[patient.pk])
    assert {name for name, each in found.items() if not each.points} == set()
    assert len(found["lvef_percent"].points) == 2


def test_bnp_on_an_arni_is_not_compared(patient: Patient) -> None:
    make.medication(patient, ago(90), "sacubitril_valsartan", started_on=ago(90))
    make.lab(patient, ago(40), "bnp", 90)
    assert left_out(patient, "bnp_pg_ml") == ["on sacubitril/valsartan BNP is not followed"]


def test_a_struck_study_leaves_no_trace(patient: Patient, alice: User) -> None:
    make.strike(make.echo(patient, ago(40), lvef_percent=30), by=alice)
    assert series(patient, "lvef_percent").points == ()
