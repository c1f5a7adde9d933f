"""What the personal link of a date poll opens, for a member who may have no account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from candidacy.theme import theme_response
from committees.announcements import has_lost_access, reaching
from committees.forms.polls import PollAnswerForm
from committees.models import PollParticipant
from committees.poll_tokens import participant_id_in
from committees.services.polls import answer_poll
from core.addressed import for_whoever_knows_the_address, is_sent_from_elsewhere
from core.sheets import CONFLICT, submit


@for_whoever_knows_the_address
@require_http_methods(["GET", "HEAD", "POST"])
def poll_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the slots and answers nothing, a POST answers; who comes after the closing is told so."""
    participant = _participant(token)
    if participant is None:
        return render(request, "committees/poll_link_closed.html", status=404)
    poll = participant.poll
    candidacy = poll.committee.candidacy
    context: dict[str, object] = {"token": token, "candidacy": candidacy}
    if is_sent_from_elsewhere(request):
        return render(request, "committees/poll_link_refused.html", context, status=403)
    with timezone.override(candidacy.zone):
        context |= {"poll": poll, "participant": participant}
        if not poll.is_open:
            status = CONFLICT if request.method == "POST" else 200
            return render(request, "committees/poll_link.html", context, status=status)
        form = PollAnswerForm(
            request.POST or None, participant=participant, slots=list(poll.slots.all()), has_csrf=False
        )
        outcome = submit(
            form,
            lambda: answer_poll(
                participant=participant, answers=form.said, comment=form.cleaned_data["comment"]
            ),
        )
        if outcome.is_saved:
            return redirect(f"{reverse('committees:poll-link', args=[token])}?merci")
        context |= {"form": form, "just_answered": "merci" in request.GET and not form.is_bound}
        return render(request, "committees/poll_link.html", context, status=outcome.status)


@for_whoever_knows_the_address
@require_safe
def poll_link_theme(request: HttpRequest, token: str) -> HttpResponse:
    participant = _participant(token)
    if participant is None:
        return HttpResponse(status=404)
    return theme_response(participant.poll.committee.candidacy.accent_colour)


def _participant(token: str) -> PollParticipant | None:
    """Return whom the address speaks of, unless they were asked by an account that has lost the right to read."""
    public_id = participant_id_in(token)
    if public_id is None:
        return None
    rows = reaching(PollParticipant.objects.filter(public_id=public_id), "poll__committee__candidacy")
    participant = rows.select_related("contact__user", "poll__committee__candidacy", "poll__chosen").first()
    return None if participant is None or has_lost_access(participant) else participant
