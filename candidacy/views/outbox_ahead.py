"""« Envois à venir »: what will leave in the next thirty days, to whom and why, and the words it leaves with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import AppRequest
from candidacy.forms.outbox import RewriteForm
from candidacy.outbox import preview, preview_automatic
from candidacy.permissions import can_read_outbox, can_steer_outbox
from candidacy.scope import candidacy_for
from candidacy.views.outbox import message_to_steer
from candidacy.views.tabs import PAGE_SIZE
from core.permissions import require
from core.sheets import submit
from notifications.models import OutboundMessage
from notifications.registry import Composed, label_of, reason_of
from notifications.rewriting import rewrite_message

DAYS_AHEAD = 30
#: Failures shown above the list; the outbox holds the others.
FAILURES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Departure:
    """A message with what its row says. The sentences are written here: a page has fifty of each."""

    message: OutboundMessage
    kind: str
    why: str

    @property
    def told(self) -> str:
        return _("À %(name)s – %(why)s") % {"name": self.message.recipient_name or "–", "why": self.why}

    @property
    def send_hint(self) -> str:
        """What is read aloud after the word on the button."""
        return _("l’envoi à %(name)s\u00a0: il part maintenant") % {"name": self.message.recipient_name}

    @property
    def cancel_question(self) -> str:
        told = _("Ce message à %(name)s ne partira pas, et ne sera pas prévu de nouveau.")
        return told % {"name": self.message.recipient_name}


@require_safe
def outbox_ahead(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_outbox(request.user, candidacy))
    rows = OutboundMessage.objects.in_scope(candidacy.public_id)
    until = timezone.now() + timedelta(days=DAYS_AHEAD)
    ahead = rows.leaving_before(until).defer("body", "facts", "own_facts")
    page = Paginator(ahead, PAGE_SIZE).get_page(request.GET.get("page"))
    failures = rows.failed().defer("body", "facts").order_by("-updated_at", "pk")
    context = {
        "page": page,
        "days": _by_day(page.object_list),
        "days_ahead": DAYS_AHEAD,
        "failures": failures[:FAILURES_SHOWN],
        "may_steer": can_steer_outbox(request.user, candidacy),
    }
    return render(request, "candidacy/outbox_ahead.html", context)


@require_http_methods(["GET", "POST"])
def outbox_rewrite(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    message = message_to_steer(request, slug, public_id)
    composed = preview_automatic(message)
    written = composed if isinstance(composed, Composed) else None
    form = RewriteForm(request.POST or None, row=message, composed=written)
    outcome = submit(
        form,
        lambda: rewrite_message(
            message=message,
            subject=form.values["own_subject"],
            body=form.values["own_body"],
            seen=form.cleaned_data["seen"],
        ),
    )
    if outcome.is_saved:
        told = (
            _("Le message partira avec ce texte.")
            if outcome.row.own_body
            else _("Le texte automatique partira.")
        )
        messages.success(request, told)
        return redirect("candidacy:outbox-detail", slug, public_id)
    context = {"message": message, "form": form, "outcome": outcome, "preview": preview(message)}
    return render(request, "candidacy/outbox_rewrite.html", context, status=outcome.status)


def _by_day(rows: Iterable[OutboundMessage]) -> list[tuple[date, list[Departure]]]:
    departures = [Departure(row, label_of(row.kind), reason_of(row)) for row in rows]
    days = groupby(departures, key=lambda departure: timezone.localdate(departure.message.due_at))
    return [(day, list(group)) for day, group in days]
