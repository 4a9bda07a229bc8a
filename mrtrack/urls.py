"""Where each application's pages live."""

from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.account.views import password_change
from allauth.usersessions.views import list_usersessions
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts.views import leave_administration
from mrtrack import errors, health

# Must stand before admin.site.urls is read, which keeps the login view it finds.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "mrtrack administration"
admin.site.site_title = "mrtrack"
admin.site.index_title = "Administration"

SINGLE_SIGN_ON: list[URLPattern | URLResolver] = []
if settings.OIDC_URL:
    from accounts import single_sign_on

    # Before the library's own, which do not check the signature of what comes by itself.
    SINGLE_SIGN_ON += [
        path(
            "accounts/oidc/<slug:provider_id>/login/",
            single_sign_on.login,
            name="openid_connect_login",
        ),
        path(
            "accounts/oidc/<slug:provider_id>/login/callback/",
            single_sign_on.callback,
            name="openid_connect_callback",
        ),
    ]

urlpatterns: list[URLPattern | URLResolver] = [
    *SINGLE_SIGN_ON,
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # The administration's own ways out and to a new password would pass by the audit.
    path("admin/logout/", leave_administration, name="leave-administration"),
    path("admin/password_change/", password_change),
    path("admin/", admin.site.urls),
    # The library's own, which ends other sessions without asking who is there.
    path(
        "accounts/sessions/",
        reauthentication_required(list_usersessions, allow_get=True),
        name="usersessions_list",
    ),
    path("accounts/", include("allauth.urls")),
    path("clinic/", include("accounts.urls")),
    path("patients/", include("patients.urls")),
    path("treatments/", include("treatments.urls")),
    path("followup/", include("followup.urls")),
    path("import/", include("interop.urls")),
    path("", include("reports.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # asked for by the library that counts logins
handler500 = errors.server_error
