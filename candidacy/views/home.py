from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.permissions import can_create_candidacy, memberships_of


@require_safe
def home(request: AppRequest) -> HttpResponse:
    """Take a person to their candidacy, or let them choose where they belong to several or to none."""
    memberships = list(memberships_of(request.user).values())
    if len(memberships) == 1 and "toutes" not in request.GET:
        return redirect("dossier:dashboard", memberships[0].candidacy.slug)
    context = {"memberships": memberships, "may_create": can_create_candidacy(request.user)}
    return render(request, "candidacy/home.html", context)
