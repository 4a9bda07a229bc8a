"""The application's pages and one bare page, against which the others are measured."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.models import Clinic
from mrtrack.urls import handler400, handler403, handler404, handler500
from mrtrack.urls import urlpatterns as own_pages

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def bare_page(request: HttpRequest) -> HttpResponse:
    """A page that does nothing but one query, behind the whole middleware and the login."""
    return HttpResponse(f"{Clinic.objects.count()} clinics")


urlpatterns = [path("bare", bare_page, name="bare"), *own_pages]
