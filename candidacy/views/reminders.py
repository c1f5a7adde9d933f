"""The rules of the reminders: those of a candidacy, and how those of one of its committees are shown and changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.forms.reminders import RecallRuleForm
from candidacy.models import Candidacy, RecallRule
from candidacy.permissions import can_change_settings
from candidacy.reminder_kinds import ReminderKind, Rules, reminder_kind, reminder_kinds
from candidacy.scope import candidacy_for
from candidacy.services.reminders import forget_rule, set_rule
from core.permissions import require
from core.sheets import submit


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A kind, the rule that holds, and whether it was set in this very place."""

    kind: ReminderKind
    rule: RecallRule
    steps: str
    is_own: bool
    edit_url: str


@require_safe
def reminder_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_to_set(request, slug)

    def address(kind: ReminderKind) -> str:
        return reverse("candidacy:reminder-edit", args=[slug, kind.key])

    lines = rule_lines(candidacy, candidacy.public_id, reminder_kinds(), address)
    return render(request, "candidacy/reminder_list.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
def reminder_edit(request: AppRequest, slug: str, kind: str) -> HttpResponse:
    candidacy = _candidacy_to_set(request, slug)
    return edit_rule(
        request,
        candidacy,
        candidacy.public_id,
        kind_of(kind),
        list_url=reverse("candidacy:reminder-list", args=[slug]),
        forget_url=reverse("candidacy:reminder-forget", args=[slug, kind]),
    )


@require_POST
def reminder_forget(request: AppRequest, slug: str, kind: str) -> HttpResponse:
    candidacy = _candidacy_to_set(request, slug)
    forget_rule(candidacy=candidacy, place=candidacy.public_id, kind=kind_of(kind))
    messages.success(request, _("La règle habituelle vaut de nouveau."))
    return redirect("candidacy:reminder-list", slug)


def _candidacy_to_set(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_change_settings(request.user, candidacy))
    return candidacy


# --- in a candidacy or in a committee ----------------------------------------------------------------


def kind_of(key: str) -> ReminderKind:
    try:
        return reminder_kind(key)
    except KeyError:
        raise Http404 from None


def rule_lines(
    candidacy: Candidacy, place: UUID, kinds: Iterable[ReminderKind], address: Callable[[ReminderKind], str]
) -> list[RuleLine]:
    rules = Rules.read(candidacy)
    lines = []
    for kind in kinds:
        rule = rules.holding(kind, candidacy, place)
        steps = ", ".join(kind.name_step(step) for step in rule.steps)
        lines.append(RuleLine(kind, rule, steps, rules.has_own(kind, place), address(kind)))
    return lines


def edit_rule(
    request: AppRequest,
    candidacy: Candidacy,
    place: UUID,
    kind: ReminderKind,
    *,
    list_url: str,
    forget_url: str,
    **context: object,
) -> HttpResponse:
    """Show and change the rule of ``kind`` in ``place``; ``context`` is for the page."""
    rules = Rules.read(candidacy)
    holding = rules.holding(kind, candidacy, place)
    form = RecallRuleForm(request.POST or None, kind=kind, row=holding)
    outcome = submit(
        form, lambda: set_rule(candidacy=candidacy, place=place, kind=kind, **form.target, **form.values)
    )
    if outcome.is_saved:
        messages.success(request, _("La règle est enregistrée\u00a0; les rappels prévus la suivent."))
        return redirect(list_url)
    page = {
        "form": form,
        "outcome": outcome,
        "kind": kind,
        "is_own": rules.has_own(kind, place),
        "list_url": list_url,
        "forget_url": forget_url,
        **context,
    }
    return render(request, "candidacy/reminder_edit.html", page, status=outcome.status)
