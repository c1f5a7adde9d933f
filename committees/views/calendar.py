from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from committees.feeds import feed_at, read_feed
from committees.forms.calendar import CalendarForm
from committees.models import CalendarFeed, Committee
from committees.month import read_agenda_days, read_month
from committees.permissions import can_read_committees
from committees.services.feeds import close_feed, note_reading, open_feed
from committees.views.scope import committee_of, readable


@require_GET
def calendar(request: AppRequest, slug: str) -> HttpResponse:
    """Show one month as a grid, or as a list all that comes over three months."""
    candidacy = candidacy_for(request, slug)
    asked = CalendarForm(request.GET)
    today = timezone.localdate()
    context = {"today": today, "is_list": asked.is_list}
    if asked.is_list:
        first = asked.first or today
        days = read_agenda_days(candidacy, request.user, first=first, today=today)
        context |= {"first": first, "days": days}
    else:
        first = asked.first or today.replace(day=1)
        context |= {"month": read_month(candidacy, request.user, first=first, today=today)}
    return render(request, "committees/calendar.html", context)


@require_GET
def feed_list(request: AppRequest, slug: str) -> HttpResponse:
    """Show what the person may subscribe to, and the addresses that they hold."""
    candidacy = candidacy_for(request, slug)
    held = {
        feed.committee_id: feed
        for feed in CalendarFeed.objects.visible_to(request.user).filter(candidacy=candidacy)
    }
    choices = [(committee, held.get(committee.pk)) for committee in _committees(request, candidacy)]
    context = {"personal": held.get(None), "choices": choices}
    return render(request, "committees/feed_list.html", context)


def _committees(request: AppRequest, candidacy: Candidacy) -> list[Committee]:
    if not can_read_committees(request.user, candidacy):
        return []
    return list(readable(request, candidacy.committees.all(), candidacy).in_usual_order())


@require_POST
@never_cache
def feed_open(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    return _given(request, open_feed(candidacy=candidacy, user=request.user), None)


@require_POST
@never_cache
def committee_feed_open(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    token = open_feed(candidacy=committee.candidacy, user=request.user, committee=committee)
    return _given(request, token, committee)


def _given(request: AppRequest, token: str, committee: Committee | None) -> HttpResponse:
    """Show the address, now or never: only its digest is kept."""
    address = f"{settings.BASE_URL}{reverse('committees:feed', args=[token])}"
    context = {
        "committee": committee,
        "address": address,
        "calendar_address": "webcal" + address.removeprefix("https").removeprefix("http"),
    }
    return render(request, "committees/feed_given.html", context)


@require_POST
def feed_close(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    feeds = CalendarFeed.objects.visible_to(request.user).filter(candidacy=candidacy)
    close_feed(feed=get_object_or_404(feeds, public_id=public_id))
    messages.success(
        request, _("L’adresse est révoquée\u00a0: les agendas qui la lisaient ne reçoivent plus rien.")
    )
    return redirect("committees:feed-list", slug)


@login_not_required
@require_safe
@conditional_page
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a calendar program. The address is the right; unknown and revoked ones get the same answer."""
    found = feed_at(token)
    if found is None:
        raise Http404
    note_reading(feed=found, now=timezone.now())
    response = HttpResponse(read_feed(found), content_type="text/calendar; charset=utf-8")
    patch_cache_control(response, private=True, no_cache=True)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response
