"""Changing the words of one planned message."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.staleness import save_changes
from notifications.models import OutboundMessage
from notifications.own_words import MARK, as_kept, text_to_rewrite
from notifications.registry import Skip, composer_for
from notifications.rendering import one_line, plain_text
from notifications.services import hold_message


@transaction.atomic
def rewrite_message(
    *, message: OutboundMessage, subject: str, body: str, seen: str | None = None
) -> OutboundMessage:
    """Let ``message`` leave with this subject and this text; an empty text brings the automatic one back."""
    row = hold_message(message)
    if row.status != OutboundMessage.Status.PLANNED:
        raise DomainError(_("Ce message est déjà parti ou déjà annulé : son texte ne change plus."))
    facts: dict[str, Any] = {}
    body = plain_text(body).strip()
    if body:
        composed = composer_for(row.kind)(row)
        if isinstance(composed, Skip):
            raise DomainError(composed.reason)
        _check_marks(body, text_to_rewrite(composed))
        facts, body = as_kept(composed.facts), f"{body}\n"
    subject = one_line(subject, limit=300) if body else ""
    save_changes(row, {"own_subject": subject, "own_body": body}, seen=seen)
    row.own_facts = facts
    row.save(update_fields=["own_facts"])
    return row


def _check_marks(body: str, text: str) -> None:
    """Refuse a text that has lost an address of the recipient, or that names one which there is not."""
    for mark in dict.fromkeys(match[0] for match in MARK.finditer(text)):
        if mark not in body:
            raise DomainError(
                _("Gardez %(mark)s dans le texte : c’est l’adresse personnelle de la personne.")
                % {"mark": mark}
            )
    for match in MARK.finditer(body):
        if match[0] not in text:
            raise DomainError(_("%(mark)s ne désigne aucune adresse de ce message.") % {"mark": match[0]})
