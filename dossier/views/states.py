from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AppRequest
from core.errors import DomainError
from core.permissions import require
from dossier.forms import RecommendationForm, StatusForm
from dossier.models import Section
from dossier.permissions import can_move_section, can_recommend_section
from dossier.services.states import change_status, recommend_validation
from dossier.views.scope import section_of


@require_POST
def section_status(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    asked = form.cleaned_data
    require(can_move_section(request.user, section, asked["status"]))
    try:
        moved = change_status(
            section=section,
            target=asked["status"],
            by=request.user,
            note=asked["note"],
            seen=asked["seen"] or None,
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("La section est maintenant « %(status)s ».") % {"status": moved.get_status_display()}
        )
    return _back(request, slug, section)


@require_POST
def section_recommend(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_recommend_section(request.user, section))
    form = RecommendationForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        recommend_validation(section=section, by=request.user, note=form.cleaned_data["note"])
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Votre avis favorable est dans le parcours de la section."))
    return _back(request, slug, section)


def _back(request: AppRequest, slug: str, section: Section) -> HttpResponse:
    """Come back to the section; a reviewer who sent it back may no longer read it."""
    if Section.objects.visible_to(request.user).filter(pk=section.pk).exists():
        return redirect("dossier:section-detail", slug, section.public_id)
    return redirect("dossier:dashboard", slug)
