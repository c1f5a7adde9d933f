"""Whether a deliberation can still be voted before the deposit: days compared with days, without a query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.templatetags.formats import long_date
from partners.models import Deliberation, Sitting

Assembly = Sitting.Assembly
Status = Deliberation.Status

#: One is warned so many days before an agenda closes. A draft has to be written with the partner and read by their
#: own services; in two weeks falls one of the technical committee's meetings, which come once or twice a month.
CLOSES_SOON_DAYS = 14

_WITH_ARTICLE = {
    Assembly.MUNICIPAL: _("Le conseil municipal"),
    Assembly.COMMUNITY: _("Le conseil communautaire"),
    Assembly.METROPOLITAN: _("Le conseil métropolitain"),
    Assembly.DEPARTMENT: _("Le conseil départemental"),
    Assembly.REGION: _("Le conseil régional"),
    Assembly.STANDING: _("La commission permanente"),
    Assembly.BUREAU: _("Le bureau"),
    Assembly.UNION: _("Le comité syndical"),
    Assembly.BOARD: _("Le conseil d’administration"),
    Assembly.GENERAL: _("L’assemblée générale"),
}


class AlertKind(Enum):
    """The order of the members is the order of urgency."""

    TOO_LATE = ("bad", _("trop tard"))
    CLOSES_SOON = ("warn", _("clôture proche"))
    NO_SITTING = ("warn", _("aucune séance connue"))
    RESULT_AWAITED = ("info", _("vote à noter"))

    def __init__(self, tone: str, label: Promise) -> None:
        self.tone = tone
        self.label = label


@dataclass(frozen=True, slots=True)
class SittingDay:
    """A sitting as plain values."""

    assembly: str
    held_on: date
    agenda_closes_on: date


@dataclass(frozen=True, slots=True)
class Alert:
    kind: AlertKind
    #: The sitting that the alert is about; none where none is known.
    sitting: SittingDay | None
    deposit_on: date | None

    @property
    def rank(self) -> tuple[int, int]:
        """The most urgent sorts first, and among like ones the one whose agenda closes first."""
        day = self.sitting.agenda_closes_on if self.sitting else date.max
        return list(AlertKind).index(self.kind), day.toordinal()

    def __str__(self) -> str:
        if self.sitting is None:
            told = _t(
                "Aucune séance n’est connue d’ici au dépôt, le %(deposit)s\u00a0: demandez ses dates au partenaire."
            )
            return told % {"deposit": _day(self.deposit_on)}
        words = {
            "assembly": _WITH_ARTICLE[Assembly(self.sitting.assembly)],
            "day": _day(self.sitting.held_on),
            "closing": _day(self.sitting.agenda_closes_on),
        }
        return _sentence(self.kind) % words


def find_alert(
    *,
    status: str,
    sitting: SittingDay | None,
    known: Iterable[SittingDay],
    deposit_on: date | None,
    today: date,
) -> Alert | None:
    """Return what threatens a deliberation, or nothing: it was voted, or is safely on its way.

    ``sitting`` is the one it is meant for, ``known`` are those of its organisation. Where it is meant for one assembly,
    no other one can vote it. On the day on which an agenda closes it is still open.
    """
    if status not in Deliberation.UNDECIDED:
        return None
    scheduled = sitting if status == Status.SCHEDULED else None
    if scheduled is not None and scheduled.held_on < today:
        return Alert(AlertKind.RESULT_AWAITED, scheduled, deposit_on)
    if deposit_on is None or deposit_on < today:
        return None
    if scheduled is not None and scheduled.held_on <= deposit_on:
        return None
    able = [
        day
        for day in known
        if today <= day.held_on <= deposit_on and (sitting is None or day.assembly == sitting.assembly)
    ]
    return _of_the_last(able, deposit_on, today)


def _of_the_last(able: list[SittingDay], deposit_on: date, today: date) -> Alert | None:
    if not able:
        return Alert(AlertKind.NO_SITTING, None, deposit_on)
    still_open = [day for day in able if day.agenda_closes_on >= today]
    last = max(still_open or able, key=lambda day: (day.held_on, day.agenda_closes_on))
    if not still_open:
        return Alert(AlertKind.TOO_LATE, last, deposit_on)
    if (last.agenda_closes_on - today).days <= CLOSES_SOON_DAYS:
        return Alert(AlertKind.CLOSES_SOON, last, deposit_on)
    return None


def _sentence(kind: AlertKind) -> str:
    return {
        AlertKind.TOO_LATE: _t(
            "%(assembly)s vote pour la dernière fois avant le dépôt le %(day)s\u00a0; son ordre du jour est clos depuis "
            "le %(closing)s et la délibération n’y est pas."
        ),
        AlertKind.CLOSES_SOON: _t(
            "%(assembly)s vote pour la dernière fois avant le dépôt le %(day)s\u00a0; son ordre du jour se clôt le "
            "%(closing)s."
        ),
        AlertKind.RESULT_AWAITED: _t("%(assembly)s a siégé le %(day)s\u00a0: notez son vote."),
    }[kind]


def _day(day: date | None) -> str:
    """Write « 12 mars 2027 »."""
    return long_date(day).partition(" ")[2]
