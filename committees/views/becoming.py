from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AppRequest
from committees.becoming import choices_for, what_became_of
from committees.forms.becoming import BecomingForm
from committees.permissions import can_change_action
from committees.services.becoming import make_of_action
from committees.views.scope import action_of
from core.permissions import require
from core.sheets import submit


@require_http_methods(["GET", "POST"])
def action_become(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Offer what an action may become, and make it."""
    action = action_of(request, slug, public_id)
    require(can_change_action(request.user, action))
    form = BecomingForm(request.POST or None, action=action, choices=choices_for(request.user, action))
    outcome = submit(form, lambda: make_of_action(action=action, by=request.user, **form.values))
    if outcome.is_saved:
        became = what_became_of(outcome.row)
        messages.success(request, _("L’action est close\u00a0: elle continue ici."))
        return redirect(became.url if became else "committees:action-list", *([] if became else [slug]))
    context = {"action": action, "form": form, "outcome": outcome}
    return render(request, "committees/action_become.html", context, status=outcome.status)
