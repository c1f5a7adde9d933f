"""Organisations and contacts of the demonstration bid."""

from django.db.models import Model

from candidacy.models import Membership
from dossier.demonstration.accounts import admit_account
from dossier.demonstration.cast import Cast, check_values
from partners.models import Contact, Organisation

#: Said on each sheet, so that nobody takes an invented person or engagement for a real one.
ORIGINS = {
    "candidature": "Structure réelle ; son engagement est inventé pour la démonstration",
    "fiction": "Structure inventée pour la démonstration",
}
PERSON_ORIGIN = "Personne inventée pour la démonstration"


def load_people(cast: Cast) -> None:
    territories = {territory.insee_code: territory for territory in cast.candidacy.territories.all()}
    for row in cast.source.rows("organisations"):
        cast.organisations[row["key"]] = Organisation(
            candidacy=cast.candidacy,
            name=row["name"],
            short_name=row["short_name"],
            kind=row["kind"],
            circle=row["circle"],
            stage=row["stage"],
            stage_changed_on=cast.day(row["stage_days"]),
            role=row["role"],
            discipline=row["discipline"],
            siren=row["siren"],
            territory=territories[row["commune"]] if row["commune"] else None,
            source=ORIGINS[row["source"]],
        )
        _save(cast, cast.organisations[row["key"]])
    for row in cast.source.rows("contacts"):
        cast.contacts[row["key"]] = Contact(
            candidacy=cast.candidacy,
            organisation=cast.organisations[row["organisation"]],
            user=cast.users.get(row["key"]),
            **{
                name: row[name] for name in ("first_name", "last_name", "job_title", "role", "email", "phone")
            },
            source=PERSON_ORIGIN,
        )
        _save(cast, cast.contacts[row["key"]])


def _save(cast: Cast, row: Model) -> None:
    check_values(row)
    row._history_date = cast.begun  # type: ignore[attr-defined]  # noqa: SLF001 -- how simple-history is told the day
    row.save()


def load_members(cast: Cast) -> None:
    """Open the candidacy to the accounts, one for each role."""
    for row in cast.source.table("candidacy")["accounts"]:
        admit_account(
            candidacy=cast.candidacy,
            user=cast.users[row["contact"]],
            role=Membership.Role(row["role"]),
            can_read_funding=row.get("can_read_funding", False),
        )
