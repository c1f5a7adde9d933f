"""The meetings to which people of one organisation are called, for its sheet."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from committees.models import Invitation, Meeting
from core.templatetags.formats import short_moment
from partners.models import Organisation
from partners.panels import Panel, PanelRow

#: The latest ones; the calendar has them all.
_SHOWN = 8
_TONES = {
    Meeting.Status.CONVENED: "info",
    Meeting.Status.HELD: "good",
    Meeting.Status.CANCELLED: "bad",
    Meeting.Status.DRAFT: "neutral",
}


def meetings_panel(user: User, organisation: Organisation) -> Panel:
    called = Invitation.objects.filter(meeting=OuterRef("pk"), contact__organisation=organisation)
    meetings = (
        Meeting.objects.visible_to(user)
        .filter(Exists(called))
        .select_related("committee")
        .order_by("-starts_at", "-pk")[:_SHOWN]
    )
    slug = organisation.candidacy.slug
    rows = [
        PanelRow(
            title=meeting.title,
            url=reverse("committees:meeting-detail", args=[slug, meeting.public_id]),
            hint=f"{meeting.committee.acronym}, {short_moment(meeting.starts_at)}",
            badge=meeting.get_status_display(),
            tone=_TONES[Meeting.Status(meeting.status)],
        )
        for meeting in meetings
    ]
    return Panel(
        title=_("Réunions"), empty_text=_("Personne de cette structure n’est convoqué·e."), rows=tuple(rows)
    )
