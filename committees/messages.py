"""What the mail about a meeting says, decided when it leaves from what its reader may then read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_staff
from committees.announcements import (
    CANCELLATION,
    CONVOCATION,
    LABELS,
    REMINDER,
    UPDATE,
    WITHDRAWAL,
    Facts,
    Told,
    address_of,
    invited,
    last_told,
    local_start,
    unreachable,
)
from committees.calendar import Entry, Method, Participation, Person, write_calendar
from committees.models import AgendaItem, Invitation, Meeting
from core.templatetags.formats import clock, days_until, long_date, long_moment
from notifications.models import OutboundMessage
from notifications.registry import Attachment, Composed, Skip, register
from notifications.rendering import page_url, render_mail
from partners.models import Contact

Row = OutboundMessage

_PARTICIPATION: dict[str, Participation] = {
    Invitation.Answer.PRESENT: Participation.ACCEPTED,
    Invitation.Answer.REMOTE: Participation.ACCEPTED,
    Invitation.Answer.EXCUSED: Participation.DECLINED,
}


def register_composers() -> None:
    composers = {
        CONVOCATION: compose_convocation,
        UPDATE: compose_update,
        CANCELLATION: compose_cancellation,
        WITHDRAWAL: compose_withdrawal,
        REMINDER: compose_reminder,
    }
    for kind, compose in composers.items():
        register(kind, compose, label=LABELS[kind])


def compose_convocation(message: Row) -> Composed | Skip:
    return _to_invited(message, _write_convocation)


def compose_update(message: Row) -> Composed | Skip:
    return _to_invited(message, _write_update)


def compose_reminder(message: Row) -> Composed | Skip:
    return _to_invited(message, _write_reminder)


def compose_cancellation(message: Row) -> Composed | Skip:
    return _to_invited(message, _write_cancellation)


@dataclass(frozen=True)
class _Letter:
    """One message about one meeting to one person on its list, who may read it as things stand."""

    message: Row
    invitation: Invitation
    agenda: list[AgendaItem]
    earlier: list[Row]
    told: Told | None

    @property
    def meeting(self) -> Meeting:
        return self.invitation.meeting

    @cached_property
    def organiser(self) -> Person | None:
        return _organiser(self.meeting, prepares=self.invitation.convener_prepares)  # type: ignore[attr-defined]  # annotated by invited()

    @property
    def candidacy(self) -> Candidacy:
        return self.invitation.meeting.committee.candidacy


def _to_invited(message: Row, write: Callable[[_Letter], Composed | Skip]) -> Composed | Skip:
    invitation = _invitation_of(message)
    if invitation is None:
        return Skip(_("La personne n’est plus invitée."))
    if problem := unreachable(invitation):
        return Skip(problem)
    earlier = _earlier(message)
    letter = _Letter(
        message=message,
        invitation=invitation,
        agenda=list(invitation.meeting.agenda_items.all()),
        earlier=earlier,
        told=last_told(earlier),
    )
    with translation.override(letter.candidacy.language), timezone.override(letter.candidacy.zone):
        return write(letter)


def _invitation_of(message: Row) -> Invitation | None:
    return (
        invited()
        .select_related("contact__user", "meeting__committee__candidacy", "meeting__convened_by")
        .filter(meeting__public_id=message.about, contact__public_id=_contact_id(message))
        .first()
    )


def _contact_id(message: Row) -> UUID:
    return UUID(message.recipient_key.removeprefix("contact:"))


def _earlier(message: Row) -> list[Row]:
    """Return what was planned for the same person about the same meeting."""
    rows = Row.objects.filter(about=message.about, recipient_key=message.recipient_key)
    return list(rows.exclude(pk=message.pk).defer("body", "subject", "last_error"))


# --- to those on the list ----------------------------------------------------------------------------


def _write_convocation(letter: _Letter) -> Composed | Skip:
    if problem := _not_ahead(letter.meeting):
        return Skip(problem)
    if letter.told and letter.told.is_expecting:
        return Skip(_("La personne est déjà convoquée."))
    return _compose(letter, "meeting_convocation", _details(letter), Method.REQUEST)


def _write_update(letter: _Letter) -> Composed | Skip:
    if problem := _not_ahead(letter.meeting):
        return Skip(problem)
    told, facts = letter.told, Facts.of(letter.meeting, letter.agenda)
    if told is None or not told.must_hear(facts):
        return Skip(_("Rien n’a changé depuis le dernier message."))
    context = {
        **_details(letter),
        "is_restored": told.kind == CANCELLATION,
        "changes": _changes(told.facts, facts) if told.facts else [],
    }
    return _compose(letter, "meeting_update", context, Method.REQUEST)


def _write_reminder(letter: _Letter) -> Composed | Skip:
    message, meeting = letter.message, letter.meeting
    if problem := _not_ahead(meeting):
        return Skip(problem)
    if message.occurrence != local_start(meeting):
        return Skip(_("La réunion a changé de date."))
    if letter.invitation.answer == Invitation.Answer.EXCUSED:
        return Skip(_("La personne s’est excusée."))
    if _is_overtaken(letter):
        return Skip(_("Un rappel plus proche de la réunion part ou est parti."))
    days = days_until(meeting.starts_at) or 0
    near = {0: _("aujourd’hui"), 1: _("demain")}
    context = {**_details(letter), "delay": near.get(days) or _("dans %(days)d jours") % {"days": days}}
    return _compose(letter, "meeting_reminder", context)


def _write_cancellation(letter: _Letter) -> Composed | Skip:
    if not letter.meeting.is_cancelled:
        return Skip(_("La réunion n’est pas annulée."))
    if not (letter.told and letter.told.is_expecting):
        return Skip(_("La personne n’avait pas été convoquée."))
    facts = letter.told.facts or Facts.of(letter.meeting)
    # As the person knows it: a date that changed meanwhile was never announced to them.
    context = {**_details(letter), **_as_told(facts)}
    return _compose(letter, "meeting_cancellation", context, Method.CANCEL)


def _not_ahead(meeting: Meeting) -> str:
    """Say why nobody is called to ``meeting``; empty when it is convened and to come."""
    if meeting.is_draft:
        return _("La réunion est en préparation.")
    if meeting.is_cancelled:
        return _("La réunion est annulée.")
    if not meeting.is_convened or meeting.starts_at <= timezone.now():
        return _("La réunion a commencé ou a eu lieu.")
    return ""


def _is_overtaken(letter: _Letter) -> bool:
    """After a missed run, only the reminder nearest to the meeting is still worth reading."""
    message, now = letter.message, timezone.now()
    return any(
        row.kind == REMINDER
        and row.occurrence == message.occurrence
        and row.status in {Row.Status.PLANNED, Row.Status.SENT}
        and message.planned_for < row.planned_for <= now
        for row in letter.earlier
    )


def _compose(letter: _Letter, folder: str, context: dict[str, Any], method: Method | None = None) -> Composed:
    """Render one message; with ``method`` it carries a calendar file that takes the last one's place."""
    address, organiser = address_of(letter.invitation.contact), letter.organiser
    subject, body = render_mail(folder, context)
    reply_to = organiser.address if organiser else ""
    if method is None:
        return Composed(address=address, subject=subject, body=body, reply_to=reply_to)
    sequence = _next_sequence(letter.meeting, letter.told)
    entry = Entry(
        uid=letter.meeting.calendar_uid,
        sequence=sequence,
        title=_calendar_title(letter.meeting),
        starts_at=letter.meeting.starts_at,
        ends_at=letter.meeting.ends_at,
        zone=letter.candidacy.zone,
        location=letter.meeting.place or letter.meeting.video_url,
        description=render_to_string("emails/meeting_calendar.txt", context).strip(),
        url=context["url"],
        organiser=organiser,
        attendee=Person(letter.invitation.contact.get_full_name(), address),
        participation=_PARTICIPATION.get(letter.invitation.answer, Participation.NEEDS_ACTION),
        is_cancelled=method is Method.CANCEL,
    )
    return Composed(
        address=address,
        subject=subject,
        body=body,
        attachments=(_calendar_file(entry, method),),
        reply_to=reply_to,
        facts={"meeting": Facts.of(letter.meeting, letter.agenda).to_json(), "sequence": sequence},
    )


def _details(letter: _Letter) -> dict[str, Any]:
    """Return what every message to somebody on the list may say."""
    meeting, contact = letter.meeting, letter.invitation.contact
    answered = letter.invitation.answer != Invitation.Answer.NONE
    return {
        **_address_block(letter.candidacy, contact.get_full_name(), letter.organiser),
        "committee": meeting.committee.name,
        "acronym": meeting.committee.acronym,
        "title": meeting.title,
        "moment": long_moment(meeting.starts_at),
        "when": _span(meeting.starts_at, meeting.ends_at),
        "place": meeting.place,
        "video_url": meeting.video_url,
        "introduction": meeting.introduction,
        "agenda": letter.agenda,
        "answer": letter.invitation.get_answer_display() if answered else "",
        "url": page_url("committees:meeting-detail", slug=letter.candidacy.slug, public_id=meeting.public_id),
        "has_account": contact.user is not None,
        "reason": meeting.cancellation_reason,
    }


def _as_told(facts: Facts) -> dict[str, str]:
    moment, when = long_moment(facts.starts_at), _span(facts.starts_at, facts.ends_at)
    return {"title": facts.title, "moment": moment, "when": when}


def _address_block(candidacy: Candidacy, name: str, organiser: Person | None) -> dict[str, Any]:
    """Return what every message says at its head and its foot."""
    return {
        "name": name,
        "candidacy": candidacy.title,
        "is_fictitious": candidacy.is_fictitious,
        "organiser": organiser,
    }


def _changes(before: Facts, after: Facts) -> list[str]:
    """Say what is new since the last message, line by line."""
    pairs = [
        (_("Objet"), before.title, after.title),
        (_("Date"), _span(before.starts_at, before.ends_at), _span(after.starts_at, after.ends_at)),
        (_("Lieu"), before.place, after.place),
        (_("Visioconférence"), before.video_url, after.video_url),
    ]
    lines = []
    for name, old, new in pairs:
        values = {"name": name, "old": old, "new": new or _("non précisé")}
        if old and old != new:
            lines.append(_("%(name)s\u00a0: %(new)s (au lieu de\u00a0: %(old)s)") % values)
        elif old != new:
            lines.append(_("%(name)s\u00a0: %(new)s") % values)
    if before.agenda != after.agenda:
        lines.append(_("Ordre du jour\u00a0: modifié, voir ci-dessous"))
    return lines


def _span(start: datetime, end: datetime) -> str:
    """Write « mardi 14 mars 2023 de 14 h 30 à 16 h 30 »."""
    if timezone.localtime(start).date() == timezone.localtime(end).date():
        return _("%(day)s de %(start)s à %(end)s") % {
            "day": long_date(start),
            "start": clock(start),
            "end": clock(end),
        }
    return _("du %(start)s au %(end)s") % {"start": long_moment(start), "end": long_moment(end)}


# --- to those taken off the list ---------------------------------------------------------------------


def compose_withdrawal(message: Row) -> Composed | Skip:
    """Take the meeting out of a calendar, telling nothing that its owner has not been told before."""
    told = last_told(_earlier(message))
    meeting = (
        Meeting.objects.select_related("committee__candidacy", "convened_by")
        .filter(public_id=message.about)
        .first()
    )
    contact = Contact.objects.select_related("user").filter(public_id=_contact_id(message)).first()
    if meeting is None or contact is None or told is None or not (told.is_expecting and told.facts):
        return Skip(_("La personne n’attend pas cette réunion."))
    if meeting.invitations.filter(contact=contact).exists():
        return Skip(_("La personne est de nouveau invitée."))
    if not address_of(contact):
        return Skip(_("La personne n’a pas d’adresse électronique."))
    candidacy = meeting.committee.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        return _write_withdrawal(meeting, contact, told.facts, _next_sequence(meeting, told))


def _write_withdrawal(meeting: Meeting, contact: Contact, facts: Facts, sequence: int) -> Composed:
    candidacy = meeting.committee.candidacy
    convener = meeting.convened_by
    organiser = _organiser(meeting, prepares=convener is not None and is_staff(convener, candidacy))
    context = {
        **_address_block(candidacy, contact.get_full_name(), organiser),
        "committee": meeting.committee.name,
        "acronym": meeting.committee.acronym,
        **_as_told(facts),
    }
    subject, body = render_mail("meeting_withdrawal", context)
    entry = Entry(
        uid=meeting.calendar_uid,
        sequence=sequence,
        title=facts.title,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        zone=candidacy.zone,
        organiser=organiser,
        attendee=Person(contact.get_full_name(), address_of(contact)),
    )
    return Composed(
        address=address_of(contact),
        subject=subject,
        body=body,
        attachments=(_calendar_file(entry, Method.CANCEL),),
        reply_to=organiser.address if organiser else "",
        facts={"meeting": facts.to_json(), "sequence": sequence},
    )


# --- calendar files ----------------------------------------------------------------------------------


def calendar_of(meeting: Meeting) -> bytes:
    """Return the file that puts ``meeting`` into the calendar of whoever may read its page."""
    candidacy = meeting.committee.candidacy
    agenda = list(meeting.agenda_items.all())
    url = page_url("committees:meeting-detail", slug=candidacy.slug, public_id=meeting.public_id)
    context = {"agenda": agenda, "video_url": meeting.video_url, "url": url}
    with translation.override(candidacy.language):
        description = render_to_string("emails/meeting_calendar.txt", context).strip()
    entry = Entry(
        uid=meeting.calendar_uid,
        sequence=meeting.sequence,
        title=_calendar_title(meeting),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=candidacy.zone,
        location=meeting.place or meeting.video_url,
        description=description,
        url=url,
        is_cancelled=meeting.is_cancelled,
    )
    return write_calendar(entry, method=Method.PUBLISH, stamp=timezone.now())


def _calendar_file(entry: Entry, method: Method) -> Attachment:
    return Attachment(
        filename="invite.ics",
        content_type=f"text/calendar; method={method.value}",
        content=write_calendar(entry, method=method, stamp=timezone.now()),
        is_alternative=True,
    )


def _next_sequence(meeting: Meeting, told: Told | None) -> int:
    """Number a calendar file: above every one that the person has, or their calendar ignores it."""
    return max(meeting.sequence, told.sequence + 1 if told else 0)


def _calendar_title(meeting: Meeting) -> str:
    """Say which committee in a calendar that holds other things, unless the title does already."""
    acronym = meeting.committee.acronym
    return meeting.title if acronym in meeting.title else f"{acronym} – {meeting.title}"


def _organiser(meeting: Meeting, *, prepares: bool) -> Person | None:
    """Return whom to ask: who convened, or a lead when that person no longer prepares the bid."""
    convener = meeting.convened_by
    if convener is None or not (convener.is_active and prepares):
        leads = Membership.objects.filter(
            candidacy=meeting.committee.candidacy_id, role=Membership.Role.LEAD, user__is_active=True
        )
        lead = leads.select_related("user").order_by("pk").first()
        convener = lead.user if lead else None
    return Person(str(convener), convener.email) if convener else None
