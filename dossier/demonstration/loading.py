"""Loading the demonstration bid: real communes and institutions, invented people, dates around the loading day.

It goes through the services that people go through, so what it makes is what they could have made. A past that nobody
lived here is beyond what services accept; the modules beside this one write it, and the models check it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from candidacy.call_templates import load_template
from candidacy.models import Candidacy, PopulationKind, Territory
from committees.services.committees import Reminder
from core.errors import DomainError
from dossier.demonstration.accounts import describe_accounts, draw_password, keep_accounts, open_account
from dossier.demonstration.backward_plan import load_backward_plan
from dossier.demonstration.bodies import load_bodies
from dossier.demonstration.cast import Cast
from dossier.demonstration.comments import (
    load_comments,
)
from dossier.demonstration.criteria import (
    load_criteria,
)
from dossier.demonstration.days import office_day
from dossier.demonstration.deliberations import load_deliberations
from dossier.demonstration.editions import load_editions
from dossier.demonstration.meetings import load_meetings
from dossier.demonstration.past import date_the_past
from dossier.demonstration.people import load_members, load_people
from dossier.demonstration.plan import load_plan
from dossier.demonstration.source import LENS_LIEVIN, Source
from dossier.demonstration.writing import load_dossier
from dossier.founding import CommitteeEntry, PhaseDates, Surroundings, TerritoryFields, found_candidacy
from dossier.pictures import prepare_picture
from notifications.tasks import send_due_messages

#: The columns of communes.csv are the legal populations in force at that date.
COMMUNES_SOURCE = "Populations légales en vigueur au 1er janvier 2024 (Insee)"
COMMUNES_ON = date(2024, 1, 1)
REMINDER_AT = time(8, 0)


@dataclass(frozen=True)
class Loaded:
    candidacy: Candidacy
    #: What the terminal shows: the accounts and their password.
    accounts: str


def load_demonstration(*, into_used_database: bool = False) -> Loaded:
    """Load the bid with its accounts, or refuse; a failure leaves neither rows nor files behind."""
    source = Source(LENS_LIEVIN)
    facts = source.table("candidacy")
    if Candidacy.objects.filter(slug=facts["slug"]).exists():
        raise DomainError("La candidature de démonstration est déjà dans cette base.")
    if Candidacy.objects.exists() and not into_used_database:
        raise DomainError(
            "Cette base contient déjà une candidature : la démonstration n’y est pas chargée. "
            "Pour l’y ajouter malgré tout : --force-into-non-empty."
        )
    password = draw_password()
    with _whole_or_nothing() as stored:
        cast = _found(source, facts, password)
        cast.stored = stored
        _store_logo(cast)
        _advance_pieces(cast, facts)
        load_people(cast)
        load_members(cast)
        load_deliberations(cast)
        load_meetings(cast)
        load_bodies(cast)
        load_backward_plan(cast)
        load_plan(cast)
        load_dossier(cast)
        load_criteria(cast)
        load_comments(cast)
        date_the_past(cast)
        load_editions(cast)
        description = describe_accounts(cast.candidacy, password)
        keep_accounts(cast.candidacy, description)
        # The minute's tick would send the convocations as well: whoever looks for the first time need not wait.
        transaction.on_commit(send_due_messages.delay, robust=True)
    return Loaded(cast.candidacy, description)


@contextmanager
def _whole_or_nothing() -> Iterator[list[str]]:
    """Run in one transaction, and take the files that were written back with it when it fails."""
    stored: list[str] = []
    try:
        with transaction.atomic():
            yield stored
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise


def _found(source: Source, facts: dict[str, Any], password: str) -> Cast:
    now = timezone.now()
    today = now.astimezone(ZoneInfo(facts["time_zone"])).date()
    deposit_on = office_day(today, facts["deposit_days"])
    title_year = deposit_on.year + facts["title_year_after_deposit"]
    users = _open_accounts(source, facts, password)
    candidacy = found_candidacy(
        founder=users["lead"],
        template=load_template(facts["call"]),
        surroundings=Surroundings(
            plan_years=(title_year - 1, title_year + 1),
            plan_note=" ".join(source.table("budget")["note"].split()),
            territories=_territories(source, facts),
            phases=_phases(facts, today, deposit_on, title_year),
            committees=_committees(source),
        ),
        deposit_on=deposit_on,
        title_year=title_year,
        is_fictitious=True,
        **{
            name: facts[name]
            for name in (
                *("slug", "title", "tagline", "time_zone", "accent_colour"),
                *("bearer_name", "bearer_kind", "bearer_siren"),
                *("population", "population_kind", "population_source", "population_on"),
            )
        },
    )
    return Cast(source=source, candidacy=candidacy, now=now, users=users)


def _open_accounts(source: Source, facts: dict[str, Any], password: str) -> dict[str, User]:
    people = {row["key"]: row for row in source.rows("contacts")}
    encoded = make_password(password)
    return {
        row["contact"]: open_account(
            email=people[row["contact"]]["email"],
            first_name=people[row["contact"]]["first_name"],
            last_name=people[row["contact"]]["last_name"],
            encoded_password=encoded,
        )
        for row in facts["accounts"]
    }


def _territories(source: Source, facts: dict[str, Any]) -> list[TerritoryFields]:
    candidates = set(facts["bearer_territories"])
    return [
        TerritoryFields(
            name=row["name"],
            insee_code=row["insee_code"],
            siren=row["siren"],
            role=Territory.Role.BEARER if row["insee_code"] in candidates else Territory.Role.ASSOCIATED,
            population_municipal=int(row[f"population_{PopulationKind.MUNICIPAL}"]),
            population_total=int(row[f"population_{PopulationKind.TOTAL}"]),
            population_source=COMMUNES_SOURCE,
            population_on=COMMUNES_ON,
        )
        for row in source.rows("communes")
    ]


def _phases(facts: dict[str, Any], today: date, deposit_on: date, title_year: int) -> dict[str, PhaseDates]:
    def day(distance: int | None) -> date | None:
        return None if distance is None else office_day(today, distance)

    dates = {}
    for row in facts["phases"]:
        planned_on = day(row.get("planned_days"))
        if row.get("is_deposit"):
            planned_on = deposit_on
        elif row.get("is_title_year"):
            planned_on = date(title_year, 1, 1)
        dates[row["key"]] = PhaseDates(
            planned_on=planned_on,
            planned_label=row.get("planned_label", ""),
            actual_on=day(row.get("actual_days")),
        )
    return dates


def _committees(source: Source) -> list[CommitteeEntry]:
    return [
        CommitteeEntry(
            fields={
                "name": row["name"],
                "acronym": row["acronym"],
                "kind": row["kind"],
                "mandate": row["mandate"],
                "rhythm_min": row["rhythm_min"],
                "rhythm_max": row["rhythm_max"],
                "rhythm_period": row["rhythm_period"],
                "notice_days": row["notice_days"],
                "quorum": row.get("quorum"),
                "default_place": row["place"],
                "default_minutes": row["minutes"],
            },
            reminders=[Reminder(local_time=REMINDER_AT, **rule) for rule in row["reminders"]],
        )
        for row in source.table("committees")["committees"]
    ]


def _store_logo(cast: Cast) -> None:
    content, suffix = prepare_picture(cast.source.content("logo.png"))
    candidacy = cast.candidacy
    candidacy.logo.save(f"{candidacy.public_id}{suffix}", ContentFile(content), save=False)
    cast.stored.append(str(candidacy.logo.name))
    candidacy.save(update_fields=["logo", "updated_at"])


def _advance_pieces(cast: Cast, facts: dict[str, Any]) -> None:
    pieces = {piece.key: piece for piece in cast.candidacy.pieces.all()}
    for row in facts["pieces"]:
        piece = pieces[row["key"]]
        piece.status = row["status"]
        piece.full_clean()
        piece.save(update_fields=["status"])
