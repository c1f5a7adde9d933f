"""What the mail about a meeting says, decided when it leaves from what its reader may then read."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import Candidacy, Membership
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
    speaks_to,
    unreachable,
)
from committees.answer_tokens import token_for
from committees.calendar import Entry, Method, Participation, Person, title_in_calendar, write_calendar
from committees.convocation import READ_ALONG, print_convocation
from committees.enclosures import enclosed, is_light
from committees.models import AgendaItem, AgendaPaper, Invitation, Meeting, ReminderRule
from committees.organisers import organiser_of
from committees.preparation import FollowUp, follow_up_of
from committees.reserved import as_shown, papers_shown
from core.secret_addresses import make_nonce
from core.templatetags.formats import clock, long_date, long_moment
from notifications.models import OutboundMessage
from notifications.registry import Attachment, BatchComposer, Composed, Skip, register_many
from notifications.rendering import one_line, page_url, render_mail
from partners.models import Contact

Row = OutboundMessage

_PARTICIPATION: dict[str, Participation] = {
    Invitation.Answer.PRESENT: Participation.ACCEPTED,
    Invitation.Answer.REMOTE: Participation.ACCEPTED,
    **dict.fromkeys(Invitation.AWAY, Participation.DECLINED),
}


def register_composers() -> None:
    composers: dict[str, BatchComposer] = {
        CONVOCATION: partial(_to_invited, _write_convocation),
        UPDATE: partial(_to_invited, _write_update),
        CANCELLATION: partial(_to_invited, _write_cancellation),
        WITHDRAWAL: _to_withdrawn,
        REMINDER: partial(_to_invited, _write_reminder),
    }
    for kind, compose_many in composers.items():
        is_reminder = kind == REMINDER
        register_many(
            kind,
            compose_many,
            label=gettext_lazy("Rappel d’une réunion") if is_reminder else LABELS[kind],
            reason=partial(_why, kind),
            gathers=is_reminder,
            is_refusable=is_reminder,
        )


def _why(kind: str, message: Row) -> str:
    if kind == REMINDER:
        return _("Rappel du comité, %(rule)s") % {"rule": message.rule}
    return {
        CONVOCATION: _("La réunion est convoquée"),
        UPDATE: _("La réunion a changé"),
        CANCELLATION: _("La réunion est annulée"),
        WITHDRAWAL: _("La personne n’est plus invitée"),
    }[kind]


@dataclass(frozen=True)
class _Sheet:
    """One meeting as its messages see it, whoever they go to."""

    meeting: Meeting
    #: Whether it is written for those who read what is confidential.
    with_reserved: bool = False

    @property
    def candidacy(self) -> Candidacy:
        return self.meeting.committee.candidacy

    @cached_property
    def for_deciders(self) -> "_Sheet":
        """The same, told of what is confidential."""
        told = replace(self, with_reserved=True)
        told.__dict__["organiser"] = self.organiser  # read once
        return told

    def read_by(self, invitation: Invitation) -> "_Sheet":
        observes = invitation.reader_observes  # type: ignore[attr-defined]  # annotated by invited()
        role = Membership.Role.OBSERVER if observes else None
        return self.for_deciders if invitation.hears_reserved(role) else self

    @cached_property
    def agenda(self) -> list[AgendaItem]:
        return as_shown(self.meeting.agenda_items.all(), with_reserved=self.with_reserved)

    @cached_property
    def papers(self) -> list[AgendaPaper]:
        return [
            paper for item in self.agenda for paper in papers_shown(item, with_reserved=self.with_reserved)
        ]

    @cached_property
    def enclosures(self) -> tuple[Attachment, ...]:
        """The papers, where they are light enough to travel; the others are read at the person's own address."""
        return enclosed(self.papers)

    @cached_property
    def convocation(self) -> Attachment:
        content = print_convocation(self.meeting, with_reserved=self.with_reserved)
        return Attachment(_("Convocation.pdf"), "application/pdf", content)

    @cached_property
    def facts(self) -> Facts:
        return Facts.of(self.meeting, self.agenda, self.papers)

    @cached_property
    def kept_facts(self) -> dict[str, Any]:
        """The facts as they are kept with each message: the same for all the people of a meeting."""
        return self.facts.to_json()

    @cached_property
    def blank(self) -> str:
        """What stands in the texts, which people share, for the secret of each."""
        return make_nonce()

    @cached_property
    def organiser(self) -> Person | None:
        return organiser_of(self.candidacy, self.meeting.convened_by)

    @cached_property
    def url(self) -> str:
        return page_url(
            "committees:meeting-detail", slug=self.candidacy.slug, public_id=self.meeting.public_id
        )

    @cached_property
    def frame(self) -> dict[str, Any]:
        """What every message says, whatever the person may read of the meeting."""
        return {
            "candidacy": self.candidacy.title,
            "is_fictitious": self.candidacy.is_fictitious,
            "organiser": self.organiser,
            "committee": self.meeting.committee.name,
            "acronym": self.meeting.committee.acronym,
        }

    @cached_property
    def details(self) -> dict[str, Any]:
        """What a message may say to whoever is on the list, with the parts that are the same for all rendered."""
        meeting = self.meeting
        details = {
            **self.frame,
            "footer_part": render_to_string("emails/parts/footer.txt", self.frame),
            "title": meeting.title,
            "moment": long_moment(meeting.starts_at),
            "when": _span(meeting.starts_at, meeting.ends_at),
            "place": meeting.place,
            "video_url": meeting.video_url,
            "introduction": meeting.introduction,
            "agenda": self.agenda,
            "url": self.url,
            "reason": meeting.cancellation_reason,
        }
        details["papers"] = self.papers
        details["papers_travel"] = is_light(self.papers)
        details["follow_up"] = follow_up_of(meeting) if self.with_reserved else FollowUp()
        details["papers_part"] = render_to_string("emails/parts/papers.txt", details)
        details["follow_up_part"] = render_to_string("emails/parts/follow_up.txt", details)
        details["meeting_part"] = render_to_string("emails/parts/meeting.txt", details)
        details["agenda_part"] = render_to_string("emails/parts/agenda.txt", details)
        details["description"] = render_to_string("emails/meeting_calendar.txt", details).strip()
        return details

    @cached_property
    def stamp(self) -> datetime:
        """When the calendar files of these messages were written."""
        return timezone.now()

    @cached_property
    def _texts(self) -> dict[tuple[Any, ...], tuple[str, str]]:
        return {}

    def text(self, folder: str, *, answer: str, has_account: bool, **told: Hashable) -> tuple[str, str]:
        """Return the subject, and what follows the greeting: one of a few texts for all the people of a meeting."""
        key = (folder, answer, has_account, *told.items())
        if key not in self._texts:
            answer_url = page_url("committees:answer-link", token=self.blank)
            how = {"answer": answer, "has_account": has_account, "url": self.url, "answer_url": answer_url}
            answer_part = render_to_string("emails/parts/answer.txt", how)
            self._texts[key] = render_mail(folder, {**self.details, "answer_part": answer_part, **told})
        return self._texts[key]


@dataclass(frozen=True, slots=True)
class _Letter:
    """One message about one meeting to one person on its list, who may read it as things stand."""

    message: Row
    sheet: _Sheet
    invitation: Invitation
    earlier: list[Row]
    told: Told | None

    @property
    def meeting(self) -> Meeting:
        return self.sheet.meeting

    def text(self, folder: str, **told: Hashable) -> tuple[str, str]:
        """Render ``emails/<folder>``, which is ``told`` a few things beside what it says to everybody."""
        answered = self.invitation.answer != Invitation.Answer.NONE
        answer = self.invitation.get_answer_display() if answered else ""
        has_account = self.invitation.contact.user is not None
        subject, body = self.sheet.text(folder, answer=answer, has_account=has_account, **told)
        return subject, body.replace(self.sheet.blank, self.token)

    @property
    def token(self) -> str:
        return token_for(self.invitation)


def _to_invited(
    write: Callable[[_Letter], Composed | Skip], messages: Sequence[Row]
) -> dict[int, Composed | Skip]:
    sheets, earlier, invitations = _sheets(messages), _earlier(messages), _invitations(messages)
    written: dict[int, Composed | Skip] = {}
    for about, group in _by_meeting(messages).items():
        sheet = sheets.get(about)
        with _speaking(sheet.candidacy) if sheet else nullcontext():
            for message in group:
                invitation = invitations.get((about, _contact_id(message)))
                if sheet is None or invitation is None:
                    written[message.pk] = Skip(_("La personne n’est plus invitée."))
                elif problem := unreachable(invitation):
                    written[message.pk] = Skip(problem)
                else:
                    others = [row for row in earlier[about, message.recipient_key] if row.pk != message.pk]
                    letter = _Letter(
                        message, sheet.read_by(invitation), invitation, others, last_told(others)
                    )
                    written[message.pk] = write(letter)
    return written


def _sheets(messages: Sequence[Row]) -> dict[UUID, _Sheet]:
    meetings = (
        Meeting.objects.filter(public_id__in={message.about for message in messages})
        .select_related("committee__candidacy")
        # One object for all that a person convened: the memberships kept on it are read once.
        .prefetch_related("convened_by", *READ_ALONG)
    )
    if any(message.kind == REMINDER for message in messages):
        meetings = meetings.prefetch_related("committee__reminder_rules")
    return {meeting.public_id: _Sheet(meeting) for meeting in meetings}


def _invitations(messages: Sequence[Row]) -> dict[tuple[UUID, UUID], Invitation]:
    """Return the invitations that ``messages`` are about, by meeting and contact."""
    pairs = [
        Q(meeting__public_id=about, contact__public_id__in=[_contact_id(message) for message in group])
        for about, group in _by_meeting(messages).items()
    ]
    found = invited().filter(reduce(or_, pairs)).annotate(about=F("meeting__public_id"))
    return {(invitation.about, invitation.contact.public_id): invitation for invitation in found}


def _earlier(messages: Sequence[Row]) -> dict[tuple[UUID, str], list[Row]]:
    """Return what was ever planned for the same people about the same meetings."""
    pairs = [
        Q(about=about, recipient_key__in=[message.recipient_key for message in group])
        for about, group in _by_meeting(messages).items()
    ]
    found: dict[tuple[UUID, str], list[Row]] = defaultdict(list)
    read = ("about", "recipient_key", "kind", "status", "occurrence", "planned_for", "sent_at", "facts")
    others = Row.objects.filter(reduce(or_, pairs)).exclude(pk__in=[message.pk for message in messages])
    for row in [*others.only(*read), *messages]:
        found[row.about, row.recipient_key].append(row)
    return found


def _by_meeting(messages: Sequence[Row]) -> dict[UUID, list[Row]]:
    groups: dict[UUID, list[Row]] = defaultdict(list)
    for message in messages:
        groups[message.about].append(message)
    return groups


def _contact_id(message: Row) -> UUID:
    return UUID(message.recipient_key.removeprefix("contact:"))


@contextmanager
def _speaking(candidacy: Candidacy) -> Iterator[None]:
    """Write in the language of the candidacy, and read its clock."""
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        yield


# --- to those on the list ----------------------------------------------------------------------------


def _write_convocation(letter: _Letter) -> Composed | Skip:
    if problem := _not_ahead(letter.meeting):
        return Skip(problem)
    if letter.told and letter.told.is_expecting:
        return Skip(_("La personne est déjà convoquée."))
    files = (letter.sheet.convocation, *letter.sheet.enclosures)
    return _compose(letter, letter.text("meeting_convocation"), Method.REQUEST, files)


def _write_update(letter: _Letter) -> Composed | Skip:
    if problem := _not_ahead(letter.meeting):
        return Skip(problem)
    told, facts = letter.told, letter.sheet.facts
    if told is None or not told.must_hear(facts):
        return Skip(_("Rien n’a changé depuis le dernier message."))
    changes = _changes(told.facts, facts) if told.facts else ()
    has_new_papers = told.facts is None or told.facts.papers != facts.papers
    text = letter.text(
        "meeting_update",
        is_restored=told.kind == CANCELLATION,
        changes=changes,
        has_new_papers=has_new_papers,
    )
    files = (letter.sheet.convocation, *(letter.sheet.enclosures if has_new_papers else ()))
    return _compose(letter, text, Method.REQUEST, files)


def _write_reminder(letter: _Letter) -> Composed | Skip:
    message, meeting = letter.message, letter.meeting
    if problem := _not_ahead(meeting):
        return Skip(problem)
    if message.occurrence != local_start(meeting):
        return Skip(_("La réunion a changé de date."))
    if letter.invitation.answer in Invitation.AWAY:
        return Skip(_("La personne s’est excusée."))
    rule = _rule_of(letter)
    if rule is not None and not speaks_to(rule, letter.invitation):
        return Skip(_("Ce rappel ne s’adresse plus à cette personne."))
    if _is_overtaken(letter):
        return Skip(_("Un rappel plus proche de la réunion part ou est parti."))
    # Counted from when it leaves: whoever reads or rewrites it beforehand sees the words that will leave.
    leaves_on = timezone.localdate(max(timezone.now(), message.due_at))
    days = (timezone.localdate(meeting.starts_at) - leaves_on).days
    near = {0: _("aujourd’hui"), 1: _("demain")}
    delay = near.get(days) or _("dans %(days)d jours") % {"days": days}
    text = letter.text("meeting_reminder", delay=delay, first_words=rule.text if rule else "")
    return _compose(letter, text)


def _rule_of(letter: _Letter) -> ReminderRule | None:
    """Return the rule that planned the reminder, as it stands now, unless it is gone."""
    rules = letter.meeting.committee.reminder_rules.all()
    return next((rule for rule in rules if letter.message.rule == f"J-{rule.days_before}"), None)


def _write_cancellation(letter: _Letter) -> Composed | Skip:
    if not letter.meeting.is_cancelled:
        return Skip(_("La réunion n’est pas annulée."))
    if not (letter.told and letter.told.is_expecting):
        return Skip(_("La personne n’avait pas été convoquée."))
    facts = letter.told.facts or Facts.of(letter.meeting)
    # As the person knows it: a date that changed meanwhile was never announced to them.
    return _compose(letter, letter.text("meeting_cancellation", **_as_told(facts)), Method.CANCEL)


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


def _compose(
    letter: _Letter,
    text: tuple[str, str],
    method: Method | None = None,
    files: tuple[Attachment, ...] = (),
) -> Composed:
    """Address ``text`` to one person; with ``method`` it carries a calendar file that takes the last one's place."""
    address, organiser = address_of(letter.invitation.contact), letter.sheet.organiser
    name = letter.invitation.contact.get_full_name()
    subject, body = text[0], _greeting(name) + text[1]
    reply_to = organiser.address if organiser else ""
    if method is None:
        facts = {"meeting": letter.sheet.kept_facts}
        return Composed(
            address=address,
            subject=subject,
            body=body,
            reply_to=reply_to,
            facts=facts,
            withheld=(letter.token,),
            user_id=letter.invitation.contact.user_id,
        )
    sequence = _next_sequence(letter.meeting, letter.told)
    entry = replace(
        _entry(letter.sheet),
        sequence=sequence,
        organiser=_answered_at_mailbox(organiser),
        attendee=Person(name, address),
        participation=_PARTICIPATION.get(letter.invitation.answer, Participation.NEEDS_ACTION),
    )
    return Composed(
        address=address,
        subject=subject,
        body=body,
        attachments=(_calendar_file(entry, method, letter.sheet.stamp), *files),
        reply_to=reply_to,
        facts={"meeting": letter.sheet.kept_facts, "sequence": sequence},
        withheld=(letter.token,),
    )


def _greeting(name: str) -> str:
    return _("Bonjour %(name)s,") % {"name": one_line(name)} + "\n\n"


def _as_told(facts: Facts) -> dict[str, str]:
    moment, when = long_moment(facts.starts_at), _span(facts.starts_at, facts.ends_at)
    return {"title": facts.title, "moment": moment, "when": when}


def _changes(before: Facts, after: Facts) -> tuple[str, ...]:
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
    return (*lines, *_changes_of_agenda(before, after))


def _changes_of_agenda(before: Facts, after: Facts) -> Iterator[str]:
    """Name what came on the agenda and what left it, as far as this reader may read."""
    added = [title for title in after.agenda if title not in before.agenda]
    removed = [title for title in before.agenda if title not in after.agenda]
    if before.agenda != after.agenda or before.announced_agenda != after.announced_agenda:
        yield _("Ordre du jour\u00a0: modifié, voir ci-dessous")
    for title in added:
        yield _("Point ajouté\u00a0: %(title)s") % {"title": title}
    for title in removed:
        yield _("Point retiré\u00a0: %(title)s") % {"title": title}
    if set(after.papers) - set(before.papers):
        yield _("Pièces\u00a0: de nouveaux documents sont joints à l’ordre du jour")


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


def _to_withdrawn(messages: Sequence[Row]) -> dict[int, Composed | Skip]:
    """Take meetings out of calendars, telling nothing that their owners have not been told before."""
    sheets, earlier = _sheets(messages), _earlier(messages)
    people = Contact.objects.select_related("user").filter(
        public_id__in={_contact_id(message) for message in messages}
    )
    contacts = {contact.public_id: contact for contact in people}
    written: dict[int, Composed | Skip] = {}
    for message in messages:
        sheet, contact = sheets.get(message.about), contacts.get(_contact_id(message))
        told = last_told(earlier[message.about, message.recipient_key])
        if sheet is None or contact is None or told is None or not (told.is_expecting and told.facts):
            written[message.pk] = Skip(_("La personne n’attend pas cette réunion."))
        elif sheet.meeting.invitations.filter(contact=contact).exists():
            written[message.pk] = Skip(_("La personne est de nouveau invitée."))
        elif not address_of(contact):
            written[message.pk] = Skip(_("La personne n’a pas d’adresse électronique."))
        else:
            with _speaking(sheet.candidacy):
                written[message.pk] = _write_withdrawal(sheet, contact, told, told.facts)
    return written


def _write_withdrawal(sheet: _Sheet, contact: Contact, told: Told, facts: Facts) -> Composed:
    organiser, sequence = sheet.organiser, _next_sequence(sheet.meeting, told)
    name, address = contact.get_full_name(), address_of(contact)
    context = {
        **sheet.frame,
        **_as_told(facts),
        "footer_part": render_to_string("emails/parts/footer.txt", sheet.frame),
    }
    subject, body = render_mail("meeting_withdrawal", context)
    entry = Entry(
        uid=sheet.meeting.calendar_uid,
        sequence=sequence,
        title=facts.title,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        zone=sheet.candidacy.zone,
        organiser=_answered_at_mailbox(organiser),
        attendee=Person(name, address),
    )
    return Composed(
        address=address,
        subject=subject,
        body=_greeting(name) + body,
        attachments=(_calendar_file(entry, Method.CANCEL, sheet.stamp),),
        reply_to=organiser.address if organiser else "",
        facts={"meeting": facts.to_json(), "sequence": sequence},
    )


# --- calendar files ----------------------------------------------------------------------------------


def calendar_of(meeting: Meeting, *, with_reserved: bool) -> bytes:
    """Return the file that puts ``meeting`` into the calendar of whoever may read its page."""
    prefetch_related_objects([meeting], "agenda_items__papers")
    sheet = _Sheet(meeting, with_reserved)
    with _speaking(sheet.candidacy):
        entry = _entry(sheet)
    return write_calendar(entry, method=Method.PUBLISH, stamp=sheet.stamp)


def _entry(sheet: _Sheet) -> Entry:
    """Return ``sheet`` as a calendar shows it, addressed to nobody yet."""
    meeting = sheet.meeting
    return Entry(
        uid=meeting.calendar_uid,
        sequence=meeting.sequence,
        title=title_in_calendar(meeting.title, meeting.committee.acronym),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=sheet.candidacy.zone,
        location=meeting.place or meeting.video_url,
        description=sheet.details["description"],
        url=sheet.url,
        is_cancelled=meeting.is_cancelled,
    )


def _calendar_file(entry: Entry, method: Method, stamp: datetime) -> Attachment:
    return Attachment(
        filename="invite.ics",
        content_type=f"text/calendar; method={method.value}",
        content=write_calendar(entry, method=method, stamp=stamp),
        is_alternative=True,
    )


def _answered_at_mailbox(organiser: Person | None) -> Person | None:
    """Let calendars answer to the mailbox that we read, where there is one; people still write to the organiser."""
    if organiser is None or not settings.REPLY_MAILBOX_ADDRESS:
        return organiser
    return Person(organiser.name, settings.REPLY_MAILBOX_ADDRESS)


def _next_sequence(meeting: Meeting, told: Told | None) -> int:
    """Number a calendar file: above every one that the person has, or their calendar ignores it."""
    return max(meeting.sequence, told.sequence + 1 if told else 0)
