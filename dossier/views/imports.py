"""Taking the text of a Word document into a section, or a whole outline into the dossier."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from core.richtext import render_for_reading
from core.sheets import CONFLICT, UNPROCESSABLE
from dossier.import_forms import TakeUpForm, WordUploadForm
from dossier.import_plan import ImportPlan
from dossier.importing import preview_path
from dossier.models import Section, WordImport, WordImportPicture
from dossier.permissions import can_edit_outline, can_take_up_import, can_write_section
from dossier.services.imports import drop_import, preview_import, request_import, take_up_import

PREVIEW_TYPES = {".jpg": "image/jpeg", ".png": "image/png"}


@require_http_methods(["GET", "POST"])
def section_import(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    section = get_object_or_404(candidacy.sections.visible_to(request.user), public_id=public_id)
    require(can_write_section(request.user, section))
    if section.is_closed:
        messages.info(request, _("Cette section est validée : rouvrez la relecture pour la modifier."))
        return redirect("dossier:section-detail", slug, public_id)
    return _upload(request, candidacy, section)


@require_http_methods(["GET", "POST"])
def outline_import(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_outline(request.user, candidacy))
    return _upload(request, candidacy, None)


@require_GET
def import_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    row = _import(request, slug, public_id)
    if not row.is_ready:
        return render(request, "dossier/import_detail.html", {"import": row, "section": row.section})
    plan = preview_import(row)
    form = TakeUpForm(
        initial={"seen": plan.seen}, pictures=row.pictures.filter(known=None).order_by("number")
    )
    return _preview(request, row, plan, form)


@require_GET
def import_progress(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Answer how far the reading is; once it has ended, have htmx load the page of the result."""
    row = _import(request, slug, public_id)
    response = render(request, "dossier/_import_progress.html", {"import": row})
    if not row.is_unread:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def import_confirm(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    row = _import(request, slug, public_id)
    require(can_take_up_import(request.user, row))
    form = TakeUpForm(request.POST, pictures=row.pictures.filter(known=None).order_by("number"))
    if not form.is_valid():
        return _preview(request, row, preview_import(row), form, status=UNPROCESSABLE)
    try:
        plan = take_up_import(
            word_import=row, seen=form.cleaned_data["seen"], pictures=form.choices(), by=request.user
        )
    except StaleRevisionError as error:
        form.add_error(None, str(error))
        return _preview(request, row, preview_import(row), form, status=CONFLICT)
    except DomainError as error:
        form.add_error(None, str(error))
        return _preview(request, row, preview_import(row), form, status=UNPROCESSABLE)
    messages.success(request, _told(plan))
    if row.section is not None:
        return redirect("dossier:section-detail", slug, row.section.public_id)
    return redirect("dossier:section-list", slug)


@require_POST
def import_abandon(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    row = _import(request, slug, public_id)
    drop_import(word_import=row)
    messages.info(request, _("L’import est abandonné : rien n’a changé, et le document est effacé."))
    if row.section is not None:
        return redirect("dossier:section-detail", slug, row.section.public_id)
    return redirect("dossier:section-list", slug)


@require_safe
def import_picture(request: AppRequest, slug: str, public_id: UUID, number: int) -> FileResponse:
    row = _import(request, slug, public_id)
    picture = get_object_or_404(row.pictures.filter(known=None), number=number)
    name = picture.file.name or ""
    try:
        content = picture.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=PREVIEW_TYPES[f".{name.rpartition('.')[2]}"])
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _import(request: AppRequest, slug: str, public_id: UUID) -> WordImport:
    candidacy = candidacy_for(request, slug)
    rows = candidacy.word_imports.visible_to(request.user).select_related("section", "candidacy")
    return get_object_or_404(rows, public_id=public_id)


def _upload(request: AppRequest, candidacy: Candidacy, section: Section | None) -> HttpResponse:
    is_posted = request.method == "POST"
    form = WordUploadForm(request.POST, request.FILES) if is_posted else WordUploadForm()
    if is_posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = request_import(
                candidacy=candidacy, section=section, file=file, filename=file.name, by=request.user
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect("dossier:import-detail", candidacy.slug, row.public_id)
    own = candidacy.word_imports.visible_to(request.user).filter(section=section)
    context = {"form": form, "section": section, "waiting": own.newest_first().first()}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "dossier/import_upload.html", context, status=status)


def _preview(
    request: AppRequest, row: WordImport, plan: ImportPlan, form: TakeUpForm, *, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        # Saving again is a choice made on what is shown now.
        data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = plan.seen
        form.data = data
    pictures = [picture.picture for picture in form.pictures]
    context: dict[str, Any] = {
        "import": row,
        "section": row.section,
        "plan": plan,
        "form": form,
        "texts": [{"planned": text, "html": _shown(row, pictures, text.html)} for text in plan.texts],
    }
    return render(request, "dossier/import_detail.html", context, status=status)


def _shown(row: WordImport, pictures: list[WordImportPicture], html: str) -> SafeString:
    """Return a text of the preview; the pictures that are not in the dossier yet are shown from the import."""
    shown = str(render_for_reading(html))
    for picture in pictures:
        address = reverse("dossier:import-picture", args=[row.candidacy.slug, row.public_id, picture.number])
        shown = shown.replace(preview_path(row.candidacy.slug, picture.public_id), address)
    return mark_safe(shown)  # noqa: S308 -- cleaned above; what was added since are addresses of ours


def _told(plan: ImportPlan) -> str:
    """Say what was written."""
    if len(plan.texts) == 1 and not plan.created:
        return _("Le texte du document Word est repris : c’est une nouvelle révision de la section.")
    created = ngettext("%(count)d section créée", "%(count)d sections créées", plan.created) % {
        "count": plan.created
    }
    count = plan.replaced + plan.filled
    saved = ngettext("%(count)d texte enregistré", "%(count)d textes enregistrés", count) % {"count": count}
    return _("Le document Word est repris : %(created)s, %(saved)s.") % {"created": created, "saved": saved}
