"""Two addresses for machines: is the process alive, and can it work?"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from mrtrack import readiness


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a slow database restarts no process."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, the audit's triggers, writing to it, cache; 503 when one is not ready.

    Says which check failed and nothing more: the address is open.
    """
    answers = readiness.answers()
    ready = all(answer.ok for answer in answers)
    checks = {answer.name: "ok" if answer.ok else "failed" for answer in answers}
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
