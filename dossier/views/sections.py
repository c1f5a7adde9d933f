from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from dossier.forms import SectionTextForm, StatusForm
from dossier.models import Section
from dossier.outline import length_of, neighbours, read_outline
from dossier.permissions import can_edit_outline, can_move_section, can_write_section, moves_open_to
from dossier.services.writing import change_status, save_text
from dossier.views.comment_panel import panel_context
from dossier.workflow import TONES

REVISIONS_BESIDE_THE_TEXT = 5
REVISIONS_A_PAGE = 50


@require_GET
def section_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    can_write = can_write_section(request.user, section)
    revisions = section.revisions.visible_to(request.user).select_related("saved_by").order_by("-number")
    context = _reading_context(request, section) | panel_context(request, section)
    context |= {
        "can_write": can_write and not section.is_closed,
        "can_edit_contract": can_edit_outline(request.user, section.candidacy),
        "moves": moves_open_to(request.user, section),
        "revisions": revisions[:REVISIONS_BESIDE_THE_TEXT],
        "is_late": section.is_late(timezone.localdate()),
        "tone": TONES[Section.Status(section.status)],
    }
    return render(request, "dossier/section_detail.html", context)


@require_http_methods(["GET", "POST"])
def section_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    require(can_write_section(request.user, section))
    if request.method == "POST":
        return _save(request, section)
    if section.is_closed:
        messages.info(request, _("Cette section est validée : rouvrez la relecture pour la modifier."))
        return redirect("dossier:section-detail", slug, public_id)
    form = SectionTextForm(initial={"body": section.body, "revision": section.revision})
    return _editor(request, section, form)


@require_POST
def section_status(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    target = form.cleaned_data["status"]
    require(can_move_section(request.user, section, target))
    try:
        moved = change_status(section=section, target=target, by=request.user, note=form.cleaned_data["note"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("La section est maintenant « %(status)s ».") % {"status": moved.get_status_display()}
        )
    return redirect("dossier:section-detail", slug, public_id)


@require_GET
def section_history(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    revisions = section.revisions.visible_to(request.user).select_related("saved_by").defer("body")
    page = Paginator(revisions.order_by("-number"), REVISIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "dossier/section_history.html", _reading_context(request, section) | {"page": page}
    )


@require_GET
def section_revision(request: AppRequest, slug: str, public_id: UUID, number: int) -> HttpResponse:
    section = _section(request, slug, public_id)
    revisions = section.revisions.visible_to(request.user)
    context = _reading_context(request, section) | {
        "revision": get_object_or_404(revisions.select_related("saved_by"), number=number),
        "older": revisions.filter(number__lt=number).order_by("-number").only("number").first(),
        "newer": revisions.filter(number__gt=number).order_by("number").only("number").first(),
    }
    return render(request, "dossier/section_revision.html", context)


def _section(request: AppRequest, slug: str, public_id: UUID) -> Section:
    candidacy = candidacy_for(request, slug)
    sections = candidacy.sections.visible_to(request.user).select_related("organisation", "writer")
    return get_object_or_404(sections.with_proofs(), public_id=public_id)


def _reading_context(request: AppRequest, section: Section) -> dict[str, Any]:
    """Return what every page about ``section`` shows: its number, its length and its neighbours."""
    entries = read_outline(section.candidacy)
    visible = section.candidacy.sections.visible_to(request.user).values_list("pk", flat=True)
    before, after = neighbours(entries, section, visible=visible)
    number = next(entry.number for entry in entries if entry.pk == section.pk)
    return {
        "section": section,
        "number": number,
        "length": length_of(section),
        "before": before,
        "after": after,
    }


def _save(request: AppRequest, section: Section) -> HttpResponse:
    form = SectionTextForm(request.POST)
    if not form.is_valid():
        return _editor(request, section, form, status=422)
    try:
        saved = save_text(
            section=section,
            body=form.cleaned_data["body"],
            expected_revision=form.cleaned_data["revision"],
            by=request.user,
        )
    except StaleRevisionError:
        return _conflict(request, section, form.cleaned_data["body"])
    except DomainError as error:
        form.add_error(None, str(error))
        return _editor(request, section, form, status=422)
    if saved.revision == section.revision:
        messages.info(request, _("Rien n’avait changé : aucune révision n’a été créée."))
    else:
        messages.success(request, _("La section est enregistrée."))
    return redirect("dossier:section-detail", section.candidacy.slug, section.public_id)


def _conflict(request: AppRequest, section: Section, typed: str) -> HttpResponse:
    """Show the newer text and keep what was typed in the form, on the newer revision: saving again decides."""
    section.refresh_from_db()
    form = SectionTextForm({"body": typed, "revision": section.revision})
    newer = section.revisions.select_related("saved_by").filter(number=section.revision).first()
    context = _reading_context(request, section) | {
        "form": form,
        "newer": newer,
        "pictures": _pictures(request, section),
    }
    return render(request, "dossier/section_conflict.html", context, status=409)


def _editor(
    request: AppRequest, section: Section, form: SectionTextForm, *, status: int = 200
) -> HttpResponse:
    context = _reading_context(request, section) | {"form": form, "pictures": _pictures(request, section)}
    return render(request, "dossier/section_edit.html", context, status=status)


def _pictures(request: AppRequest, section: Section) -> list[dict[str, str]]:
    """List the pictures that the editor offers: those of the candidacy that the person may see already."""
    slug = section.candidacy.slug
    pictures = section.candidacy.pictures.visible_to(request.user).order_by("caption", "pk")
    return [
        {
            "url": reverse("dossier:picture", args=[slug, picture.public_id]),
            "alt": picture.alternative_text,
            "caption": picture.caption,
        }
        for picture in pictures
    ]
