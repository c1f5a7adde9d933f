from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.downloads import pdf_response
from core.permissions import require
from core.sheets import submit
from core.templatetags.formats import short_date
from partners.deliberation_register import deliberation_lines, rank_deliberations
from partners.forms.deliberations import DeliberationForm
from partners.models import Deliberation
from partners.permissions import (
    can_create_deliberation,
    can_edit_deliberation,
    can_read_deliberations,
    can_remove_deliberation,
)
from partners.services.deliberations import change_deliberation, create_deliberation, remove_deliberation
from partners.views.scope import deliberation_of, organisation_of

PAGE_SIZE = 50


@require_safe
def deliberation_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_deliberations(request.user, candidacy))
    ranked = rank_deliberations(candidacy.deliberations.all(), candidacy, today=timezone.localdate())
    page = Paginator(ranked, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = deliberation_lines(page, candidacy)
    return render(request, "partners/deliberation_list.html", {"page": page, "lines": lines})


@require_safe
def deliberation_detail(
    request: AppRequest, slug: str, public_id: UUID, deliberation_id: UUID
) -> HttpResponse:
    deliberation = deliberation_of(request, slug, public_id, deliberation_id)
    itself = Deliberation.objects.filter(pk=deliberation.pk)
    ranked = rank_deliberations(itself, deliberation.candidacy, today=timezone.localdate())
    [line] = deliberation_lines(ranked, deliberation.candidacy)
    context = {
        "deliberation": deliberation,
        "organisation": deliberation.organisation,
        "line": line,
        "may_edit": can_edit_deliberation(request.user, deliberation),
    }
    return render(request, "partners/deliberation_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deliberation_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    require(can_create_deliberation(request.user, organisation))
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DeliberationForm(*posted, organisation=organisation)
    outcome = submit(
        form,
        lambda: create_deliberation(
            organisation=organisation,
            fields=form.values,
            file=form.cleaned_data["file"],
            public_id=form.cleaned_data["public_id"],
        ),
    )
    if outcome.is_saved:
        messages.success(
            request, _("«\u00a0%(title)s\u00a0» est dans les délibérations.") % {"title": outcome.row}
        )
        return redirect("partners:organisation-detail", slug, public_id)
    context = {"form": form, "organisation": organisation, "deliberation": None, "differences": ()}
    return render(request, "partners/deliberation_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def deliberation_edit(request: AppRequest, slug: str, public_id: UUID, deliberation_id: UUID) -> HttpResponse:
    deliberation = deliberation_of(request, slug, public_id, deliberation_id)
    require(can_edit_deliberation(request.user, deliberation))
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DeliberationForm(*posted, row=deliberation, organisation=deliberation.organisation)
    outcome = submit(
        form,
        lambda: change_deliberation(
            deliberation=deliberation,
            fields=form.values,
            file=form.cleaned_data["file"],
            seen=form.cleaned_data["seen"],
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("«\u00a0%(title)s\u00a0» est enregistrée.") % {"title": outcome.row})
        return redirect("partners:deliberation-detail", slug, public_id, deliberation_id)
    context = {
        "form": form,
        "organisation": deliberation.organisation,
        "deliberation": deliberation,
        "may_remove": can_remove_deliberation(request.user, deliberation),
        "differences": outcome.differences,
    }
    return render(request, "partners/deliberation_edit.html", context, status=outcome.status)


@require_safe
def deliberation_act(request: AppRequest, slug: str, public_id: UUID, deliberation_id: UUID) -> FileResponse:
    """Hand over the signed act as a file to keep: what somebody uploaded is not opened inside the site."""
    deliberation = deliberation_of(request, slug, public_id, deliberation_id)
    if not deliberation.file:
        raise Http404
    return pdf_response(deliberation.file, _filename(deliberation), as_attachment=True)


@require_POST
def deliberation_remove(
    request: AppRequest, slug: str, public_id: UUID, deliberation_id: UUID
) -> HttpResponse:
    deliberation = deliberation_of(request, slug, public_id, deliberation_id)
    require(can_remove_deliberation(request.user, deliberation))
    remove_deliberation(deliberation=deliberation)
    messages.success(request, _("«\u00a0%(title)s\u00a0» est supprimée.") % {"title": deliberation})
    return redirect("partners:organisation-detail", slug, public_id)


def _filename(deliberation: Deliberation) -> str:
    """Name the file as one would: « Délibération – Ville de Liévin – 12 mars 2027.pdf »."""
    parts = [_("Délibération"), deliberation.organisation.label]
    if deliberation.sitting is not None:
        parts.append(short_date(deliberation.sitting.held_on))
    return " – ".join(parts).replace("/", "-").replace("\\", "-") + ".pdf"
