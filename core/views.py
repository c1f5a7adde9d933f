from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

#: How much of what is too big is still read, in bytes.
_PATIENCE = 64 * 1024 * 1024


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when pages can be served: the process runs and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that too much was sent where that is what is wrong, and what becomes of it; Django's page otherwise."""
    if isinstance(exception, RequestDataTooBig):
        _hear_out(request)
        return render(request, "413.html", status=413)
    return defaults.bad_request(request, exception)


def _hear_out(request: HttpRequest) -> None:
    """Read on what nobody wants: a browser cut off while it sends shows a broken connection instead of the answer."""
    left = _PATIENCE
    while left > 0 and (piece := request.read(64 * 1024)):
        left -= len(piece)
