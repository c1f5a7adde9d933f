from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from committees.models import Committee, CommitteeMember, ReminderRule
from committees.services.locking import (
    already_made,
    changed_fields,
    check_revision,
    identity,
    lock,
    save_changes,
)
from committees.services.reminders import replan_meeting
from core.errors import DomainError
from partners.models import Contact


class Reminder(NamedTuple):
    days_before: int
    local_time: time
    audience: str = ReminderRule.Audience.EXPECTED
    working_days: bool = False
    text: str = ""

    @classmethod
    def of(cls, rule: ReminderRule) -> "Reminder":
        return cls(rule.days_before, rule.local_time, rule.audience, rule.working_days, rule.text)


DEFAULT_REMINDERS = (Reminder(7, time(8)), Reminder(1, time(8)))


class CommitteeFields(TypedDict, total=False):
    name: str
    acronym: str
    kind: str
    mandate: str
    rhythm_min: int | None
    rhythm_max: int | None
    rhythm_period: str
    notice_days: int
    quorum: int | None
    decision_mode: str
    default_place: str
    default_video_url: str
    default_minutes: int
    animator: Contact | None
    co_animator: Contact | None
    minutes_due_days: int
    minutes_silence_days: int | None


class SeatFields(TypedDict, total=False):
    quality: str
    is_voting: bool
    deputy_of: CommitteeMember | None
    since: date | None
    until: date | None


@transaction.atomic
def create_committee(
    *,
    candidacy: Candidacy,
    reminders: Sequence[Reminder] = DEFAULT_REMINDERS,
    public_id: UUID | None = None,
    **fields: Unpack[CommitteeFields],
) -> Committee:
    locked = lock(candidacy)
    if (committee := already_made(locked.committees.all(), public_id)) is not None:
        return committee
    committee = Committee(candidacy=locked, **identity(public_id), **fields)
    _check_animators(committee, fields)
    committee.full_clean()
    committee.save()
    _write_reminders(committee, reminders)
    return committee


@transaction.atomic
def edit_committee(
    *,
    committee: Committee,
    expected_revision: int,
    reminders: Sequence[Reminder] | None = None,
    **fields: Unpack[CommitteeFields],
) -> Committee:
    """Change what a committee is; new reminder rules also re-plan the meetings already convened."""
    locked = lock(committee)
    _check_animators(locked, fields)
    changed = save_changes(locked, fields, expected_revision=expected_revision)
    has_other_rules = reminders is not None and _write_reminders(locked, reminders)
    if has_other_rules and not changed:
        check_revision(locked, expected_revision)
        locked.revision += 1
        locked.save()
    if has_other_rules:
        for meeting in locked.meetings.convened().filter(starts_at__gt=timezone.now()):
            replan_meeting(meeting=meeting)
    return locked


def _check_animators(committee: Committee, fields: CommitteeFields) -> None:
    for contact in (fields.get("animator"), fields.get("co_animator")):
        if contact is not None and contact.candidacy_id != committee.candidacy_id:
            raise DomainError(_("Cette personne n’est pas un contact de la candidature."))


def _write_reminders(committee: Committee, reminders: Sequence[Reminder]) -> bool:
    """Make the rules of ``committee`` those given; return whether that changed anything."""
    wanted = {reminder.days_before: reminder for reminder in reminders}
    if len(wanted) != len(reminders):
        raise DomainError(_("Deux rappels portent le même nombre de jours."))
    present = {rule.days_before: rule for rule in committee.reminder_rules.all()}
    if {days: Reminder.of(rule) for days, rule in present.items()} == wanted:
        return False
    committee.reminder_rules.exclude(days_before__in=wanted).delete()
    for days, reminder in wanted.items():
        rule = present.get(days) or ReminderRule(committee=committee, days_before=days)
        for field, value in reminder._asdict().items():
            setattr(rule, field, value)
        rule.full_clean()
        rule.save()
    return True


@transaction.atomic
def create_seat(*, committee: Committee, contact: Contact, **fields: Unpack[SeatFields]) -> CommitteeMember:
    """Give ``contact`` a seat; the meetings already convened keep the people they were sent to.

    The very seat they have already is given back, so that a double click is harmless.
    """
    locked = lock(committee)
    if contact.candidacy_id != locked.candidacy_id:
        raise DomainError(_("Cette personne n’est pas un contact de la candidature."))
    present = locked.members.filter(contact=contact).first()
    if present is not None and not changed_fields(present, fields):
        return present
    seat = CommitteeMember(committee=locked, contact=contact, **fields)
    _save_seat(seat)
    return seat


@transaction.atomic
def edit_seat(*, seat: CommitteeMember, **fields: Unpack[SeatFields]) -> CommitteeMember:
    locked = lock(seat)
    for name, value in fields.items():
        setattr(locked, name, value)
    _save_seat(locked)
    return locked


@transaction.atomic
def remove_seat(*, seat: CommitteeMember) -> None:
    """Take a seat away as if it had never been; invitations already sent stay."""
    lock(seat).delete()


def _save_seat(seat: CommitteeMember) -> None:
    if seat.quality != CommitteeMember.Quality.DEPUTY:
        seat.deputy_of = None
    titular = seat.deputy_of
    if titular and (titular.committee_id != seat.committee_id or titular.pk == seat.pk):
        raise DomainError(_("Un·e suppléant·e supplée un autre membre du même comité."))
    if titular and titular.quality == CommitteeMember.Quality.DEPUTY:
        raise DomainError(_("On ne supplée pas un·e suppléant·e."))
    if seat.pk and seat.quality == CommitteeMember.Quality.DEPUTY and seat.deputies.exists():
        raise DomainError(_("Ce membre a lui-même un·e suppléant·e\u00a0: changez d’abord ce siège-là."))
    _check_voice(seat, titular)
    seat.full_clean()
    seat.save()


def _check_voice(seat: CommitteeMember, titular: CommitteeMember | None) -> None:
    """A deputy speaks with the voice of the member they stand in for: without that voice they have none."""
    if titular and seat.is_voting and not titular.is_voting:
        raise DomainError(
            _("%(name)s n’a pas voix délibérative\u00a0: qui le ou la supplée ne l’a pas non plus.")
            % {"name": titular.contact}
        )
    if seat.pk and not seat.is_voting and seat.deputies.filter(is_voting=True).exists():
        raise DomainError(
            _("Un·e suppléant·e de ce membre a voix délibérative\u00a0: retirez-la d’abord sur son siège.")
        )
