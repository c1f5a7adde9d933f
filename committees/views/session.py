"""The screen of the room while a meeting is held: by keyboard, on a tablet, and as plain forms."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from committees.forms.session import (
    ArrivalForm,
    SessionActionForm,
    SessionDecisionForm,
    SignatureForm,
    label_of,
)
from committees.models import AgendaItem, Invitation, Meeting, MinutesText
from committees.models.session import SIGNATURE_HEIGHT, SIGNATURE_WIDTH
from committees.permissions import can_hold_session, can_write_minutes
from committees.ready_phrases import phrases_for
from committees.services.actions import create_action
from committees.services.session import (
    close_session,
    decide_in_session,
    go_to_item,
    note_arrival,
    open_session,
)
from committees.session_page import items_with_draft, read_room
from committees.views.scope import agenda_item_of, meeting_of
from committees.views.text_editor import (
    FROM_ROOM,
    TextEditor,
    hands_back_text,
    open_text,
    save_typed,
    text_of,
)
from core.errors import DomainError
from core.htmx import render_part
from core.permissions import require
from core.sheets import Outcome, submit

PRESENT = Invitation.Attendance.PRESENT
#: What the address of the room says to whoever goes on writing; static/js/session.js leads them to the editor.
WRITE = "rediger"


@require_GET
def session(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _room(request, _meeting(request, slug, public_id))


@require_POST
def session_open(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    return _step(request, meeting, lambda: open_session(meeting=meeting))


@require_POST
def session_close(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _close(request, _meeting(request, slug, public_id))


@require_http_methods(["GET", "POST"])
@hands_back_text
def session_text(request: AppRequest, slug: str, public_id: UUID, text_id: UUID) -> HttpResponse:
    """Save the text of an item from the room, and go where the button that was pressed says: an item, or the end.

    Nobody goes on from a text that could not be saved.
    """
    text = text_of(request, slug, public_id, text_id)
    meeting = text.minutes.meeting
    require(can_hold_session(request.user, meeting))
    if request.method == "GET":  # where the address of a text that could not be saved is opened again
        return _back(meeting)
    saving = save_typed(request, text, action=_text_address(text))
    if saving.editor is not None:
        return _room(request, meeting, editor=saving.editor, status=saving.editor.status)
    if not saving.is_saved:
        return _back(meeting)
    if "close" in request.POST:
        return _close(request, meeting)
    for field, part in (("go", ""), ("write", WRITE)):
        item = _item(meeting, _identifier(request, field))
        if item is not None:
            seen = text.agenda_item.public_id if text.agenda_item else None
            return _step(request, meeting, partial(go_to_item, item=item, seen=seen), part)
    return _back(meeting, WRITE)


@require_POST
def session_item(request: AppRequest, slug: str, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Go to one item; the one that the page showed comes along, so that a double click goes on by one."""
    meeting = _meeting(request, slug, public_id)
    item = agenda_item_of(meeting, item_id)
    return _step(request, meeting, partial(go_to_item, item=item, seen=_identifier(request, "seen")))


@require_POST
def session_decide(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    form = _decision_form(meeting, request.POST)
    outcome = submit(
        form,
        lambda: decide_in_session(
            meeting=meeting, item=_item(meeting, form.cleaned_data["item"]), **form.said
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("La décision %(number)s est enregistrée.") % {"number": outcome.row})
    if request.htmx:
        if outcome.is_saved:
            form = _decision_form(meeting, item=_item(meeting, form.cleaned_data["item"]))
        return _line(request, meeting, "decide", {"decision_form": form}, outcome)
    if outcome.is_saved:
        return _back(meeting, "decider")
    return _room(request, meeting, decision_form=form, status=outcome.status)


@require_POST
def session_act(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    meeting = _meeting(request, slug, public_id)
    form = _action_form(meeting, request.POST)
    candidacy = meeting.committee.candidacy
    outcome = submit(
        form,
        lambda: create_action(
            candidacy=candidacy,
            meeting=meeting,
            agenda_item=_item(meeting, form.cleaned_data["item"]),
            **form.said,
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("L’action est enregistrée."))
    if request.htmx:
        if outcome.is_saved:
            form = _action_form(meeting, item=_item(meeting, form.cleaned_data["item"]))
        return _line(request, meeting, "act", {"action_form": form}, outcome)
    if outcome.is_saved:
        return _back(meeting, "agir")
    return _room(request, meeting, action_form=form, status=outcome.status)


@require_POST
def session_arrive(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Tick somebody: that part of the page comes back alone to htmx."""
    meeting = _meeting(request, slug, public_id)
    invitation = _invitation(meeting, invitation_id)
    form = ArrivalForm(request.POST)
    outcome = submit(
        form, lambda: note_arrival(invitation=invitation, attendance=form.cleaned_data["attendance"])
    )
    if not outcome.is_saved:
        _tell(request, form)
    if request.htmx:
        return _people(request, meeting)
    return _back(meeting, "presences")


@require_GET
def session_people(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Bring the people and the voices up to date for a tablet on which nobody ticked."""
    meeting = _meeting(request, slug, public_id)
    if not request.htmx:
        return _back(meeting, "presences")
    return _people(request, meeting)


@require_http_methods(["GET", "POST"])
def session_sign(request: AppRequest, slug: str, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Hand the tablet to somebody: they sign, or only say that they are there."""
    meeting = _meeting(request, slug, public_id)
    invitation = _invitation(meeting, invitation_id)
    form = SignatureForm(request.POST or None)
    outcome = Outcome()
    if request.method == "POST":
        # A form of one field that may be empty is posted empty where nobody draws.
        form = SignatureForm(request.POST)
        outcome = submit(
            form,
            lambda: note_arrival(
                invitation=invitation, attendance=PRESENT, signature=form.cleaned_data["signature"]
            ),
        )
    if outcome.is_saved:
        messages.success(request, _("%(name)s est présent·e.") % {"name": invitation.contact})
        return _back(meeting, "presences")
    context = {
        "meeting": meeting,
        "invitation": invitation,
        "form": form,
        "width": SIGNATURE_WIDTH,
        "height": SIGNATURE_HEIGHT,
    }
    return render(request, "committees/session_sign.html", context, status=outcome.status)


def _meeting(request: AppRequest, slug: str, public_id: UUID) -> Meeting:
    meeting = meeting_of(request, slug, public_id)
    require(can_hold_session(request.user, meeting))
    return meeting


def _invitation(meeting: Meeting, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.select_related("contact", "meeting", "arrival")
    return get_object_or_404(rows, meeting=meeting, public_id=invitation_id)


def _item(meeting: Meeting, item_id: UUID | None) -> AgendaItem | None:
    return meeting.agenda_items.filter(public_id=item_id).first() if item_id else None


def _identifier(request: AppRequest, field: str) -> UUID | None:
    """Return the identifier that the page sent, if it is one."""
    sent = request.POST if request.method == "POST" else request.GET
    try:
        return UUID(sent.get(field, ""))
    except ValueError:
        return None


def _step(request: AppRequest, meeting: Meeting, deed: Callable[[], object], part: str = "") -> HttpResponse:
    try:
        deed()
    except DomainError as error:
        messages.error(request, str(error))
    return _back(meeting, part)


def _close(request: AppRequest, meeting: Meeting) -> HttpResponse:
    try:
        close_session(meeting=meeting)
    except DomainError as error:
        messages.error(request, str(error))
        return _back(meeting)
    messages.success(request, _("La séance est levée et la réunion marquée comme tenue."))
    return redirect("committees:minutes-detail", meeting.committee.candidacy.slug, meeting.public_id)


def _back(meeting: Meeting, part: str = "") -> HttpResponse:
    address = _address(meeting)
    return redirect(f"{address}#{part}" if part else address)


def _address(meeting: Meeting, name: str = "session", *ids: UUID) -> str:
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def _text_address(text: MinutesText) -> str:
    return _address(text.minutes.meeting, "session-text", text.public_id)


def _tell(request: AppRequest, form: ArrivalForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))


def _decision_form(meeting: Meeting, data: Any = None, item: AgendaItem | None = None) -> SessionDecisionForm:
    action = _address(meeting, "session-decide")
    return SessionDecisionForm(data, meeting=meeting, item=item, action=action, target="#decider")


def _action_form(meeting: Meeting, data: Any = None, item: AgendaItem | None = None) -> SessionActionForm:
    action = _address(meeting, "session-act")
    return SessionActionForm(data, meeting=meeting, item=item, action=action, target="#agir")


def _context(meeting: Meeting) -> dict[str, Any]:
    return {"meeting": meeting, "room": read_room(meeting), "now": timezone.now()}


def _people(request: AppRequest, meeting: Meeting) -> HttpResponse:
    """Answer htmx with who is there, and with whatever else of the page says how many they are."""
    context = {**_context(meeting), "is_part": True}
    text_id = _identifier(request, "text")
    if text_id:
        texts = MinutesText.objects.filter(minutes__meeting=meeting).select_related("agenda_item")
        text = get_object_or_404(texts, public_id=text_id)
        context["phrases"] = phrases_for(text, meeting, voices=context["room"].voices)
    return render_part(request, "committees/session.html", "presences", context)


def _line(
    request: AppRequest, meeting: Meeting, part: str, shown: dict[str, Any], outcome: Outcome
) -> HttpResponse:
    """Answer htmx with the part of the page where a line was entered, and with what came of it."""
    context = {**_context(meeting), **_actions(meeting), **shown, "is_line": True}
    return render_part(request, "committees/session.html", part, context, status=outcome.status)


def _actions(meeting: Meeting) -> dict[str, Any]:
    return {"actions": meeting.actions.select_related("owner").order_by("-pk")}


def _room(
    request: AppRequest,
    meeting: Meeting,
    *,
    editor: TextEditor | None = None,
    decision_form: SessionDecisionForm | None = None,
    action_form: SessionActionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(meeting)
    room = context["room"]
    item = room.current.item if room.current else None
    decision_form = decision_form or _decision_form(meeting, item=item)
    context |= _actions(meeting) | {
        "decision_form": decision_form,
        "action_form": action_form or _action_form(meeting, item=item),
        "people_labels": [label_of(person) for person in decision_form.offered],
        "drafted": items_with_draft(meeting, request.user),
        "here_url": _address(meeting),
        "return_query": FROM_ROOM,
    }
    editor = editor or _editor(request, room.text, meeting)
    if editor is not None:
        context |= editor.context(voices=room.voices)
        context["written"] = next(
            (row for row in room.items if row.item.pk == editor.text.agenda_item_id), None
        )
    return render(request, "committees/session.html", context, status=status)


def _editor(request: AppRequest, text: MinutesText | None, meeting: Meeting) -> TextEditor | None:
    """Open the text of the current item, for whoever writes the minutes and for as long as they are not approved."""
    if text is None or text.minutes.is_approved or not can_write_minutes(request.user, meeting):
        return None
    text.minutes.meeting = meeting
    return open_text(request, text, action=_text_address(text))
