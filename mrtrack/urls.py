"""Where each application's pages live."""

from importlib.util import find_spec

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from mrtrack import errors, health

# Must stand before admin.site.urls is read, which keeps the login view it finds.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "mrtrack administration"
admin.site.site_title = "mrtrack"
admin.site.index_title = "Administration"

APPLICATIONS = (
    ("clinic/", "accounts.urls"),
    ("patients/", "patients.urls"),
    ("patients/", "treatments.urls"),
    ("import/", "interop.urls"),
    ("", "reports.urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    *(path(prefix, include(name)) for prefix, name in APPLICATIONS if find_spec(name)),
    path("", RedirectView.as_view(pattern_name="reports:patient-list"), name="home"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
