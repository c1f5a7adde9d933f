"""The rules of the reminders of one committee, where it does not follow those of the candidacy."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.reminder_kinds import ReminderKind, reminder_kinds
from candidacy.services.reminders import forget_rule
from candidacy.views.reminders import edit_rule, kind_of, rule_lines
from committees.models import Committee
from committees.permissions import can_change_reminder_rules
from committees.views.scope import committee_of
from core.permissions import require


@require_safe
def reminder_rules(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = _committee_to_set(request, slug, public_id)

    def address(kind: ReminderKind) -> str:
        return reverse("committees:reminder-rule-edit", args=[slug, public_id, kind.key])

    kinds = [kind for kind in reminder_kinds() if kind.is_of_committees]
    context = {
        "committee": committee,
        "lines": rule_lines(committee.candidacy, committee.public_id, kinds, address),
        "before_meetings": committee.reminder_rules.order_by("-days_before"),
    }
    return render(request, "committees/reminder_rules.html", context)


@require_http_methods(["GET", "POST"])
def reminder_rule_edit(request: AppRequest, slug: str, public_id: UUID, kind: str) -> HttpResponse:
    committee = _committee_to_set(request, slug, public_id)
    return edit_rule(
        request,
        committee.candidacy,
        committee.public_id,
        _kind_of_committees(kind),
        list_url=reverse("committees:reminder-rules", args=[slug, public_id]),
        forget_url=reverse("committees:reminder-rule-forget", args=[slug, public_id, kind]),
        committee=committee,
    )


@require_POST
def reminder_rule_forget(request: AppRequest, slug: str, public_id: UUID, kind: str) -> HttpResponse:
    committee = _committee_to_set(request, slug, public_id)
    forget_rule(candidacy=committee.candidacy, place=committee.public_id, kind=_kind_of_committees(kind))
    messages.success(request, _("Le comité suit de nouveau la règle de la candidature."))
    return redirect("committees:reminder-rules", slug, public_id)


def _committee_to_set(request: AppRequest, slug: str, public_id: UUID) -> Committee:
    committee = committee_of(request, slug, public_id)
    require(can_change_reminder_rules(request.user, committee))
    return committee


def _kind_of_committees(key: str) -> ReminderKind:
    kind = kind_of(key)
    if not kind.is_of_committees:
        raise Http404
    return kind
