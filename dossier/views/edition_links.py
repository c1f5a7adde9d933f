"""Trying the external links of an edition, beside the conditions of its deposit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.permissions import require
from dossier.links import progress_of
from dossier.models import Edition
from dossier.permissions import can_prepare_edition
from dossier.services.links import request_link_check


@require_POST
def edition_links_check(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Start the checking. With htmx the page stays as it is, and so do the reasons that are being written on it."""
    edition = _edition(request, slug, public_id)
    asked = request_link_check(edition=edition)
    if request.htmx:
        return _progress(request, edition)
    if asked:
        messages.success(request, _("La vérification des liens est lancée."))
    elif progress_of(edition.candidacy) is None:
        messages.info(request, _("Tous les liens viennent d’être vérifiés."))
    return redirect("dossier:edition-deposit", slug, public_id)


@require_GET
def edition_links_progress(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _progress(request, _edition(request, slug, public_id))


def _progress(request: AppRequest, edition: Edition) -> HttpResponse:
    context = {"edition": edition, "progress": progress_of(edition.candidacy), "is_after": True}
    return render(request, "dossier/_link_check.html", context)


def _edition(request: AppRequest, slug: str, public_id: UUID) -> Edition:
    candidacy = candidacy_for(request, slug)
    editions = candidacy.editions.visible_to(request.user).select_related("candidacy")
    edition = get_object_or_404(editions, public_id=public_id)
    require(can_prepare_edition(request.user, edition))
    return edition
