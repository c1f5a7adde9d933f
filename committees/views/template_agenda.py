from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.meetings import TemplateItemForm
from committees.meeting_page import read_template_agenda
from committees.models import Committee, TemplateItem
from committees.permissions import can_change_committee, can_remove_template_item
from committees.services.ordering import Direction
from committees.services.template_agenda import (
    add_template_item,
    edit_template_item,
    move_template_item,
    remove_template_item,
)
from committees.views.scope import committee_of
from core.htmx import render_part
from core.permissions import require
from core.sheets import submit

PART = "ordre-du-jour"


@require_GET
def template_agenda(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = _committee_to_prepare(request, slug, public_id)
    context = {"committee": committee, "agenda": read_template_agenda(committee)}
    return render(request, "committees/template_agenda.html", context)


@require_http_methods(["GET", "POST"])
def template_item_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = _committee_to_prepare(request, slug, public_id)
    form = TemplateItemForm(request.POST or None)
    outcome = submit(form, lambda: add_template_item(committee=committee, **form.target, **form.values))
    if outcome.is_saved:
        if "another" in request.POST:
            said = _("«\u00a0%(title)s\u00a0» est à l’ordre du jour type.")
            messages.success(request, said % {"title": outcome.row})
            return redirect("committees:template-item-create", slug, public_id)
        return redirect("committees:template-agenda", slug, public_id)
    context = {"committee": committee, "form": form, "outcome": outcome}
    return render(request, "committees/template_item_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def template_item_edit(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    committee = _committee_to_prepare(request, slug, public_id)
    item = _item_of(committee, item_id)
    form = TemplateItemForm(request.POST or None, row=item)
    outcome = submit(form, lambda: edit_template_item(item=item, **form.target, **form.values))
    if outcome.is_saved:
        return redirect("committees:template-agenda", slug, public_id)
    context = {
        "committee": committee,
        "item": item,
        "form": form,
        "outcome": outcome,
        "may_remove": can_remove_template_item(request.user, committee),
    }
    return render(request, "committees/template_item_edit.html", context, status=outcome.status)


@require_POST
def template_item_move(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    committee = _committee_to_prepare(request, slug, public_id)
    direction = request.POST.get("direction")
    if direction not in {"up", "down"}:
        return HttpResponseBadRequest()
    move_template_item(item=_item_of(committee, item_id), direction=cast("Direction", direction))
    if request.htmx:
        context = {"committee": committee, "agenda": read_template_agenda(committee)}
        return render_part(request, "committees/template_agenda.html", PART, context)
    return redirect("committees:template-agenda", slug, public_id)


@require_POST
def template_item_remove(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    committee = _committee_to_prepare(request, slug, public_id)
    item = _item_of(committee, item_id)
    require(can_remove_template_item(request.user, committee))
    remove_template_item(item=item)
    said = _("«\u00a0%(title)s\u00a0» est retiré de l’ordre du jour type.")
    messages.success(request, said % {"title": item.title})
    return redirect("committees:template-agenda", slug, public_id)


def _committee_to_prepare(request: AppRequest, slug: str, public_id: UUID) -> Committee:
    committee = committee_of(request, slug, public_id)
    require(can_change_committee(request.user, committee))
    return committee


def _item_of(committee: Committee, item_id: UUID) -> TemplateItem:
    items = TemplateItem.objects.select_related("committee")
    return get_object_or_404(items, committee=committee, public_id=item_id)
