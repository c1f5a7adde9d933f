"""Who took part in a meeting, and who in whose place: the deputy of a titular who did not come."""

from collections.abc import Iterable

from committees.models import CommitteeMember, Invitation, Meeting

CAME = frozenset({Invitation.Attendance.PRESENT, Invitation.Attendance.REMOTE})


def took_part(invitation: Invitation) -> bool:
    """Whether the person came, or nobody noted whether they did."""
    return invitation.attendance in CAME | {Invitation.Attendance.UNKNOWN}


def representatives(meeting: Meeting, invitations: Iterable[Invitation]) -> dict[int, str]:
    """Name who stood in for each contact, by primary key, among the people of ``meeting`` who did not come."""
    by_contact = {invitation.contact_id: invitation for invitation in invitations}
    seats = CommitteeMember.objects.filter(committee=meeting.committee_id, deputy_of__isnull=False)
    standing_in: dict[int, str] = {}
    for deputy, titular in seats.order_by("pk").values_list("contact", "deputy_of__contact"):
        stands, missing = by_contact.get(deputy), by_contact.get(titular)
        if stands is None or missing is None or missing.attendance in CAME:
            continue
        if stands.attendance in CAME:
            standing_in.setdefault(titular, stands.contact.get_full_name())
    return standing_in
