from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from candidacy.models import Candidacy, Membership
from candidacy.permissions import membership_in
from candidacy.scope import candidacy_for
from dossier.dashboard import read_dashboard
from dossier.partner_space import read_partner_space
from dossier.reader_home import read_reader_home
from dossier.services.visits import note_visit

Role = Membership.Role


@require_GET
def dashboard(request: AppRequest, slug: str) -> HttpResponse:
    """Open on what the person's role in the candidacy is here for."""
    candidacy = candidacy_for(request, slug)
    now, today = timezone.now(), timezone.localdate()
    since = _since(request, candidacy, now)
    role = membership_in(request.user, candidacy).role  # type: ignore[union-attr]  # candidacy_for has made sure
    if role == Role.PARTNER:
        space = read_partner_space(candidacy, request.user, now=now, today=today)
        return render(request, "dossier/partner_space.html", {"space": space})
    if role in {Role.ELECTED, Role.OBSERVER}:
        home = read_reader_home(candidacy, request.user, now=now, today=today)
        return render(request, "dossier/reader_home.html", {"home": home})
    board = read_dashboard(candidacy, reader=request.user, since=since, now=now, today=today)
    return render(request, "dossier/dashboard.html", {"board": board, "since": since})


def _since(request: AppRequest, candidacy: Candidacy, now: datetime) -> datetime:
    """Return since when to tell what changed; the session remembers it for the length of the visit."""
    membership = membership_in(request.user, candidacy)
    key = f"visit-{candidacy.pk}"
    remembered = request.session.get(key)
    since = note_visit(
        membership=membership,  # type: ignore[arg-type]  # candidacy_for has made sure
        begun_from=datetime.fromisoformat(remembered) if remembered else None,
        now=now,
    )
    if since.isoformat() != remembered:
        request.session[key] = since.isoformat()
    return since
