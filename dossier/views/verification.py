from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.http import AppRequest
from core.uploads import HashingUploadHandler
from dossier.edition_forms import VerificationForm
from dossier.verification import recognise

MAX_BYTES = 200 * 1024 * 1024


# The handler must be there before anything reads the body, and the check of the token reads it: it comes after.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def edition_verify(request: AppRequest) -> HttpResponse:
    """Say which edition a file or a digest is, or that it is none that the person may read."""
    handler = HashingUploadHandler(max_bytes=MAX_BYTES)
    request.upload_handlers = [handler]
    return _answer(request, handler)


@csrf_protect
def _answer(request: AppRequest, handler: HashingUploadHandler) -> HttpResponse:
    if request.method != "POST":
        return render(request, "dossier/edition_verify.html", {"form": VerificationForm()})
    form = VerificationForm(request.POST, request.FILES)
    if handler.is_too_large:
        form.add_error("file", _("Ce fichier est trop lourd pour être une édition : 200 Mo au plus."))
    if not form.is_valid():
        return render(request, "dossier/edition_verify.html", {"form": form}, status=422)
    context = {
        "form": VerificationForm(),
        "asked": form.asked,
        "recognised": recognise(form.asked, request.user),
        "filename": form.cleaned_data["file"].name if form.cleaned_data["file"] else "",
    }
    return render(request, "dossier/edition_verify.html", context)
