from django.urls import path

from reports.views.echo_csv import echo_csv
from reports.views.guidelines import guideline_list, guideline_page
from reports.views.home import home
from reports.views.patient_list import patient_list, patient_search
from reports.views.patient_page import patient_page, patient_print
from reports.views.patient_timeline import patient_timeline, patient_timeline_print
from reports.views.record_index import record_index, record_index_print
from reports.views.report_list import report_list

app_name = "reports"

urlpatterns = [
    path("", home, name="home"),
    path("patients/", patient_list, name="patient-list"),
    path("patients/search", patient_search, name="patient-search"),
    path("patients/<uuid:patient_id>/", patient_page, name="patient-page"),
    path("patients/<uuid:patient_id>/print", patient_print, name="patient-print"),
    # Without a stroke at the end: kinds of record have their lists at /patients/<id>/<kind>/.
    path("patients/<uuid:patient_id>/record", record_index, name="record-index"),
    path("patients/<uuid:patient_id>/record-print", record_index_print, name="record-index-print"),
    path("patients/<uuid:patient_id>/timeline", patient_timeline, name="patient-timeline"),
    path(
        "patients/<uuid:patient_id>/timeline-print",
        patient_timeline_print,
        name="patient-timeline-print",
    ),
    path("guidelines/", guideline_list, name="guideline-list"),
    path("guidelines/<slug:clinic_code>/<slug:edition_id>/", guideline_page, name="guideline-page"),
    path("reports/", report_list, name="report-list"),
    path("reports/echo_studies.csv", echo_csv, name="echo-csv"),
]
