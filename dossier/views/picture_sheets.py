"""The pictures of a candidacy: their list, their uploads, what is said of them. Their files: see pictures.py."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.forms import BaseForm
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.permissions import require
from core.sheets import Outcome, submit
from dossier.editor_data import picture_data
from dossier.models import Picture, Section
from dossier.outline import read_outline
from dossier.permissions import (
    can_edit_picture,
    can_read_pictures,
    can_remove_picture,
    can_upload_pictures,
    can_write_section,
)
from dossier.picture_forms import PictureCreateForm, PictureFilterForm, PictureForm, PictureUploadForm
from dossier.services.pictures import describe_picture, remove_picture, revisions_showing, upload_picture

PICTURES_A_PAGE = 24


@require_GET
def picture_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_pictures(request.user, candidacy))
    form = PictureFilterForm(request.GET)
    staff = is_staff(request.user, candidacy)
    # The team sees all of them: asking the database so would cost as much as the rest of the page.
    pictures = candidacy.pictures.all() if staff else candidacy.pictures.visible_to(request.user)
    sections = candidacy.sections.live() if staff else candidacy.sections.visible_to(request.user)
    shown_in = Prefetch("sections", sections.without_text())
    rows = form.narrow(pictures).prefetch_related(shown_in).order_by("-pk")
    page = Paginator(rows, PICTURES_A_PAGE).get_page(request.GET.get("page"))
    own = set() if staff else set(candidacy.sections.written_by(request.user).values_list("pk", flat=True))
    numbers = {entry.pk: entry.number for entry in read_outline(candidacy)}
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "picture": picture,
                "may_edit": staff or picture.uploaded_for_id in own,
                "sections": [(numbers[section.pk], section) for section in picture.sections.all()],
            }
            for picture in page
        ],
        "may_upload": can_upload_pictures(request.user, candidacy),
    }
    return render(request, "dossier/picture_list.html", context)


@require_http_methods(["GET", "POST"])
def picture_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_upload_pictures(request.user, candidacy))
    open_sections = candidacy.sections.written_by(request.user).exclude(status__in=Section.CLOSED)
    form = PictureCreateForm(
        request.POST or None,
        request.FILES or None,
        sections=open_sections.in_outline_order(),
        is_section_needed=not is_staff(request.user, candidacy),
    )
    outcome = submit(
        form,
        lambda: upload_picture(
            candidacy=candidacy,
            file=form.cleaned_data["file"],
            section=form.cleaned_data["section"],
            public_id=form.cleaned_data["public_id"],
            fields=form.values,
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("L’image est enregistrée\u00a0: l’éditeur la propose."))
        return redirect("dossier:picture-list", slug)
    return render(request, "dossier/picture_create.html", {"form": form}, status=outcome.status)


@require_POST
def picture_upload(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Take in a picture from the editor of a section; answers with what the editor inserts, or with what is wrong."""
    candidacy = candidacy_for(request, slug)
    section = get_object_or_404(candidacy.sections.visible_to(request.user), public_id=public_id)
    require(can_write_section(request.user, section))
    form = PictureUploadForm(request.POST, request.FILES, auto_id="picture_%s")
    outcome = submit(
        form,
        lambda: upload_picture(
            candidacy=candidacy,
            file=form.cleaned_data["file"],
            section=section,
            public_id=form.cleaned_data["public_id"],
            fields=form.values,
        ),
    )
    return _told(form, outcome, picture=outcome.row)


@require_http_methods(["GET", "POST"])
def picture_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show or change what is said of a picture; the editor asks for JSON."""
    picture = _picture(request, slug, public_id)
    require(can_edit_picture(request.user, picture))
    form = PictureForm(request.POST or None, row=picture)
    outcome = submit(
        form,
        lambda: describe_picture(picture=picture, fields=form.values, seen=form.cleaned_data["seen"]),
    )
    if request.headers.get("Accept") == "application/json":
        return _told(form, outcome, picture=picture)
    if outcome.is_saved:
        messages.success(request, _("Ce que l’on dit de l’image est enregistré."))
        return redirect("dossier:picture-list", slug)
    sections = picture.sections.filter(pk__in=picture.candidacy.sections.visible_to(request.user))
    numbers = {entry.pk: entry.number for entry in read_outline(picture.candidacy)}
    context: dict[str, Any] = {
        "picture": picture,
        "form": form,
        "outcome": outcome,
        "sections": [(numbers[section.pk], section) for section in sections.without_text()],
        "revision_count": revisions_showing(picture),
        "may_remove": can_remove_picture(request.user, picture),
        "is_shown": picture.sections.exists(),
    }
    return render(request, "dossier/picture_edit.html", context, status=outcome.status)


@require_POST
def picture_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    picture = _picture(request, slug, public_id)
    require(can_remove_picture(request.user, picture))
    try:
        remove_picture(picture=picture)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier:picture-edit", slug, public_id)
    messages.success(request, _("L’image est retirée."))
    return redirect("dossier:picture-list", slug)


def _picture(request: AppRequest, slug: str, public_id: UUID) -> Picture:
    candidacy = candidacy_for(request, slug)
    pictures = candidacy.pictures.visible_to(request.user)
    return get_object_or_404(
        pictures.select_related("uploaded_for__candidacy", "candidacy"), public_id=public_id
    )


def _told(form: BaseForm, outcome: Outcome, *, picture: Picture | None) -> JsonResponse:
    """Answer the editor: the picture as it now stands, where there is one, and what is wrong."""
    if picture is not None:
        picture.refresh_from_db()
    return JsonResponse(
        {
            "picture": picture and picture_data(picture, may_edit=True),
            "errors": form.errors.get_json_data(),
        },
        status=outcome.status,
    )
