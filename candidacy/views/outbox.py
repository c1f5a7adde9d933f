"""What left by e-mail, what will leave, what failed: everything the application says to somebody is read here."""

from collections.abc import Callable, Collection
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.outbox import preview_automatic
from candidacy.permissions import can_read_outbox, can_steer_outbox
from candidacy.scope import candidacy_for
from candidacy.views.tabs import PAGE_SIZE, Tab, cut
from core.errors import DomainError
from core.permissions import require
from notifications.models import OutboundMessage
from notifications.own_words import in_own_words, still_true
from notifications.registry import Composed, Skip, label_of, reason_of
from notifications.services import advance_message, cancel_message, retry_message

Status = OutboundMessage.Status

#: Word of the address, state, label of the tab.
TABS = (
    ("", Status.PLANNED, gettext_lazy("À envoyer")),
    ("envoyes", Status.SENT, gettext_lazy("Envoyés")),
    ("echecs", Status.FAILED, gettext_lazy("Échecs")),
    ("annules", Status.CANCELLED, gettext_lazy("Annulés")),
)


@require_safe
def outbox_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_with_outbox(request, slug)
    asked = request.GET.get("etat", "")
    status = next((status for word, status, _label in TABS if word == asked), Status.PLANNED)
    rows = OutboundMessage.objects.in_scope(candidacy.public_id).filter(status=status)
    order = (F("due_at").asc(),) if status == Status.PLANNED else (F("updated_at").desc(),)
    page = Paginator(rows.defer("body", "facts").order_by(*order, "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    refused = (
        _refused_people(candidacy, [row.recipient_key for row in page]) if status == Status.PLANNED else ()
    )
    context = {
        "page": page,
        "entries": [(row, label_of(row.kind), row.recipient_key in refused) for row in page],
        "tabs": _tabs(candidacy, status),
        "status": status,
    }
    return render(request, "candidacy/outbox_list.html", context)


@require_safe
def outbox_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    message = _message(_candidacy_with_outbox(request, slug), public_id)
    automatic = preview_automatic(message)
    context = {
        "message": message,
        "kind_label": label_of(message.kind),
        "why": reason_of(message),
        "attachments": message.attachments.defer("content").order_by("pk"),
        "preview": in_own_words(message, automatic) if isinstance(automatic, Composed) else automatic,
        "own_words": _own_words(message, automatic),
    }
    return render(request, "candidacy/outbox_detail.html", context)


@require_safe
def outbox_attachment(request: AppRequest, slug: str, public_id: UUID, number: int) -> HttpResponse:
    """Hand over one file as it left, always as a download."""
    message = _message(_candidacy_with_outbox(request, slug), public_id)
    attachment = message.attachments.order_by("pk")[number - 1 : number].first() if number else None
    if attachment is None:
        raise Http404
    response = HttpResponse(bytes(attachment.content), content_type=attachment.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=attachment.filename
    )
    return response


@require_POST
def outbox_send(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    message = message_to_steer(request, slug, public_id)
    return _steer(request, slug, message, advance_message, _("Le message part dans la minute."))


@require_POST
def outbox_retry(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    message = message_to_steer(request, slug, public_id)
    return _steer(request, slug, message, retry_message, _("Un nouvel essai part dans la minute."))


@require_POST
def outbox_cancel(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    message = message_to_steer(request, slug, public_id)
    reason = _("Annulé par %(name)s.") % {"name": request.user}
    return _steer(
        request, slug, message, partial(cancel_message, reason=reason), _("Le message ne partira pas.")
    )


def message_to_steer(request: AppRequest, slug: str, public_id: UUID) -> OutboundMessage:
    candidacy = candidacy_for(request, slug)
    require(can_steer_outbox(request.user, candidacy))
    return _message(candidacy, public_id)


def _steer(
    request: AppRequest,
    slug: str,
    message: OutboundMessage,
    act: Callable[[OutboundMessage], object],
    told: str,
) -> HttpResponse:
    try:
        act(message)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
    if request.GET.get("retour") == "a-venir":
        return redirect("candidacy:outbox-ahead", slug)
    return redirect("candidacy:outbox-detail", slug, message.public_id)


def _own_words(message: OutboundMessage, automatic: Composed | Skip | None) -> str:
    """Say what becomes of the words that a person gave ``message``: "kept", "outdated", or nothing."""
    if not message.own_body or not isinstance(automatic, Composed):
        return ""
    return "kept" if still_true(message, automatic) else "outdated"


def _refused_people(candidacy: Candidacy, keys: Collection[str]) -> set[str]:
    """Return those among ``keys`` for whom the mail server would not take an earlier message."""
    refused = OutboundMessage.objects.in_scope(candidacy.public_id).refused()
    return set(refused.filter(recipient_key__in=keys).values_list("recipient_key", flat=True))


def _candidacy_with_outbox(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_read_outbox(request.user, candidacy))
    return candidacy


def _message(candidacy: Candidacy, public_id: UUID) -> OutboundMessage:
    messages_of_candidacy = OutboundMessage.objects.in_scope(candidacy.public_id)
    return get_object_or_404(messages_of_candidacy, public_id=public_id)


def _tabs(candidacy: Candidacy, current: str) -> list[Tab]:
    rows = OutboundMessage.objects.in_scope(candidacy.public_id)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    return cut(
        reverse("candidacy:outbox-list", args=[candidacy.slug]), "etat", TABS, current=current, counts=counts
    )
