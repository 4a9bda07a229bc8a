"""Pages of the treatments floor."""

from django.urls import path

from patients.record_urls import record_urls
from treatments.record_kinds import KINDS
from treatments.views import interventions, medication

app_name = "treatments"

urlpatterns = [
    path(
        "<uuid:patient_id>/intervention/add/",
        interventions.intervention_add,
        name="intervention-add",
    ),
    path("medication/<uuid:course_id>/stop/", medication.medication_stop, name="medication-stop"),
    path(
        "medication/<uuid:course_id>/change-dose/",
        medication.medication_change_dose,
        name="medication-change-dose",
    ),
    # Last, since a kind's name may be any word.
    *record_urls(KINDS),
]
