from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.downloads import pdf_response
from core.errors import DomainError
from core.permissions import require
from core.templatetags.formats import long_date
from dossier.models import DossierExport
from dossier.permissions import can_cancel_export, can_read_exports, can_request_export
from dossier.services.exports import cancel_export, request_export

EXPORTS_A_PAGE = 20


@require_GET
def export_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_exports(request.user, candidacy))
    exports = candidacy.exports.of_the_work().select_related("requested_by").newest_first()
    page = Paginator(exports, EXPORTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossier/export_list.html", {"page": page})


@require_POST
def export_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_request_export(request.user, candidacy))
    try:
        export = request_export(candidacy=candidacy, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier:section-list", slug)
    return redirect("dossier:export-detail", slug, export.public_id)


@require_GET
def export_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    export = _export(request, slug, public_id)
    if export.edition is not None:
        return redirect("dossier:edition-detail", slug, export.edition.public_id)
    context = {
        "export": export,
        "filename": _filename(export),
        "last_good": _last_good(export),
    }
    return render(request, "dossier/export_detail.html", context)


@require_GET
def export_progress(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Answer how far the printing is; once it has ended, have htmx load the page of the result."""
    export = _export(request, slug, public_id)
    require(can_request_export(request.user, export.candidacy))
    response = render(request, "dossier/_export_progress.html", {"export": export})
    if not export.is_unfinished:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def export_download(request: AppRequest, slug: str, public_id: UUID) -> FileResponse:
    return _file_response(_export(request, slug, public_id), as_attachment=True)


# The reader's own page shows the PDF in a frame. The policy of a page would forbid the browser's PDF viewer.
@xframe_options_sameorigin
@csp({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
@require_safe
def export_read(request: AppRequest, slug: str, public_id: UUID) -> FileResponse:
    return _file_response(_export(request, slug, public_id), as_attachment=False)


@require_POST
def export_cancel(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    export = _export(request, slug, public_id)
    require(can_cancel_export(request.user, export))
    if cancel_export(export=export):
        messages.success(request, _("La production est arrêtée. Ce qui était déjà imprimé reste en place."))
    else:
        messages.info(request, _("La production était déjà terminée."))
    return redirect("dossier:export-detail", slug, public_id)


def _export(request: AppRequest, slug: str, public_id: UUID) -> DossierExport:
    candidacy = candidacy_for(request, slug)
    exports = candidacy.exports.visible_to(request.user).select_related("requested_by", "edition")
    return get_object_or_404(exports, public_id=public_id)


def _file_response(export: DossierExport, *, as_attachment: bool) -> FileResponse:
    if not (export.is_done and export.file):
        raise Http404
    return pdf_response(export.file, _filename(export), as_attachment=as_attachment)


def _last_good(export: DossierExport) -> DossierExport | None:
    """Return the latest PDF to offer while ``export`` has none of its own."""
    if export.is_done:
        return None
    done = export.candidacy.exports.of_the_work().filter(status=DossierExport.Status.DONE)
    return done.newest_first().first()


def _filename(export: DossierExport) -> str:
    """Name the file as one would: « Dossier de candidature – Lens-Liévin – 22 novembre 2026.pdf »."""
    title = export.candidacy.title.replace("/", "-").replace("\\", "-")
    day = long_date(export.finished_at or export.created_at).split(" ", 1)[1]
    return _("Dossier de candidature – %(title)s – %(day)s.pdf") % {"title": title, "day": day}
