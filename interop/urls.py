from django.urls import path

from interop import views

app_name = "interop"

urlpatterns = [
    path("", views.import_list, name="import-list"),
    path("new", views.import_start, name="import-start"),
    path("template/<slug:kind>.csv", views.import_template, name="import-template"),
    path("fields/<slug:kind>", views.import_fields, name="import-fields"),
    path("<uuid:public_id>/columns", views.import_map, name="import-map"),
    path("<uuid:public_id>/preview", views.import_preview, name="import-preview"),
    path("<uuid:public_id>/result", views.import_result, name="import-result"),
    path("<uuid:public_id>/refused.csv", views.import_refused, name="import-refused"),
    path("<uuid:public_id>/cancel", views.import_cancel, name="import-cancel"),
]
