"""Who may stand in for somebody at a meeting: their deputies, or a member who takes their proxy."""

from collections import Counter

from committees.models import CommitteeMember, Invitation
from partners.models import Contact


def deputies_of(invitation: Invitation) -> list[Contact]:
    """Return who deputises for the person at this committee on the day of the meeting, called or not."""
    meeting = invitation.meeting
    seats = CommitteeMember.objects.filter(
        committee=meeting.committee_id, deputy_of__contact=invitation.contact_id
    ).sitting_on(meeting.local_day)
    in_order = seats.select_related("contact__organisation").order_by(
        "contact__last_name", "contact__first_name", "pk"
    )
    return [seat.contact for seat in in_order]


def proxy_holders_for(invitation: Invitation) -> list[Contact]:
    """Return the voting members on the list who may take the person’s proxy: who comes or has not said, and has room."""
    if not invitation.is_voting:
        return []
    others = invitation.meeting.invitations.exclude(pk=invitation.pk)
    held = Counter(others.filter(answer=Invitation.Answer.PROXY).values_list("stand_in", flat=True))
    able = others.filter(is_voting=True).exclude(answer__in=Invitation.AWAY)
    in_order = able.select_related("contact__organisation").order_by(
        "contact__last_name", "contact__first_name", "pk"
    )
    most = invitation.meeting.committee.max_proxies
    return [other.contact for other in in_order if held[other.contact_id] < most]
