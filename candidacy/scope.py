"""From the slug of a URL to the candidacy of the page, for those who belong to it."""

from django.http import Http404
from django.utils import timezone

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import membership_in


def candidacy_for(request: AppRequest, slug: str) -> Candidacy:
    """Return the candidacy of the page, or answer 404 to whoever does not belong to it.

    Also puts ``candidacy`` and ``membership`` on the request, for the shell, and turns the page to the
    candidacy's time zone.
    """
    candidacy = Candidacy.objects.filter(slug=slug).first()
    membership = membership_in(request.user, candidacy) if candidacy else None
    if candidacy is None or membership is None:
        raise Http404
    request.candidacy = candidacy  # type: ignore[attr-defined]  # read by candidacy.context_processors
    request.membership = membership  # type: ignore[attr-defined]  # read by candidacy.context_processors
    timezone.activate(candidacy.zone)
    return candidacy
