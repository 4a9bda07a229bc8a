from django.urls import path

from patients.views import acute, echo, echo_page, symptoms

app_name = "patients"

urlpatterns = [
    path("<uuid:patient_id>/echo/add/", echo.echo_add, name="echo-add"),
    path("<uuid:patient_id>/symptoms/add/", symptoms.symptom_log_add, name="symptom-log-add"),
    path("echo/<uuid:study_id>/", echo_page.echo_page, name="echo-page"),
    path("echo/<uuid:study_id>/edit/", echo.echo_edit, name="echo-edit"),
    path("echo/<uuid:study_id>/amend/", echo.echo_amend, name="echo-amend"),
    path("echo/<uuid:study_id>/finalize/", echo_page.echo_finalize, name="echo-finalize"),
    path("echo/<uuid:study_id>/strike/", echo_page.echo_strike, name="echo-strike"),
    path("echo/<uuid:study_id>/version/<int:number>/", echo_page.echo_version, name="echo-version"),
    path("acute/<uuid:episode_id>/acknowledge/", acute.acute_acknowledge, name="acute-acknowledge"),
]
