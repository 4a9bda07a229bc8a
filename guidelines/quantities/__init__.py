"""Echo formulas with units (rows ASE-F-01 to ASE-F-17), each with its guard rails.

Every function returns a ``Quantity``: value, unit, the formula's row and version, the inputs it
was computed from and, where known, their dates. Inputs outside a guard rail raise
``ImplausibleInputError`` with a sentence for the person who typed them. Products, differences and
quotients of entered decimals are exact (to 28 digits); where pi, a root or a power comes in, the
value is a float.

Units at the edge follow the record (mm, mm2, mL, cm/s, mmHg); each parameter names its own.
"""

from guidelines.quantities.body import (
    BSA_FORMULAS,
    IndexByFormula,
    bsa_du_bois,
    bsa_haycock,
    bsa_mosteller,
    lvesd_index_by_formula,
)
from guidelines.quantities.chambers import (
    CONCENTRIC_RWT,
    la_volume_area_length,
    la_volume_index,
    lv_mass,
    lv_mass_index,
    lvedd_index,
    lvedv_index,
    lvef,
    lvesd_index,
    lvesv_index,
    relative_wall_thickness,
    teichholz_volume,
)
from guidelines.quantities.quantity import (
    FORMULAS,
    VERSION,
    ImplausibleInputError,
    Quantity,
)
from guidelines.quantities.regurgitation import (
    doppler_stroke_volume,
    eroa_by_pisa,
    eroa_shortcut,
    eroa_volumetric,
    lv_stroke_volume,
    pisa_flow,
    regurgitant_fraction,
    regurgitant_volume_by_pisa,
    regurgitant_volume_volumetric,
    vti_ratio,
)
from guidelines.quantities.right_heart import (
    HIGHEST_RAP_MMHG,
    right_atrial_pressure,
    rvsp,
    spap_by_tr_jet,
)

__all__ = [
    "BSA_FORMULAS",
    "CONCENTRIC_RWT",
    "FORMULAS",
    "HIGHEST_RAP_MMHG",
    "VERSION",
    "ImplausibleInputError",
    "IndexByFormula",
    "Quantity",
    "bsa_du_bois",
    "bsa_haycock",
    "bsa_mosteller",
    "doppler_stroke_volume",
    "eroa_by_pisa",
    "eroa_shortcut",
    "eroa_volumetric",
    "la_volume_area_length",
    "la_volume_index",
    "lv_mass",
    "lv_mass_index",
    "lv_stroke_volume",
    "lvedd_index",
    "lvedv_index",
    "lvef",
    "lvesd_index",
    "lvesd_index_by_formula",
    "lvesv_index",
    "pisa_flow",
    "regurgitant_fraction",
    "regurgitant_volume_by_pisa",
    "regurgitant_volume_volumetric",
    "relative_wall_thickness",
    "right_atrial_pressure",
    "rvsp",
    "spap_by_tr_jet",
    "teichholz_volume",
    "vti_ratio",
]
