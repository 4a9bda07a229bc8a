from django.urls import path

from reports.views.audit_list import audit_list, audit_patient
from reports.views.completeness import completeness, completeness_csv, completeness_goals
from reports.views.decide import decide
from reports.views.echo_live import echo_live
from reports.views.guidelines import guideline_list, guideline_page
from reports.views.home import home
from reports.views.letters import (
    letter_add,
    letter_correct,
    letter_file,
    letter_list,
    letter_page,
    letter_print,
    letter_strike,
)
from reports.views.patient_access import patient_access, patient_access_print
from reports.views.patient_clock import patient_clock
from reports.views.patient_course import patient_course
from reports.views.patient_list import patient_list
from reports.views.patient_outcomes import patient_outcomes
from reports.views.patient_page import patient_page, patient_print
from reports.views.patient_search import patient_finder, patient_search
from reports.views.patient_timeline import patient_timeline, patient_timeline_print
from reports.views.recall import recall, recall_csv
from reports.views.recall_letters import recall_letters
from reports.views.record_index import record_index, record_index_print
from reports.views.referral import refer, referral_withdraw
from reports.views.report_job import report_job, report_job_discard, report_job_file
from reports.views.report_list import report_list
from reports.views.report_page import report_extract, report_page
from reports.views.saved_views import saved_views
from reports.views.styleguide import styleguide, styleguide_form
from reports.views.team_list import team_list
from reports.views.team_sheet import (
    team_sheet,
    team_sheet_freeze,
    team_sheet_page,
    team_sheet_page_print,
    team_sheet_print,
)
from reports.views.waiting import waiting, waiting_csv, waiting_patients
from reports.views.worklist import worklist, worklist_csv

app_name = "reports"

urlpatterns = [
    path("", home, name="home"),
    path("today/", worklist, name="worklist"),
    path("today/today.csv", worklist_csv, name="worklist-csv"),
    path("today/views/", saved_views, name="saved-views"),
    path("patients/", patient_list, name="patient-list"),
    path("patients/search", patient_search, name="patient-search"),
    path("patients/finder", patient_finder, name="patient-finder"),
    path("patients/<uuid:patient_id>/", patient_page, name="patient-page"),
    path("patients/<uuid:patient_id>/print", patient_print, name="patient-print"),
    path("patients/<uuid:patient_id>/course/<slug:measure>", patient_course, name="patient-course"),
    path("patients/<uuid:patient_id>/outcomes", patient_outcomes, name="patient-outcomes"),
    # Without a stroke at the end: kinds of record have their lists at /patients/<id>/<kind>/.
    path("patients/<uuid:patient_id>/record", record_index, name="record-index"),
    path("patients/<uuid:patient_id>/record-print", record_index_print, name="record-index-print"),
    path("patients/<uuid:patient_id>/letters", letter_list, name="letter-list"),
    path("patients/<uuid:patient_id>/letters/new/<slug:kind>", letter_add, name="letter-add"),
    path("letters/<uuid:letter_id>/", letter_page, name="letter-page"),
    path("letters/<uuid:letter_id>/print", letter_print, name="letter-print"),
    path("letters/<uuid:letter_id>/file", letter_file, name="letter-file"),
    path("letters/<uuid:letter_id>/correct", letter_correct, name="letter-correct"),
    path("letters/<uuid:letter_id>/strike", letter_strike, name="letter-strike"),
    path("team/", team_list, name="team-list"),
    path("waiting/", waiting, name="waiting"),
    path("waiting/patients", waiting_patients, name="waiting-patients"),
    path("waiting/waiting.csv", waiting_csv, name="waiting-csv"),
    path("patients/<uuid:patient_id>/access", patient_access, name="patient-access"),
    path(
        "patients/<uuid:patient_id>/access-print", patient_access_print, name="patient-access-print"
    ),
    path("patients/<uuid:patient_id>/clock", patient_clock, name="patient-clock"),
    path("patients/<uuid:patient_id>/refer", refer, name="refer"),
    path("referrals/<uuid:referral_id>/withdraw", referral_withdraw, name="referral-withdraw"),
    path("patients/<uuid:patient_id>/team-sheet", team_sheet, name="team-sheet"),
    path("patients/<uuid:patient_id>/team-sheet-print", team_sheet_print, name="team-sheet-print"),
    path(
        "patients/<uuid:patient_id>/team-sheet-freeze", team_sheet_freeze, name="team-sheet-freeze"
    ),
    path("team-sheets/<uuid:sheet_id>/", team_sheet_page, name="team-sheet-page"),
    path("team-sheets/<uuid:sheet_id>/print", team_sheet_page_print, name="team-sheet-page-print"),
    path("patients/<uuid:patient_id>/decide", decide, name="decide"),
    path("patients/<uuid:patient_id>/echo-live", echo_live, name="echo-live"),
    path("patients/<uuid:patient_id>/timeline", patient_timeline, name="patient-timeline"),
    path(
        "patients/<uuid:patient_id>/timeline-print",
        patient_timeline_print,
        name="patient-timeline-print",
    ),
    path("recall/", recall, name="recall"),
    path("recall/recall.csv", recall_csv, name="recall-csv"),
    path("recall/letters", recall_letters, name="recall-letters"),
    path("completeness/", completeness, name="completeness"),
    path("completeness/completeness.csv", completeness_csv, name="completeness-csv"),
    path("completeness/goals/<slug:clinic_code>/", completeness_goals, name="completeness-goals"),
    path("audit/", audit_list, name="audit-list"),
    path("audit/patient", audit_patient, name="audit-patient"),
    path("guidelines/", guideline_list, name="guideline-list"),
    path("guidelines/<slug:clinic_code>/<slug:edition_id>/", guideline_page, name="guideline-page"),
    path("styleguide", styleguide, name="styleguide"),
    path("styleguide/form", styleguide_form, name="styleguide-form"),
    path("reports/", report_list, name="report-list"),
    path("reports/<slug:name>/", report_page, name="report-page"),
    path("reports/<slug:name>/deidentified", report_extract, name="report-extract"),
    path("reports/made/<uuid:job_id>/", report_job, name="report-job"),
    path("reports/made/<uuid:job_id>/file", report_job_file, name="report-job-file"),
    path("reports/made/<uuid:job_id>/discard", report_job_discard, name="report-job-discard"),
]
