from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dossier.snapshots import AlteredEditionError


class AlteredEditionMiddleware:
    """Answer with the reason wherever a page would show an edition whose frozen content or print was altered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AlteredEditionError):
            return None
        return render(request, "dossier/edition_altered.html", {"reason": str(exception)}, status=409)
