"""From the slug of a URL to the candidacy of the page, for those who belong to it."""

from django.http import Http404
from django.utils import timezone

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import memberships_of


def candidacy_for(request: AppRequest, slug: str) -> Candidacy:
    """Return the candidacy of the page, or answer 404 to whoever does not belong to it.

    Also puts ``candidacy`` and ``membership`` on the request, for the shell, and turns the page to the
    candidacy's time zone.
    """
    memberships = memberships_of(request.user).values()
    membership = next((row for row in memberships if row.candidacy.slug == slug), None)
    if membership is None:
        raise Http404
    candidacy = membership.candidacy
    request.candidacy = candidacy  # type: ignore[attr-defined]  # read by candidacy.context_processors
    request.membership = membership  # type: ignore[attr-defined]  # read by candidacy.context_processors
    timezone.activate(candidacy.zone)
    return candidacy
