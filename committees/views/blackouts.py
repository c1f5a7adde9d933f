from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from committees.blackout_page import read_blackouts
from committees.forms.blackouts import BlackoutForm
from committees.models import Blackout
from committees.permissions import can_change_blackouts, can_remove_blackout
from committees.services.blackouts import create_blackout, edit_blackout, remove_blackout
from core.permissions import require
from core.sheets import submit


@require_GET
def blackout_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_change_blackouts(request.user, candidacy))
    context = {"lines": read_blackouts(candidacy, timezone.now())}
    return render(request, "committees/blackout_list.html", context)


@require_http_methods(["GET", "POST"])
def blackout_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_change_blackouts(request.user, candidacy))
    form = BlackoutForm(request.POST or None)
    outcome = submit(form, lambda: create_blackout(candidacy=candidacy, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La période est enregistrée."))
        return redirect("committees:blackout-list", slug)
    context = {"form": form, "outcome": outcome}
    return render(request, "committees/blackout_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def blackout_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    blackout = _blackout_of(request, candidacy, public_id)
    form = BlackoutForm(request.POST or None, row=blackout)
    outcome = submit(form, lambda: edit_blackout(blackout=blackout, **form.target, **form.values))
    if outcome.is_saved:
        messages.success(request, _("La période est enregistrée."))
        return redirect("committees:blackout-list", slug)
    context = {
        "blackout": blackout,
        "form": form,
        "outcome": outcome,
        "may_remove": can_remove_blackout(request.user, candidacy),
    }
    return render(request, "committees/blackout_edit.html", context, status=outcome.status)


@require_POST
def blackout_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    blackout = _blackout_of(request, candidacy, public_id)
    require(can_remove_blackout(request.user, candidacy))
    remove_blackout(blackout=blackout)
    messages.success(request, _("«\u00a0%(name)s\u00a0» est retirée.") % {"name": blackout})
    return redirect("committees:blackout-list", slug)


def _blackout_of(request: AppRequest, candidacy: Candidacy, public_id: UUID) -> Blackout:
    return get_object_or_404(
        Blackout.objects.visible_to(request.user), candidacy=candidacy, public_id=public_id
    )
