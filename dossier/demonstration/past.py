"""Dating what the histories say: without it, the first visit would find a thousand changes, all of a minute ago."""

from typing import Any

from django.db.models import Q

from budget.models import ExpenseLine, IncomeLine
from candidacy.models import Candidacy, Membership
from committees.models import Action, Committee, Decision, Meeting
from core.localtime import first_instant_from
from dossier.demonstration.cast import Cast
from dossier.demonstration.meetings import CONVENED_AT
from dossier.models import Section
from partners.models import Deliberation, Sitting

#: What the demonstration writes whose history is kept, and how each reaches its candidacy.
_HISTORIES: tuple[tuple[Any, str], ...] = (
    (Candidacy, "id"),
    (Membership, "candidacy"),
    (Sitting, "candidacy"),
    (Deliberation, "candidacy"),
    (Committee, "candidacy"),
    (Meeting, "committee__candidacy"),
    (Decision, "candidacy"),
    (Action, "candidacy"),
    (ExpenseLine, "plan__candidacy"),
    (IncomeLine, "plan__candidacy"),
    (Section, "candidacy"),
)


def date_the_past(cast: Cast) -> None:
    """Spread the histories over the life of the bid, each record at the day its row speaks of."""
    Candidacy.objects.filter(pk=cast.candidacy.pk).update(created_at=cast.begun)
    for model, path in _HISTORIES:
        value: Any = cast.candidacy.pk if path == "id" else cast.candidacy
        model.history.filter(Q(**{path: value})).update(history_date=cast.begun)
    for meeting in Meeting.objects.filter(committee__candidacy=cast.candidacy):
        for model in (Decision, Action):
            born = model.objects.filter(meeting=meeting).values("pk")
            model.history.filter(id__in=born).update(history_date=meeting.ends_at)
    finances = cast.users["team-finances"]
    for line in IncomeLine.objects.filter(plan__candidacy=cast.candidacy):
        if line.status_on is not None:
            known_at = first_instant_from(line.status_on, CONVENED_AT, cast.zone)
            IncomeLine.history.filter(id=line.pk).update(history_date=known_at, history_user=finances)
