"""Opens the audit context of each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from audit.context import acting_from, client_ip


class AuditContextMiddleware:
    """Remembers the client's address and, after the answer, writes the refusals it held back.

    It stands outside of every transaction: a refusal raised in the middle of one is rolled back
    with it, so it is written here. When it cannot be written the request fails.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting_from(ip=client_ip(request)):
            return self.get_response(request)
