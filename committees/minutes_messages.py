"""What leaves about minutes: to whoever was called to the meeting, for correction; to the leads, what is corrected."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.announcements import address_of, invited, unreachable
from committees.minutes_tokens import minutes_token_for
from committees.models import Correction, Invitation, Minutes
from committees.organisers import organiser_of
from committees.representation import took_part
from committees.services.approval import CORRECTION, MINUTES_SENT, leads_to_tell
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, register, register_many
from notifications.rendering import page_url, render_mail


def register_composers() -> None:
    register_many(MINUTES_SENT, compose_minutes, label=gettext_lazy("Compte rendu à relire"))
    register(CORRECTION, compose_correction, label=gettext_lazy("Correction d’un compte rendu"), gathers=True)


def compose_correction(message: OutboundMessage) -> Composed | Skip:
    """Tell a lead what somebody who took part asks to change, while it waits for an answer."""
    related = ("minutes__meeting__committee__candidacy", "contact", "text__agenda_item")
    correction = Correction.objects.select_related(*related).filter(public_id=message.about).first()
    if correction is None or not correction.is_pending:
        return Skip(_("La correction n’attend plus de réponse."))
    meeting = correction.minutes.meeting
    candidacy = meeting.committee.candidacy
    people = leads_to_tell(candidacy)
    lead = next((one for one in people if message.recipient_key == f"user:{one.public_id}"), None)
    if lead is None:
        return Skip(_("La personne n’a plus accès à la candidature."))
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        frame = {"candidacy": candidacy.title, "is_fictitious": candidacy.is_fictitious, "organiser": None}
        url = page_url("committees:minutes-detail", slug=candidacy.slug, public_id=meeting.public_id)
        context = {
            **frame,
            "lead": str(lead),
            "name": correction.contact.get_full_name(),
            "title": meeting.title,
            "passage": correction.text.title if correction.text else "",
            "wording": correction.wording,
            "url": f"{url}#corrections",
            "footer_part": render_to_string("emails/parts/footer.txt", frame),
        }
        subject, body = render_mail("minutes_correction", context)
    return Composed(
        address=lead.email,
        subject=subject,
        body=body,
        reply_to=address_of(correction.contact),
        user_id=lead.pk,
    )


def compose_minutes(messages: Sequence[OutboundMessage]) -> dict[int, Composed | Skip]:
    """Write to those who were called, whatever their number, in a fixed number of queries for each meeting."""
    found = {
        minutes.public_id: minutes
        for minutes in Minutes.objects.filter(
            public_id__in={message.about for message in messages}
        ).select_related("meeting__committee__candidacy", "sent_by")
    }
    called = _invitations(messages)
    shared: dict[UUID, dict[str, Any]] = {}
    written: dict[int, Composed | Skip] = {}
    for message in messages:
        minutes, invitation = (
            found.get(message.about),
            called.get((message.about, message.recipient_key)),
        )
        if minutes is None or minutes.is_draft:
            written[message.pk] = Skip(_("Le compte rendu n’est pas envoyé."))
        elif invitation is None:
            written[message.pk] = Skip(_("La personne n’est plus sur la liste de la réunion."))
        elif problem := unreachable(invitation):
            written[message.pk] = Skip(problem)
        else:
            candidacy = minutes.meeting.committee.candidacy
            with translation.override(candidacy.language), timezone.override(candidacy.zone):
                if message.about not in shared:
                    shared[message.about] = _frame(minutes)
                written[message.pk] = _write(invitation, minutes, shared[message.about])
    return written


def _invitations(messages: Iterable[OutboundMessage]) -> dict[tuple[UUID, str], Invitation]:
    keys: dict[UUID, list[UUID]] = defaultdict(list)
    for message in messages:
        keys[message.about].append(UUID(message.recipient_key.removeprefix("contact:")))
    pairs = [
        Q(meeting__minutes__public_id=about, contact__public_id__in=people) for about, people in keys.items()
    ]
    rows = invited().filter(reduce(or_, pairs)).select_related("contact__user", "meeting__minutes")
    return {(row.meeting.minutes.public_id, f"contact:{row.contact.public_id}"): row for row in rows}


def _frame(minutes: Minutes) -> dict[str, Any]:
    meeting = minutes.meeting
    candidacy = meeting.committee.candidacy
    frame = {
        "candidacy": candidacy.title,
        "is_fictitious": candidacy.is_fictitious,
        "organiser": organiser_of(candidacy, minutes.sent_by),
        "committee": meeting.committee.name,
        "acronym": meeting.committee.acronym,
    }
    silence_on = minutes.silence_on
    return {
        **frame,
        "title": meeting.title,
        "day": meeting.local_day,
        "is_approved": minutes.is_approved,
        "silence_on": silence_on,
        "last_day": silence_on - timedelta(days=1) if silence_on else None,
        "footer_part": render_to_string("emails/parts/footer.txt", frame),
    }


def _write(invitation: Invitation, minutes: Minutes, frame: dict[str, Any]) -> Composed:
    organiser, contact = frame["organiser"], invitation.contact
    withheld: tuple[str, ...] = ()
    if contact.user is not None:
        slug = minutes.meeting.committee.candidacy.slug
        url = page_url("committees:minutes-detail", slug=slug, public_id=minutes.meeting.public_id)
    else:
        token = minutes_token_for(invitation)
        url, withheld = page_url("committees:minutes-link", token=token), (token,)
    context = {
        **frame,
        "name": contact.get_full_name(),
        "took_part": took_part(invitation),
        "is_personal": bool(withheld),
        "url": url,
    }
    subject, body = render_mail("minutes_sent", context)
    return Composed(
        address=address_of(contact),
        subject=subject,
        body=body,
        reply_to=organiser.address if organiser else "",
        withheld=withheld,
    )
