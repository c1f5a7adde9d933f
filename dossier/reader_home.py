"""What elected officials and observers find when they come in: the published editions, key figures, their meetings."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from budget.permissions import can_read_plan_summary
from budget.summary import PlanSummary
from candidacy.models import Candidacy
from committees.models import Invitation, Meeting
from dossier.dashboard import read_plan_of
from dossier.models import EditionPublication, EditionPublicationQuerySet

EDITIONS_SHOWN = 5


@dataclass(frozen=True)
class KeyFigures:
    days_left: int | None
    population: int | None
    territories: int
    partners: int
    plan: PlanSummary | None


@dataclass(frozen=True)
class ReaderHome:
    editions: tuple[EditionPublication, ...]
    figures: KeyFigures
    invitations: tuple[Invitation, ...]

    @property
    def latest(self) -> EditionPublication | None:
        return self.editions[0] if self.editions else None

    @property
    def earlier(self) -> tuple[EditionPublication, ...]:
        return self.editions[1:]


def readable_editions(candidacy: Candidacy, user: User) -> EditionPublicationQuerySet:
    """Return what is published of ``candidacy`` for ``user``, the latest first, with its editions and files."""
    published = EditionPublication.objects.visible_to(user).open().filter(edition__candidacy=candidacy)
    return published.newest_first().select_related("edition", "file").defer("edition__snapshot")


def read_reader_home(candidacy: Candidacy, user: User, *, now: datetime, today: date) -> ReaderHome:
    return ReaderHome(
        editions=tuple(readable_editions(candidacy, user)[:EDITIONS_SHOWN]),
        figures=KeyFigures(
            days_left=(candidacy.deposit_on - today).days if candidacy.deposit_on else None,
            population=candidacy.population,
            territories=candidacy.territories.count(),
            partners=candidacy.organisations.engaged().count(),
            plan=read_plan_of(candidacy) if can_read_plan_summary(user, candidacy) else None,
        ),
        invitations=tuple(
            Invitation.objects.filter(
                contact__user=user,
                contact__candidacy=candidacy,
                meeting__status=Meeting.Status.CONVENED,
                meeting__starts_at__gte=now,
            )
            .select_related("meeting__committee")
            .order_by("meeting__starts_at", "pk")
        ),
    )
