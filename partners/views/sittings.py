from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit
from partners.forms.deliberations import SittingForm
from partners.permissions import can_create_deliberation, can_edit_deliberation, can_remove_deliberation
from partners.services.deliberations import change_sitting, create_sitting, remove_sitting
from partners.views.scope import organisation_of, sitting_of


@require_http_methods(["GET", "HEAD", "POST"])
def sitting_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    require(can_create_deliberation(request.user, organisation))
    form = SittingForm(request.POST if request.method == "POST" else None)
    outcome = submit(
        form,
        lambda: create_sitting(
            organisation=organisation, fields=form.values, public_id=form.cleaned_data["public_id"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("La séance est notée\u00a0: %(sitting)s.") % {"sitting": outcome.row})
        return redirect("partners:organisation-detail", slug, public_id)
    context = {"form": form, "organisation": organisation, "sitting": None, "differences": ()}
    return render(request, "partners/sitting_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def sitting_edit(request: AppRequest, slug: str, public_id: UUID, sitting_id: UUID) -> HttpResponse:
    sitting = sitting_of(request, slug, public_id, sitting_id)
    require(can_edit_deliberation(request.user, sitting))
    form = SittingForm(request.POST if request.method == "POST" else None, row=sitting)
    outcome = submit(
        form, lambda: change_sitting(sitting=sitting, fields=form.values, seen=form.cleaned_data["seen"])
    )
    if outcome.is_saved:
        messages.success(
            request, _("La séance est enregistrée\u00a0: %(sitting)s.") % {"sitting": outcome.row}
        )
        return redirect("partners:organisation-detail", slug, public_id)
    context = {
        "form": form,
        "organisation": sitting.organisation,
        "sitting": sitting,
        "may_remove": can_remove_deliberation(request.user, sitting),
        "differences": outcome.differences,
    }
    return render(request, "partners/sitting_edit.html", context, status=outcome.status)


@require_POST
def sitting_remove(request: AppRequest, slug: str, public_id: UUID, sitting_id: UUID) -> HttpResponse:
    sitting = sitting_of(request, slug, public_id, sitting_id)
    require(can_remove_deliberation(request.user, sitting))
    try:
        remove_sitting(sitting=sitting)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La séance est supprimée."))
    return redirect("partners:organisation-detail", slug, public_id)
