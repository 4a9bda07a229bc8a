"""Echo studies: one row is one study."""

from __future__ import annotations

from guidelines.vocabulary import Segment, StudyState
from interop.spreadsheets.cells import SegmentsCell
from interop.spreadsheets.rows.kind import (
    Part,
    RowContext,
    RowError,
    RowKind,
    Values,
    attributes,
    questions_of,
)
from interop.spreadsheets.shapes import ECHO_STUDY
from interop.spreadsheets.targets import (
    Target,
    day,
    grade,
    known_on,
    lvef,
    record_number,
    targets_of,
    term,
)
from patients.models import EchoStudy

_SPECIAL = {
    "id",
    "public_id",
    "version",
    "entered_at",
    "entered_by",
    "patient",
    "asserted_known_on",
    "struck_at",
    "struck_by",
    "performed_on",
    "modality",
    "state",
    "status",
    "finalized_at",
    "finalized_by",
    "accession_number",
    "lvef_percent_low",
    "lvef_percent_high",
    "lvef_percent_low_open",
    "lvef_percent_high_open",
    "reader_grade_low",
    "reader_grade_high",
    "prolapse_segments",
    "implausible_confirmed",
    "derived",
}
_FOR_ALL = (
    "reader",
    "laboratory",
    "machine",
    "lvef_method",
    "linear_method",
    "bsa_formula",
    "eroa_method",
    "regurgitant_volume_method",
)
# What says nothing about the heart by itself.
_ABOUT_THE_STUDY = {
    "performed_on",
    "modality",
    "accession_number",
    "asserted_known_on",
    "state",
    *_FOR_ALL,
}
_PLAIN = [field.name for field in EchoStudy._meta.concrete_fields if field.name not in _SPECIAL]

_ALIASES = {
    "lvesd_mm": ("lvsd", "lv_esd", "lves"),
    "lvedd_mm": ("lvdd", "lv_edd", "lved"),
    "eroa_mm2": ("ero",),
    "la_diameter_mm": ("la", "lad", "la_size"),
    "spap_mmhg": ("sppa", "pap_systolic"),
    "heart_rate_bpm": ("hr", "pulse"),
    "bsa_m2": ("bsa",),
    "comment": ("comments", "conclusion", "remarks"),
    "reader": ("read_by", "physician"),
    "tricuspid_regurgitation": ("tr", "tr_grade"),
}

TARGETS = (
    record_number(),
    day(
        "performed_on",
        "Date of the study",
        "Study",
        aliases=("date", "study_date", "exam_date", "echo_date", "date_of_echo", "visit_date"),
    ),
    term(
        "modality",
        "Modality",
        EchoStudy.Modality.choices,
        "Study",
        synonyms=[
            ("tte", "transthoracic"),
            ("tee", "transesophageal"),
            ("tee", "TOE"),
            ("tte", "echo"),
        ],
        for_all=True,
        default="tte",
        aliases=("study_type", "echo_type"),
    ),
    *targets_of(
        EchoStudy,
        ["accession_number"],
        group="Study",
        aliases={"accession_number": ("accession", "study_number")},
    ),
    term(
        "status",
        "Status",
        [("final", "final"), ("draft", "draft")],
        "Study",
        synonyms=[("draft", "preliminary"), ("final", "signed")],
        for_all=True,
        default="final",
    ),
    known_on().named(group="Study"),
    lvef(),
    grade(
        "reader_grade",
        "Reader's grade of MR",
        "Regurgitant jet",
        aliases=("mr_grade", "mr_severity"),
    ),
    term(
        "state",
        "State of the patient",
        StudyState.choices(),
        "Study",
        for_all=True,
        default=StudyState.REST.value,
        help_text="Only studies at rest feed the rules of rest.",
    ),
    *targets_of(EchoStudy, _PLAIN, group="Findings", aliases=_ALIASES, for_all=_FOR_ALL),
    Target(
        "prolapse_segments",
        "Prolapsing or flail segments",
        "Findings",
        lambda _order: SegmentsCell(required=False),
        allowed=f"{', '.join(segment.value for segment in Segment)}; several with blanks between",
        aliases=("segments", "scallops", "prolapsing_segments"),
    ),
)
_BY_NAME = {target.name: target for target in TARGETS}
_OWN = set(_BY_NAME) - {"record_number", "status"}


def parts(values: Values, context: RowContext) -> list[Part]:
    """The study of one row."""
    found = attributes(_BY_NAME, values, _OWN)
    measured = set(found) - _ABOUT_THE_STUDY
    if not measured:
        raise RowError("", "This row holds no measurement and no finding.")
    defaults = {"modality": "tte", "accession_number": ""}
    # What the file leaves open is kept as not stated, whatever a form would suggest.
    defaults["state"] = StudyState.UNKNOWN.value
    if "bsa_m2" in found and "bsa_formula" not in found:
        defaults["bsa_formula"] = EchoStudy.BsaFormula.NOT_STATED.value
    status = values.get("status") or ""
    if status:
        found["status"] = status
    return [
        Part(
            ECHO_STUDY,
            found,
            defaults,
            questions_of(values),
            values["performed_on"],
            "Date of the study",
        )
    ]


def warnings(values: Values) -> list[str]:
    """What may be saved but should be looked at."""
    small, large = values.get("lvesd_mm"), values.get("lvedd_mm")
    if small is not None and large is not None and small > large:
        return ["LVESD is larger than LVEDD: neither feeds a verdict until this is resolved."]
    return []


KIND = RowKind(
    code="echo_studies",
    label="Echo studies",
    intro="One row is one study: record number, date and what was measured.",
    targets=TARGETS,
    needed=(("record_number",), ("performed_on",)),
    parts=parts,
    shape=ECHO_STUDY,
)
