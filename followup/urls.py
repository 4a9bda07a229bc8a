"""Pages of the follow-up floor."""

from django.urls import path

from followup.record_kinds import KINDS
from followup.views import appointments
from patients.record_urls import record_urls

app_name = "followup"

urlpatterns = [
    path(
        "appointment/<uuid:appointment_id>/attended/",
        appointments.appointment_attended,
        name="appointment-attended",
    ),
    path(
        "appointment/<uuid:appointment_id>/missed/",
        appointments.appointment_missed,
        name="appointment-missed",
    ),
    path(
        "appointment/<uuid:appointment_id>/cancel/",
        appointments.appointment_cancel,
        name="appointment-cancel",
    ),
    path(
        "appointment/<uuid:appointment_id>/move/",
        appointments.appointment_move,
        name="appointment-move",
    ),
    # Last, since a kind's name may be any word.
    *record_urls(KINDS),
]
