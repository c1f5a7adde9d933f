from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.committees import SeatForm
from committees.permissions import can_change_committee, can_remove_seat
from committees.services.committees import create_seat, edit_seat, remove_seat
from committees.views.scope import committee_of, seat_of
from core.permissions import require
from core.sheets import submit
from partners.models import Contact


@require_http_methods(["GET", "POST"])
def seat_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    require(can_change_committee(request.user, committee))
    contacts = Contact.objects.filter(candidacy=committee.candidacy).select_related("organisation")
    if request.method == "GET":  # a form sent twice names somebody who has just been given a seat
        contacts = contacts.exclude(seats__committee=committee)
    form = SeatForm(
        request.POST or None,
        committee=committee,
        contacts=contacts.order_by("last_name", "first_name", "pk"),
    )
    outcome = submit(form, lambda: create_seat(committee=committee, **form.cleaned_data))
    if outcome.is_saved:
        messages.success(request, _("%(name)s siège au comité.") % {"name": outcome.row.contact})
        return redirect("committees:committee-detail", slug, public_id)
    context = {"committee": committee, "form": form}
    return render(request, "committees/seat_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def seat_edit(request: AppRequest, slug: str, public_id: UUID, seat_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    seat = seat_of(committee, seat_id)
    require(can_change_committee(request.user, committee))
    form = SeatForm(request.POST or None, committee=committee, seat=seat)
    outcome = submit(form, lambda: edit_seat(seat=seat, **form.cleaned_data))
    if outcome.is_saved:
        messages.success(request, _("Le siège est enregistré."))
        return redirect("committees:committee-detail", slug, public_id)
    context = {
        "committee": committee,
        "seat": seat,
        "form": form,
        "may_remove": can_remove_seat(request.user, seat),
    }
    return render(request, "committees/seat_edit.html", context, status=outcome.status)


@require_POST
def seat_remove(request: AppRequest, slug: str, public_id: UUID, seat_id: UUID) -> HttpResponse:
    seat = seat_of(committee_of(request, slug, public_id), seat_id)
    require(can_remove_seat(request.user, seat))
    remove_seat(seat=seat)
    messages.success(request, _("%(name)s ne siège plus au comité.") % {"name": seat.contact})
    return redirect("committees:committee-detail", slug, public_id)
