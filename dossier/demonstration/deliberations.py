"""What the assemblies of partners have voted for the demonstration bid, are about to vote, and may vote too late."""

from typing import Any

from dossier.demonstration.cast import Cast
from dossier.demonstration.days import office_day
from partners.models import Sitting
from partners.services.deliberations import create_deliberation, create_sitting

#: Said on each, so that nobody takes an invented vote for a real one.
ORIGIN = "Délibération, vote et rapporteur·rice inventés pour la démonstration."


def load_deliberations(cast: Cast) -> None:
    table = cast.source.table("deliberations")
    sittings = {row["key"]: _load_sitting(cast, row) for row in table["sittings"]}
    for row in table["deliberations"]:
        sitting = sittings.get(row.get("sitting", ""))
        fields = {
            name: row[name]
            for name in (
                *("subject", "title", "rapporteur", "status"),
                *("votes_for", "votes_against", "abstentions"),
            )
            if name in row
        }
        create_deliberation(
            organisation=cast.organisations[row["organisation"]],
            fields={
                **fields,
                "sitting": sitting,
                "notes": " ".join(filter(None, [row.get("notes"), ORIGIN])),
                **_act(cast, row, sitting),
            },
        )


def _load_sitting(cast: Cast, row: dict[str, Any]) -> Sitting:
    return create_sitting(
        organisation=cast.organisations[row["organisation"]],
        fields={
            "assembly": row["assembly"],
            "held_on": office_day(cast.today, row["day"]),
            "agenda_closes_on": office_day(cast.today, row["closes"]),
        },
    )


def _act(cast: Cast, row: dict[str, Any], sitting: Sitting | None) -> dict[str, Any]:
    """Number the act by the day of its vote, as registers of acts do."""
    if sitting is None or "act" not in row:
        return {}
    return {
        "act_number": f"{sitting.held_on:%Y-%m-%d}/{row['act']}",
        "transmitted_on": office_day(cast.today, row["transmitted"]),
    }
