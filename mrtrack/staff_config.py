"""Django's administration with our site."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Named apart from the site, which needs the models that are not there yet."""

    default_site = "mrtrack.staff_site.StaffSite"
