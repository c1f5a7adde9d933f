"""The meetings to which people of one organisation are called and what they are to do, for its sheet."""

from datetime import date

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from committees.models import Action, Invitation, Meeting
from core.addresses import page_address
from core.templatetags.formats import short_date, short_moment
from partners.models import Organisation
from partners.panels import Panel, PanelRow

#: The latest meetings and the most pressing actions; the calendar and the register have them all.
_SHOWN = 8
_TONES = {
    Meeting.Status.CONVENED: "info",
    Meeting.Status.HELD: "good",
    Meeting.Status.CANCELLED: "bad",
    Meeting.Status.DRAFT: "neutral",
}


def meetings_panel(user: User, organisation: Organisation) -> Panel:
    called = Invitation.objects.filter(contact__organisation=organisation).values("meeting")
    meetings = (
        Meeting.objects.visible_to(user)
        .filter(pk__in=called)
        .select_related("committee")
        .only("public_id", "title", "starts_at", "status", "committee__acronym")
        .order_by("-starts_at", "-pk")[:_SHOWN]
    )
    slug = organisation.candidacy.slug
    rows = [
        PanelRow(
            title=meeting.title,
            url=page_address("committees:meeting-detail", slug, meeting.public_id),
            hint=f"{meeting.committee.acronym}, {short_moment(meeting.starts_at)}",
            badge=meeting.get_status_display(),
            tone=_TONES[Meeting.Status(meeting.status)],
        )
        for meeting in meetings
    ]
    return Panel(
        title=_("Réunions"), empty_text=_("Personne de cette structure n’est convoqué·e."), rows=tuple(rows)
    )


def actions_panel(user: User, organisation: Organisation) -> Panel:
    today = timezone.localdate()
    actions = (
        Action.objects.visible_to(user)
        .open()
        .filter(owner__organisation=organisation)
        .select_related("owner")
        .only("public_id", "title", "due_on", "status", "owner__first_name", "owner__last_name")
        .order_by(F("due_on").asc(nulls_last=True), "pk")[: _SHOWN + 1]
    )
    slug = organisation.candidacy.slug
    rows = [_action_row(action, slug, today) for action in actions]
    register = reverse("committees:action-list", args=[slug], query={"q": organisation.name})
    return Panel(
        title=_("Actions ouvertes"),
        empty_text=_("Personne de cette structure n’a d’action en cours."),
        rows=tuple(rows[:_SHOWN]),
        more_label=_("Toutes ses actions ouvertes"),
        more_url=register if len(rows) > _SHOWN else "",
    )


def _action_row(action: Action, slug: str, today: date) -> PanelRow:
    is_late = action.due_on is not None and action.due_on < today
    due = [_("pour le %(day)s") % {"day": short_date(action.due_on)}] if action.due_on else []
    return PanelRow(
        title=action.title,
        url=page_address("committees:action-edit", slug, action.public_id),
        hint=", ".join([str(action.owner), *due]),
        badge=_("en retard") if is_late else action.get_status_display(),
        tone="bad" if is_late else "info" if action.status == Action.Status.IN_PROGRESS else "neutral",
    )
