"""The message that asks a member when they can come, with the address by which they answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.announcements import address_of, reaching, unreachable
from committees.models import DatePoll, PollParticipant
from committees.organisers import organiser_of
from committees.poll_tokens import token_for
from committees.services.polls import POLL
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, register_many
from notifications.rendering import page_url, render_mail


def register_composers() -> None:
    register_many(POLL, compose_polls, label=gettext_lazy("Sondage de dates"))


def compose_polls(messages: Sequence[OutboundMessage]) -> dict[int, Composed | Skip]:
    """Write to those asked, whatever their number, in a fixed number of queries for each poll."""
    asked = _participants(messages)
    shared: dict[int, dict[str, Any]] = {}
    written: dict[int, Composed | Skip] = {}
    for message in messages:
        participant = asked.get((message.about, message.recipient_key))
        if participant is None:
            written[message.pk] = Skip(_("La personne n’est plus consultée."))
        elif not participant.poll.is_open:
            written[message.pk] = Skip(_("Le sondage est clos."))
        elif problem := unreachable(participant):
            written[message.pk] = Skip(problem)
        else:
            candidacy = participant.poll.committee.candidacy
            with translation.override(candidacy.language), timezone.override(candidacy.zone):
                if participant.poll_id not in shared:
                    shared[participant.poll_id] = _frame(participant.poll)
                written[message.pk] = _write(participant, shared[participant.poll_id])
    return written


def _participants(messages: Iterable[OutboundMessage]) -> dict[tuple[UUID, str], PollParticipant]:
    keys: dict[UUID, list[UUID]] = defaultdict(list)
    for message in messages:
        keys[message.about].append(UUID(message.recipient_key.removeprefix("contact:")))
    pairs = [Q(poll__public_id=about, contact__public_id__in=people) for about, people in keys.items()]
    rows = reaching(PollParticipant.objects.filter(reduce(or_, pairs)), "poll__committee__candidacy")
    found = rows.select_related("contact__user", "poll__committee__candidacy", "poll__created_by")
    return {(row.poll.public_id, f"contact:{row.contact.public_id}"): row for row in found}


def _frame(poll: DatePoll) -> dict[str, Any]:
    candidacy = poll.committee.candidacy
    frame = {
        "candidacy": candidacy.title,
        "is_fictitious": candidacy.is_fictitious,
        "organiser": organiser_of(candidacy, poll.created_by),
        "committee": poll.committee.name,
        "acronym": poll.committee.acronym,
    }
    return {
        **frame,
        "title": poll.title,
        "message": poll.message,
        "place": poll.place,
        "minutes": poll.duration_minutes,
        "slots": list(poll.slots.all()),
        "footer_part": render_to_string("emails/parts/footer.txt", frame),
    }


def _write(participant: PollParticipant, frame: dict[str, Any]) -> Composed:
    token, organiser = token_for(participant), frame["organiser"]
    context = {
        **frame,
        "name": participant.contact.get_full_name(),
        "url": page_url("committees:poll-link", token=token),
    }
    subject, body = render_mail("date_poll", context)
    return Composed(
        address=address_of(participant.contact),
        subject=subject,
        body=body,
        reply_to=organiser.address if organiser else "",
        withheld=(token,),
    )
