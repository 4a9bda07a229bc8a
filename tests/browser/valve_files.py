"""Three invented files in the manner of a surgical follow-up that was not made for mrtrack.

Aortic valves were replaced and the ventricle was followed; nobody ever measured the mitral valve.
Headings are the department's own, and some rows are wrong in the ways in which real rows are.
"""

from datetime import date, timedelta

PATIENTS = 12
STUDIES_EACH = 2
UNKNOWN_NUMBER = "V-999"
IMPLAUSIBLE = 2
IMPOSSIBLE = 1
FIRST_OPERATION_ON = date(2011, 3, 7)


def number_of(place: int) -> str:
    """The record number of the patient at a place, from 1."""
    return f"V-{place:03}"


def operated_on(place: int) -> date:
    """Operations are a week apart."""
    return FIRST_OPERATION_ON + timedelta(weeks=place - 1)


def patients() -> bytes:
    """One row a person; NYHA before the operation as a range."""
    rows = ["mrn,birth_date,sex,bsa_m2,diabetes,creatinine_umol_l,nyha_before"]
    for place in range(1, PATIENTS + 1):
        sex = "female" if place % 2 else "male"
        nyha = "I-II" if place % 3 else "III-IV"
        born = date(1935 + place, 1 + place % 12, 3 + place)
        rows.append(f"{number_of(place)},{born},{sex},1.{70 + place},0,{80 + place},{nyha}")
    return _file(rows)


def operations() -> bytes:
    """One row an operation."""
    rows = ["mrn,performed_on,procedure,prosthesis,size_mm,with_cabg,redo,urgency"]
    for place in range(1, PATIENTS + 1):
        rows.append(
            f"{number_of(place)},{operated_on(place)},aortic valve replacement,"
            f"Stentless valve,{21 + place % 6},{int(place == 4)},0,elective"
        )
    return _file(rows)


def echo_studies() -> bytes:
    """Two studies each; LVEF twice 93 %, once 650 %, and one study of a stranger."""
    ejection_fraction = {(2, 1): "93", (3, 1): "650", (5, 2): "93"}
    rows = ["case no,visit,ef,lv_mass_index_g_m2,aortic_mean_gradient_mmhg"]
    for place in range(1, PATIENTS + 1):
        for turn in range(1, STUDIES_EACH + 1):
            on = operated_on(place) + timedelta(days=180 * turn)
            lvef = ejection_fraction.get((place, turn), str(50 + place + turn))
            rows.append(f"{number_of(place)},{on},{lvef},{118 - place}.5,{10 + turn}")
    rows.append(f"{UNKNOWN_NUMBER},2012-05-04,61,101.2,9")
    return _file(rows)


def _file(rows: list[str]) -> bytes:
    return ("\r\n".join(rows) + "\r\n").encode()
