"""The deliberations as plain lines with what threatens them, the most urgent first: two queries, however many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidacy.models import Candidacy
from core.addresses import page_address
from core.templatetags.formats import number
from partners.deliberation_alerts import Alert, SittingDay, find_alert
from partners.models import Deliberation, DeliberationQuerySet, Sitting

Status = Deliberation.Status

_TONES = {Status.SCHEDULED: "info", Status.ADOPTED: "good", Status.REJECTED: "bad"}
_SUBJECTS, _STATUSES, _ASSEMBLIES = (
    dict(choices.choices) for choices in (Deliberation.Subject, Status, Sitting.Assembly)
)


@dataclass(frozen=True, slots=True)
class DeliberationLine:
    url: str
    title: str
    subject: str
    organisation: str
    organisation_url: str
    rapporteur: str
    #: The assembly and the days of the sitting; empty while none is chosen.
    assembly: str
    held_on: date | None
    agenda_closes_on: date | None
    status: str
    tone: str
    #: How many voted how.
    votes: str
    act_number: str
    alert: Alert | None

    @property
    def result(self) -> str:
        """Write « 28 pour, 2 contre, 1 abstention, acte 2027-03-12/07 »."""
        act = _("acte %(number)s") % {"number": self.act_number} if self.act_number else ""
        return ", ".join(filter(None, [self.votes, act]))


@dataclass(frozen=True, slots=True)
class RankedDeliberation:
    """One of a register before its line is written: of a thousand, a page shows fifty."""

    pk: int
    alert: Alert | None


def rank_deliberations(
    deliberations: DeliberationQuerySet, candidacy: Candidacy, *, today: date
) -> list[RankedDeliberation]:
    """Put ``deliberations`` of ``candidacy`` in order, with the sittings of each one's organisation that may still vote it.

    Alerts come first, then what is on its way by the day of its sitting, then what was decided, the latest first.
    """
    coming = Q(organisation__sittings__held_on__range=(today, candidacy.deposit_on or today))
    rows = (
        deliberations.annotate(coming=FilteredRelation("organisation__sittings", condition=coming))
        .order_by("pk")
        .values_list(
            *("pk", "status", "sitting__assembly", "sitting__held_on", "sitting__agenda_closes_on"),
            *("coming__assembly", "coming__held_on", "coming__agenda_closes_on"),
        )
    )
    ranked = [
        _ranked(list(group), candidacy.deposit_on, today) for _key, group in groupby(rows, key=itemgetter(0))
    ]
    return [each for _rank, each in sorted(ranked, key=itemgetter(0))]


def deliberation_lines(ranked: Iterable[RankedDeliberation], candidacy: Candidacy) -> list[DeliberationLine]:
    """Write the lines of ``ranked``, in their order."""
    alerts = {each.pk: each.alert for each in ranked}
    rows = Deliberation.objects.filter(pk__in=alerts).values_list(
        *("pk", "public_id", "title", "subject", "status", "rapporteur"),
        *("votes_for", "votes_against", "abstentions", "act_number"),
        *("organisation__public_id", "organisation__name"),
        *("sitting__assembly", "sitting__held_on", "sitting__agenda_closes_on"),
        named=True,
    )
    lines = {row.pk: _line(row, alerts[row.pk], candidacy) for row in rows}
    # One that was removed between the two readings has no line.
    return [lines[pk] for pk in alerts if pk in lines]


def _ranked(
    rows: list[Any], deposit_on: date | None, today: date
) -> tuple[tuple[int, ...], RankedDeliberation]:
    """Rank one deliberation by its rows, of which there is one for each sitting to come."""
    pk, status, *sitting = rows[0][:5]
    aimed = _day(*sitting)
    alert = find_alert(
        status=status,
        sitting=aimed,
        known=filter(None, (_day(*row[5:]) for row in rows)),
        deposit_on=deposit_on,
        today=today,
    )
    return (*_rank(status, aimed, alert), pk), RankedDeliberation(pk, alert)


def _line(row: Any, alert: Alert | None, candidacy: Candidacy) -> DeliberationLine:
    return DeliberationLine(
        url=page_address(
            "partners:deliberation-detail", candidacy.slug, row.organisation__public_id, row.public_id
        ),
        title=row.title,
        subject=str(_SUBJECTS[row.subject]),
        organisation=row.organisation__name,
        organisation_url=page_address(
            "partners:organisation-detail", candidacy.slug, row.organisation__public_id
        ),
        rapporteur=row.rapporteur,
        assembly=str(_ASSEMBLIES.get(row.sitting__assembly, "")),
        held_on=row.sitting__held_on,
        agenda_closes_on=row.sitting__agenda_closes_on,
        status=str(_STATUSES[row.status]),
        tone=_TONES.get(row.status, "neutral"),
        votes=", ".join(_votes(row)),
        act_number=row.act_number,
        alert=alert,
    )


def _day(assembly: str | None, held_on: date | None, agenda_closes_on: date | None) -> SittingDay | None:
    if assembly is None or held_on is None or agenda_closes_on is None:
        return None
    return SittingDay(assembly, held_on, agenda_closes_on)


def _rank(status: str, sitting: SittingDay | None, alert: Alert | None) -> tuple[int, int, int]:
    if alert is not None:
        return 0, *alert.rank
    day = (sitting.held_on if sitting else date.max).toordinal()
    return (1, 0, day) if status in Deliberation.UNDECIDED else (2, 0, -day)


def _votes(row: Any) -> Iterator[str]:
    if row.votes_for is not None:
        yield _("%(count)s pour") % {"count": number(row.votes_for)}
    if row.votes_against is not None:
        yield _("%(count)s contre") % {"count": number(row.votes_against)}
    if row.abstentions is not None:
        told = ngettext("%(count)s abstention", "%(count)s abstentions", row.abstentions)
        yield told % {"count": number(row.abstentions)}
