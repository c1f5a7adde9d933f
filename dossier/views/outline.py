from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.htmx import render_part
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import spreadsheet_response
from dossier.contract_forms import ContractForm
from dossier.forms import SectionFilterForm
from dossier.models import CommentThread, DossierExport, Section, SectionQuerySet
from dossier.outline import outline_rows, read_outline
from dossier.outline_sheet import HEADER, sheet_rows
from dossier.permissions import can_edit_outline, can_read_outline, can_remove_section
from dossier.progress import read_progress
from dossier.services.outline import change_contract, create_section, remove_section
from dossier.views.scope import section_of

LATEST_EXPORTS = 3


@require_GET
def section_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_outline(request.user, candidacy))
    context = outline_context(request, candidacy)
    count = len(context["rows"])
    said = ngettext("%(count)d section affichée", "%(count)d sections affichées", count) % {"count": count}
    context |= {
        "said": said if request.htmx else "",
        "has_retired": can_edit_outline(request.user, candidacy) and candidacy.sections.retired().exists(),
        "exports": _latest_exports(request, candidacy),
    }
    return render_part(request, "dossier/section_list.html", "outline", context)


def outline_context(request: AppRequest, candidacy: Candidacy) -> dict[str, Any]:
    """Return what the outline shows, cut to what the address asks for."""
    today = timezone.localdate()
    form, visible, sections = _narrowed(request, candidacy, today)
    threads = CommentThread.objects.visible_to(request.user).open().filter(section__candidacy=candidacy)
    return {
        "form": form,
        "rows": outline_rows(
            read_outline(candidacy), sections, today=today, open_comments=threads.count_by_section()
        ),
        "progress": read_progress(visible, today=today),
        "is_movable": can_edit_outline(request.user, candidacy) and not form.is_narrowing,
    }


@require_GET
def outline_export(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_outline(request.user, candidacy))
    today = timezone.localdate()
    _form, _visible, sections = _narrowed(request, candidacy, today)
    sections = sections.prefetch_related(
        "expected_proofs", "reviewers__contact", "reviewers__membership__user"
    )
    return spreadsheet_response(
        "csv" if request.GET.get("format") == "csv" else "xlsx",
        title=_("Plan du dossier"),
        header=HEADER,
        rows=sheet_rows(outline_rows(read_outline(candidacy), sections, today=today, open_comments={})),
    )


def _narrowed(
    request: AppRequest, candidacy: Candidacy, today: date
) -> tuple[SectionFilterForm, SectionQuerySet, SectionQuerySet]:
    """Return the filter, every section that the person may see, and those of them that it leaves."""
    form = SectionFilterForm(request.GET, candidacy=candidacy)
    visible = candidacy.sections.visible_to(request.user)
    sections = (
        form.narrow(visible, today=today)
        .in_outline_order()
        .with_first_due_dates()
        .without_text()
        .select_related("organisation", "writer")
        .with_proofs()
    )
    return form, visible, sections


@require_http_methods(["GET", "POST"])
def section_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_outline(request.user, candidacy))
    form = ContractForm(
        request.POST or None, candidacy=candidacy, initial={"parent": _asked_part(request, candidacy)}
    )
    outcome = submit(
        form,
        lambda: create_section(
            candidacy=candidacy,
            contract=form.contract(),
            by=request.user,
            public_id=form.cleaned_data["public_id"],
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("La section est ajoutée au plan."))
        return redirect("dossier:section-detail", slug, outcome.row.public_id)
    return render(request, "dossier/section_create.html", {"form": form}, status=outcome.status)


@require_http_methods(["GET", "POST"])
def section_contract(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_edit_outline(request.user, section.candidacy))
    form = ContractForm(request.POST or None, candidacy=section.candidacy, row=section)
    outcome = submit(
        form,
        lambda: change_contract(
            section=section,
            contract=form.contract(),
            by=request.user,
            due_reason=form.why_due_date_moves,
            seen=form.cleaned_data["seen"],
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("Le contrat de la section est enregistré."))
        return redirect("dossier:section-detail", slug, section.public_id)
    context = {
        "form": form,
        "section": section,
        "title": form.initial["title"],
        "differences": outcome.differences,
    }
    return render(request, "dossier/section_contract.html", context, status=outcome.status)


@require_POST
def section_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_remove_section(request.user, section))
    try:
        remove_section(section=section)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier:section-detail", slug, public_id)
    messages.success(request, _("La section est supprimée du plan."))
    return redirect("dossier:section-list", slug)


def _asked_part(request: AppRequest, candidacy: Candidacy) -> Section | None:
    """Return the part that a link « ajouter ici » names, or nothing if it is not one."""
    try:
        asked = UUID(request.GET.get("partie", ""))
    except ValueError:
        return None
    return candidacy.sections.live().filter(public_id=asked, parent=None).first()


def _latest_exports(request: AppRequest, candidacy: Candidacy) -> list[DossierExport]:
    if not is_staff(request.user, candidacy):
        return []
    return list(
        candidacy.exports.of_the_work().newest_first().select_related("requested_by")[:LATEST_EXPORTS]
    )
