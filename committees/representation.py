"""Who stands in for whom at a meeting: deputies, and members who take a proxy; and who took part."""

from collections import Counter
from collections.abc import Sequence

from committees.models import CommitteeMember, Invitation, Meeting
from partners.models import Contact

CAME = frozenset({Invitation.Attendance.PRESENT, Invitation.Attendance.REMOTE})


def took_part(invitation: Invitation) -> bool:
    """Whether the person came, or nobody noted whether they did."""
    return invitation.attendance in CAME | {Invitation.Attendance.UNKNOWN}


def representatives(meeting: Meeting, invitations: Sequence[Invitation]) -> dict[int, str]:
    """Name who stood in for each contact, by primary key, among the people of ``meeting`` who did not come.

    Whoever was named in an answer goes before a deputy who came unannounced; who did not come stands in for nobody.
    """
    came = {one.contact_id: one.contact.get_full_name() for one in invitations if one.attendance in CAME}
    missing = {one.contact_id: one for one in invitations if one.attendance not in CAME}
    standing_in = {
        key: came[one.stand_in_id]
        for key, one in missing.items()
        if one.answer in Invitation.REPRESENTED and one.stand_in_id in came
    }
    seats = CommitteeMember.objects.filter(committee=meeting.committee_id, deputy_of__isnull=False)
    for deputy, titular in seats.order_by("pk").values_list("contact", "deputy_of__contact"):
        if deputy in came and titular in missing:
            standing_in.setdefault(titular, came[deputy])
    return standing_in


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
