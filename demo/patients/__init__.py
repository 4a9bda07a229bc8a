"""The demo's patients, one module each: invented people whose records hang together.

``NORTH`` and ``SOUTH`` list the functions that write them: what a beginner meets first, then the
awkward ones. ``visits`` holds what the modules share.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.book import Book
from demo.patients.active_endocarditis import write_active_endocarditis
from demo.patients.acute_papillary_rupture import write_acute_papillary_rupture
from demo.patients.amended_study import write_amended_study
from demo.patients.biological_valve_wears_out import write_biological_valve_wears_out
from demo.patients.child import write_child
from demo.patients.clips_after_resynchronization import write_clips_after_resynchronization
from demo.patients.deceased import write_deceased
from demo.patients.declined_surgery import write_declined_surgery
from demo.patients.doac_on_mechanical_valve import write_doac_on_mechanical_valve
from demo.patients.flail_called_class_one import write_flail_called_class_one
from demo.patients.late_systolic_prolapse import write_late_systolic_prolapse
from demo.patients.lost_to_follow_up import write_lost_to_follow_up
from demo.patients.lvef_as_a_range import write_lvef_as_a_range
from demo.patients.mechanical_valve import write_mechanical_valve
from demo.patients.mechanical_valve_thrombosis import write_mechanical_valve_thrombosis
from demo.patients.mixed_mechanism import write_mixed_mechanism
from demo.patients.moderate_hypertensive import write_moderate_hypertensive
from demo.patients.moved_to_the_south import write_moved_to_the_south
from demo.patients.no_team_review import write_no_team_review
from demo.patients.one_measurement import write_one_measurement
from demo.patients.outflow_obstruction import write_outflow_obstruction
from demo.patients.pregnant_severe import write_pregnant_severe
from demo.patients.repaired_valve import write_repaired_valve
from demo.patients.repaired_valve_leaks_again import write_repaired_valve_leaks_again
from demo.patients.rheumatic_stenosis import write_rheumatic_stenosis
from demo.patients.secondary_on_therapy import write_secondary_on_therapy
from demo.patients.severe_growing import write_severe_growing
from demo.patients.severe_reduced_lvef import write_severe_reduced_lvef
from demo.patients.severe_small_woman import write_severe_small_woman
from demo.patients.severe_symptoms_unknown import write_severe_symptoms_unknown
from demo.patients.severe_with_symptoms import write_severe_with_symptoms
from demo.patients.unmeasured import write_unmeasured
from demo.patients.vasodilator_without_reason import write_vasodilator_without_reason
from patients.models import Patient

Story = Callable[[Book], Patient]

NORTH: tuple[Story, ...] = (
    write_severe_with_symptoms,
    write_severe_growing,
    write_severe_reduced_lvef,
    write_severe_symptoms_unknown,
    write_acute_papillary_rupture,
    write_secondary_on_therapy,
    write_repaired_valve,
    write_mechanical_valve,
    write_moderate_hypertensive,
    write_unmeasured,
    write_no_team_review,
    write_one_measurement,
    write_lvef_as_a_range,
    write_late_systolic_prolapse,
    write_flail_called_class_one,
    write_mixed_mechanism,
    write_amended_study,
    write_declined_surgery,
    write_lost_to_follow_up,
    write_pregnant_severe,
    write_child,
    write_outflow_obstruction,
    write_rheumatic_stenosis,
    write_active_endocarditis,
    write_repaired_valve_leaks_again,
    write_clips_after_resynchronization,
    write_mechanical_valve_thrombosis,
    write_biological_valve_wears_out,
    write_moved_to_the_south,
    write_deceased,
)
SOUTH: tuple[Story, ...] = (
    write_severe_small_woman,
    write_vasodilator_without_reason,
    write_doac_on_mechanical_valve,
)
