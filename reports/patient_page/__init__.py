"""The patient page: what one record says today, laid out for two minutes between patients."""

from reports.patient_page.page import PatientPage, patient_page_of

__all__ = ["PatientPage", "patient_page_of"]
