"""Date polls inside the application: the lead proposes, reads and picks; members with an account answer."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from committees.closed_days import read_closed_days
from committees.forms.polls import PollAnswerForm, PollForm
from committees.models import DatePoll, PollParticipant
from committees.permissions import can_answer_poll, can_change_poll, can_create_poll
from committees.poll_page import read_grid
from committees.services.polls import answer_poll, choose_slot, close_poll, create_poll
from committees.views.scope import committee_of
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit


@require_http_methods(["GET", "POST"])
def poll_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    committee = committee_of(request, slug, public_id)
    require(can_create_poll(request.user, committee))
    form = PollForm(
        request.POST or None,
        committee=committee,
        closed=read_closed_days(committee.candidacy),
        initial={"public_id": uuid4()},
    )
    outcome = submit(
        form, lambda: create_poll(committee=committee, by=request.user, slots=form.slots, **form.values)
    )
    if outcome.is_saved:
        count = outcome.row.participants.count()
        said = ngettext(
            "%(n)d membre reçoit le sondage.", "%(n)d membres reçoivent le sondage, chacun son lien.", count
        )
        messages.success(request, said % {"n": count})
        return redirect("committees:poll-detail", slug, outcome.row.public_id)
    context = {"committee": committee, "form": form}
    return render(request, "committees/poll_create.html", context, status=outcome.status)


@require_GET
def poll_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show who can come when, to those who prepare the meeting; members see their own answer alone."""
    poll = _poll_of(request, slug, public_id)
    require(can_change_poll(request.user, poll))
    context = {"poll": poll, "grid": read_grid(poll, timezone.now())}
    return render(request, "committees/poll_detail.html", context)


@require_POST
def poll_choose(request: AppRequest, slug: str, public_id: UUID, slot_id: UUID) -> HttpResponse:
    poll = _poll_of(request, slug, public_id)
    require(can_change_poll(request.user, poll))
    slot = get_object_or_404(poll.slots.all(), public_id=slot_id)
    try:
        meeting = choose_slot(poll=poll, slot=slot)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("committees:poll-detail", slug, public_id)
    messages.success(
        request, _("La réunion est en préparation à cette date. Personne n’en est encore averti.")
    )
    return redirect("committees:meeting-detail", slug, meeting.public_id)


@require_POST
def poll_close(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    poll = _poll_of(request, slug, public_id)
    require(can_change_poll(request.user, poll))
    close_poll(poll=poll)
    messages.success(request, _("Le sondage est clos."))
    return redirect("committees:poll-detail", slug, public_id)


@require_http_methods(["GET", "POST"])
def poll_answer(request: AppRequest, slug: str, public_id: UUID, participant_id: UUID) -> HttpResponse:
    """Answer for oneself, or note what somebody said; reading the page answers nothing."""
    poll = _poll_of(request, slug, public_id)
    people = PollParticipant.objects.visible_to(request.user).select_related(
        "contact", "poll__committee__candidacy", "poll__chosen"
    )
    participant = get_object_or_404(people, poll=poll, public_id=participant_id)
    require(can_answer_poll(request.user, participant))
    may_read_all = can_change_poll(request.user, poll)
    context = {"poll": participant.poll, "participant": participant, "may_read_all": may_read_all}
    if not participant.poll.is_open:
        return render(
            request, "committees/poll_answer.html", context, status=409 if request.method == "POST" else 200
        )
    form = PollAnswerForm(request.POST or None, participant=participant, slots=list(poll.slots.all()))
    outcome = submit(
        form,
        lambda: answer_poll(participant=participant, answers=form.said, comment=form.cleaned_data["comment"]),
    )
    if outcome.is_saved:
        messages.success(
            request, _("La réponse de %(name)s est enregistrée.") % {"name": participant.contact}
        )
        if may_read_all:
            return redirect("committees:poll-detail", slug, public_id)
        return redirect("committees:meeting-list", slug)
    return render(request, "committees/poll_answer.html", {**context, "form": form}, status=outcome.status)


def _poll_of(request: AppRequest, slug: str, public_id: UUID) -> DatePoll:
    candidacy = candidacy_for(request, slug)
    polls = DatePoll.objects.visible_to(request.user).select_related("committee", "chosen", "meeting")
    poll = get_object_or_404(polls, committee__candidacy=candidacy, public_id=public_id)
    poll.committee.candidacy = candidacy
    return poll
