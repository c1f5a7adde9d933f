"""What a figure of the register was before, and who changed it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dossier.mentions import value_of
from dossier.models import LiveFigure

_SHOWN = 50


@dataclass(frozen=True)
class PastFigure:
    """The figure as one person saved it."""

    moment: datetime
    who: str
    label: str
    text: str
    source: str
    dated_on: date


def history_of(figure: LiveFigure) -> list[PastFigure]:
    """Return the states of ``figure``, newest first."""
    records = figure.history.select_related("history_user").order_by("-history_date", "-history_id")
    return [
        PastFigure(
            moment=record.history_date,
            who=str(record.history_user) if record.history_user else _("l’application"),
            label=record.label,
            text=value_of(record.instance).text,
            source=record.source,
            dated_on=record.dated_on,
        )
        for record in records[:_SHOWN]
    ]
