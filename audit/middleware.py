"""Opens the audit context of each request, and refuses a page that cannot be remembered."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.module_loading import import_string

from audit.context import AuditUnavailable, acting_from, client_ip

log = logging.getLogger("mrtrack.audit")


class AuditContextMiddleware:
    """Remembers the client's address and, after the answer, writes the refusals it held back.

    It stands outside of every transaction: a refusal raised in the middle of one is rolled back
    with it, so it is written here. When an event cannot be written, the answer is the page that
    the setting `AUDIT_UNAVAILABLE_VIEW` names, and whatever was done is rolled back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            with acting_from(ip=client_ip(request)):
                return self.get_response(request)
        except AuditUnavailable as refusal:
            return _refused(request, refusal)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that could not write its event; other faults are others' matter."""
        if isinstance(exception, AuditUnavailable):
            return _refused(request, exception)
        return None


def _refused(request: HttpRequest, refusal: AuditUnavailable) -> HttpResponse:
    log.error("the audit cannot be written (%s): the page was refused", refusal)
    answer: HttpResponse = import_string(settings.AUDIT_UNAVAILABLE_VIEW)(request)
    return answer
