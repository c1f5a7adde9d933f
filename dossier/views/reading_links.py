"""The lead's side of reading links: who was let in, until when, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from core.errors import DomainError
from core.permissions import require
from dossier.models import Edition, ReadingLink, ReadingLinkOpening
from dossier.permissions import can_share_edition
from dossier.reading_forms import RenewalForm, SharingForm
from dossier.services.reading_links import Given, renew_link, revoke_link, share_edition
from dossier.views.editions import edition_of
from notifications.rendering import page_url

LINKS_A_PAGE = 50
OPENINGS_A_PAGE = 50


@require_GET
def reading_link_list(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    edition = _edition(request, slug, public_id)
    links = (
        ReadingLink.objects.visible_to(request.user)
        .filter(edition=edition)
        .with_readings()
        .order_by("reader_name", "pk")
    )
    page = Paginator(links, LINKS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossier/reading_link_list.html", {"edition": edition, "page": page})


@require_http_methods(["GET", "POST"])
def reading_link_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    edition = _edition(request, slug, public_id)
    form = SharingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = share_edition(
                edition=edition,
                readers=form.cleaned_data["readers"],
                terms=form.terms,
                by=request.user,
                by_mail=form.cleaned_data["by_mail"],
            )
        except (DomainError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            return _show_given(request, edition, given)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "dossier/reading_link_create.html", {"form": form, "edition": edition}, status=status
    )


@require_GET
def reading_link_detail(request: AppRequest, slug: str, public_id: UUID, link_id: UUID) -> HttpResponse:
    edition = _edition(request, slug, public_id)
    link = _link(request, edition, link_id)
    fetched = ReadingLinkOpening.Kind.FETCHED
    openings = link.openings.newest_first()
    context = {
        "edition": edition,
        "link": link,
        "page": Paginator(openings.exclude(kind=fetched), OPENINGS_A_PAGE).get_page(request.GET.get("page")),
        "fetched_count": openings.filter(kind=fetched).count(),
        "last_fetched": openings.filter(kind=fetched).first(),
        "remarks": link.remarks.in_order(),
        "approval": getattr(link, "approval", None),
    }
    return render(request, "dossier/reading_link_detail.html", context)


@require_http_methods(["GET", "POST"])
def reading_link_renew(request: AppRequest, slug: str, public_id: UUID, link_id: UUID) -> HttpResponse:
    edition = _edition(request, slug, public_id)
    link = _link(request, edition, link_id)
    form = RenewalForm(request.POST if request.method == "POST" else None, link=link)
    if request.method == "POST" and form.is_valid():
        try:
            given = renew_link(
                link=link,
                expires_at=form.cleaned_data["expires_on"],
                by_mail=form.cleaned_data.get("by_mail", False),
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _show_given(request, edition, [given])
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "edition": edition, "link": link}
    return render(request, "dossier/reading_link_renew.html", context, status=status)


@require_POST
def reading_link_revoke(request: AppRequest, slug: str, public_id: UUID, link_id: UUID) -> HttpResponse:
    edition = _edition(request, slug, public_id)
    link = _link(request, edition, link_id)
    revoke_link(link=link, by=request.user)
    messages.success(request, _("Le lien de %(name)s n’ouvre plus rien.") % {"name": link.reader_name})
    return redirect("dossier:reading-link-detail", slug, public_id, link_id)


@sensitive_variables("given", "shown")
def _show_given(request: AppRequest, edition: Edition, given: list[Given]) -> HttpResponse:
    """Show the new addresses in the answer to the form itself: kept until another page asks, they would be stored."""
    shown = [
        (one.link, page_url("dossier:reading-page", token=one.token) if one.token else "") for one in given
    ]
    return render(request, "dossier/reading_link_given.html", {"edition": edition, "shown": shown})


def _edition(request: AppRequest, slug: str, public_id: UUID) -> Edition:
    edition = edition_of(request, slug, public_id)
    require(can_share_edition(request.user, edition))
    return edition


def _link(request: AppRequest, edition: Edition, link_id: UUID) -> ReadingLink:
    links = ReadingLink.objects.visible_to(request.user).filter(edition=edition)
    return get_object_or_404(links.select_related("created_by", "revoked_by", "approval"), public_id=link_id)
