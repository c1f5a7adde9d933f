from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_lead, is_staff, role_in
from committees.models import (
    Action,
    Committee,
    CommitteeMember,
    DatePoll,
    Decision,
    Invitation,
    Meeting,
    Minutes,
    PollParticipant,
)
from committees.representation import took_part


def can_read_committees(user: User, candidacy: Candidacy) -> bool:
    """Elected officials read about the committees they sit on; the list itself is cut by ``visible_to``."""
    return is_staff(user, candidacy) or role_in(user, candidacy) == Membership.Role.ELECTED


def can_create_committee(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_change_committee(user: User, committee: Committee) -> bool:
    return is_staff(user, committee.candidacy)


def can_remove_seat(user: User, seat: CommitteeMember) -> bool:
    """Who left keeps a seat with an end; removing it altogether is for the lead."""
    return is_lead(user, seat.committee.candidacy)


def can_change_reminder_rules(user: User, committee: Committee) -> bool:
    """When the application writes to people is a setting, like those of the candidacy."""
    return is_lead(user, committee.candidacy)


def can_change_blackouts(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_remove_blackout(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def can_remove_template_item(user: User, committee: Committee) -> bool:
    return is_lead(user, committee.candidacy)


def can_create_meeting(user: User, committee: Committee) -> bool:
    return is_staff(user, committee.candidacy)


def can_create_poll(user: User, committee: Committee) -> bool:
    return is_staff(user, committee.candidacy)


def can_change_poll(user: User, poll: DatePoll) -> bool:
    """Read everybody’s answers, pick a date, close: one right, as for a meeting."""
    return is_staff(user, poll.committee.candidacy)


def can_answer_poll(user: User, participant: PollParticipant) -> bool:
    """People answer for themselves; the team writes down what it was told by telephone."""
    return participant.contact.user_id == user.pk or is_staff(user, participant.poll.committee.candidacy)


def can_change_meeting(user: User, meeting: Meeting) -> bool:
    """Prepare, convene, move, cancel, hold: one right, since whoever prepares a meeting sees it through."""
    return is_staff(user, meeting.committee.candidacy)


def can_remove_agenda_item(user: User, meeting: Meeting) -> bool:
    return is_lead(user, meeting.committee.candidacy)


def can_remove_paper(user: User, meeting: Meeting) -> bool:
    return is_lead(user, meeting.committee.candidacy)


def can_read_reserved(user: User, meeting: Meeting, own: Invitation | None) -> bool:
    """Read what is confidential on an agenda: the team does, and whoever decides. ``own`` is their invitation."""
    candidacy = meeting.committee.candidacy
    return is_staff(user, candidacy) or (own is not None and own.hears_reserved(role_in(user, candidacy)))


def can_remove_invitation(user: User, meeting: Meeting) -> bool:
    """Striking somebody off the list takes their answer with it; the answer « excused » is for everybody."""
    return is_lead(user, meeting.committee.candidacy)


def can_export_meetings(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_answer_invitation(user: User, invitation: Invitation) -> bool:
    """People answer for themselves; the team writes down what it was told by telephone."""
    return invitation.contact.user_id == user.pk or is_staff(user, invitation.meeting.committee.candidacy)


def can_record_attendance(user: User, meeting: Meeting) -> bool:
    return is_staff(user, meeting.committee.candidacy)


def can_hold_session(user: User, meeting: Meeting) -> bool:
    return is_staff(user, meeting.committee.candidacy)


def can_write_minutes(user: User, meeting: Meeting) -> bool:
    return is_staff(user, meeting.committee.candidacy)


def can_approve_minutes(user: User, meeting: Meeting) -> bool:
    return is_lead(user, meeting.committee.candidacy)


def can_propose_correction(user: User, minutes: Minutes, invitation: Invitation) -> bool:
    """Whoever took part asks for themselves, for as long as the minutes are sent and not approved."""
    is_own = invitation.contact.user_id == user.pk and invitation.meeting_id == minutes.meeting_id
    return minutes.is_sent and is_own and took_part(invitation)


def can_read_decisions(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_record_decision(user: User, meeting: Meeting) -> bool:
    return is_staff(user, meeting.committee.candidacy)


def can_change_decision(user: User, decision: Decision) -> bool:
    return is_staff(user, decision.candidacy)


def can_create_action(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_change_action(user: User, action: Action) -> bool:
    return is_staff(user, action.candidacy)


def can_report_action(user: User, action: Action) -> bool:
    """Whoever owns an action says how far it has come; what it asks for stays with the team."""
    if can_change_action(user, action):
        return True
    return action.owner is not None and action.owner.user_id == user.pk
