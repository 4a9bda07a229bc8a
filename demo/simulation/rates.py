"""Every rate of the natural history, with the row of the rule tables that it was tuned to.

Rates are per year. They are tuned together until the table of ``figures.py`` holds; none of them
was measured in one study as it stands here.
"""

from __future__ import annotations

# --- The leak (NH-01, NH-02, NH-03, NH-04, NH-10) -------------------------------------------------

GROWTH_MEDIAN = 0.094  # of EROA² over (EROA + 25 mm2), a primary leak that is moderate or more
GROWTH_MEDIAN_MILD = 0.040  # who is mild on arrival is the kind that hardly grows
GROWTH_SPREAD = 1.25  # standard deviation of its logarithm: few grow fast
GROWTH_HALF_MM2 = 25.0
GROWTH_END_MM2 = 115.0
WOBBLE_MM2 = 1.2  # a true leak is not the same every year: load, pressure
FLAIL_RATE = 0.013  # chordal rupture in a prolapse
PAPILLARY_RATE = 0.003  # rupture of a papillary muscle in ischemic disease: always an emergency
FLAIL_FACTOR = 1.55  # and what it does to the orifice
FLAIL_ADDS_MM2 = 8.0

# --- The ventricle and the atrium ---------------------------------------------------------------

DAMAGE_PER_10_MM2 = 0.16  # points of LVEF a year for each 10 mm2 above 28 mm2
DAMAGE_FROM_MM2 = 28.0
LV_RATE, LV_RATE_AFTER = 0.5, 3.0  # how fast diameters follow their load; after an operation
LA_RATE, LA_RATE_AFTER = 0.4, 1.2
SPAP_RATE = 1.0

# --- Events (NH-05, NH-08, NH-09) ---------------------------------------------------------------

AF_RATE = 0.029  # at 65 years with an LA volume index of 45 mL/m2
AF_PER_YEAR_OF_AGE = 0.035
AF_PER_ML_M2 = 0.018
SYMPTOMS_MILD, SYMPTOMS_SEVERE = 0.012, 0.043  # NYHA I to II
WORSE_MILD, WORSE_SEVERE = 0.015, 0.095  # II to III, III to IV
FAILURE_RATE = (0.0, 0.009, 0.035, 0.12, 0.35)  # admission by NYHA class, a small leak
FAILURE_SEVERE = (0.0, 0.029, 0.29, 0.38, 0.40)  # what a severe leak adds
BETTER = 0.65  # NYHA III or IV to the class below, a small leak; a severe one leaves a fifth of it
ENDOCARDITIS_NATIVE, ENDOCARDITIS_PROSTHESIS = 0.0012, 0.005

# --- Death (NH-05, NH-06, NH-07, NH-08) ---------------------------------------------------------

DEATH_AT_65_MAN, DEATH_AT_65_WOMAN = 0.0200, 0.0140
DEATH_PER_YEAR_OF_AGE = 0.085
DEATH_PER_10_MM2 = 1.10  # NH-06 and NH-07, above 20 mm2
DEATH_BY_NYHA = (0.0, 1.0, 1.3, 13.0, 26.0)
DEATH_WITH_AF = 1.2
DEATH_PER_POINT_OF_LVEF = 0.045  # below 55 %
CARDIAC_SHARE = 0.38  # of the deaths that anybody of that age may die

# --- Operations (NH-13) -------------------------------------------------------------------------

REPAIR_RECURS = 0.0046  # at least moderate again
REPAIR_DEATH, REPLACEMENT_DEATH, TEER_DEATH = 0.010, 0.035, 0.012  # at 65 years
OPERATIVE_DEATH_PER_YEAR_OF_AGE = 0.05
BIOLOGICAL_FAILS = (0.006, 0.035)  # in the first eight years, later
MECHANICAL_CLOTS = 0.002
