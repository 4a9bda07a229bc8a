from django.urls import path

from patients.record_kinds import KINDS
from patients.record_urls import record_urls
from patients.views import (
    acute,
    echo,
    echo_page,
    emergency,
    erasure,
    inr,
    merging,
    results_seen,
    symptoms,
)
from patients.views import person as people
from patients.views import registrations as places
from patients.views.person_history import person_history

app_name = "patients"

urlpatterns = [
    path("<uuid:patient_id>/echo/add/", echo.echo_add, name="echo-add"),
    path("<uuid:patient_id>/symptoms/add/", symptoms.symptom_log_add, name="symptom-log-add"),
    path("<uuid:patient_id>/inr/", inr.inr_add, name="inr-add"),
    path("echo/<uuid:study_id>/", echo_page.echo_page, name="echo-page"),
    path("echo/<uuid:study_id>/edit/", echo.echo_edit, name="echo-edit"),
    path("echo/<uuid:study_id>/amend/", echo.echo_amend, name="echo-amend"),
    path("echo/<uuid:study_id>/finalize/", echo_page.echo_finalize, name="echo-finalize"),
    path("echo/<uuid:study_id>/strike/", echo_page.echo_strike, name="echo-strike"),
    path("echo/<uuid:study_id>/version/<int:number>/", echo_page.echo_version, name="echo-version"),
    path("acute/<uuid:episode_id>/acknowledge/", acute.acute_acknowledge, name="acute-acknowledge"),
    path("acute/<uuid:episode_id>/close/", acute.acute_close, name="acute-close"),
    path("acute/<uuid:episode_id>/reopen/", acute.acute_reopen, name="acute-reopen"),
    path("<uuid:patient_id>/results/seen/", results_seen.results_seen, name="results-seen"),
    # Persons and their registrations.
    path("register/", people.patient_register, name="patient-register"),
    path("<uuid:patient_id>/person/", people.person_edit, name="person-edit"),
    path("<uuid:patient_id>/deceased/", people.person_deceased, name="person-deceased"),
    path("<uuid:patient_id>/person/history/", person_history, name="person-history"),
    path("<uuid:patient_id>/registrations/", places.registrations, name="registrations"),
    path(
        "registration/<uuid:registration_id>/edit/",
        places.registration_edit,
        name="registration-edit",
    ),
    path(
        "registration/<uuid:registration_id>/end/", places.registration_end, name="registration-end"
    ),
    path(
        "registration/<uuid:registration_id>/move/",
        places.registration_move,
        name="registration-move",
    ),
    # Another clinic's record, in an emergency.
    path("emergency/", emergency.emergency_open, name="emergency-open"),
    path("emergency/reviews/", emergency.emergency_reviews, name="emergency-reviews"),
    path("emergency/<uuid:access_id>/end/", emergency.emergency_end, name="emergency-end"),
    path("emergency/<uuid:access_id>/review/", emergency.emergency_review, name="emergency-review"),
    # Two records of one person.
    path("<uuid:patient_id>/merge/", merging.merge_choose, name="merge-choose"),
    path("<uuid:patient_id>/merge/<uuid:other_id>/", merging.merge_compare, name="merge-compare"),
    path("merge/<uuid:merge_id>/", merging.merge_undo, name="merge-undo"),
    # The erasure of a person by law.
    path("<uuid:patient_id>/erasure/", erasure.erasure_request, name="erasure-request"),
    path("erasures/", erasure.erasures, name="erasures"),
    path("erasure/<uuid:erasure_id>/", erasure.erasure, name="erasure"),
    # Last, since a kind's name may be any word.
    *record_urls(KINDS),
]
