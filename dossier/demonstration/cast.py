from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Model

from accounts.models import User
from candidacy.models import Candidacy
from committees.models import Decision
from dossier.demonstration.source import Source
from partners.models import Contact, Organisation


def check_values(row: Model) -> None:
    """Check the fields of a row but its relations, made here one line before, which would cost a query each."""
    row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation})


@dataclass(kw_only=True)
class Cast:
    """Who and what has been loaded so far, under the keys that the files use."""

    source: Source
    candidacy: Candidacy
    #: The instant of the loading, around which every date turns.
    now: datetime
    #: By the key of their contact.
    users: dict[str, User]
    organisations: dict[str, Organisation] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    #: Names of the files written so far: a transaction does not take those back.
    stored: list[str] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return self.candidacy.zone

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def lead(self) -> User:
        return self.users["lead"]

    @property
    def begun(self) -> datetime:
        """When the bid was begun: a little before its first meeting."""
        return self.now - timedelta(days=430)

    def day(self, distance: int | str | None) -> date | None:
        """Return the day so far from the loading; nothing has no day."""
        return None if distance in (None, "") else self.today + timedelta(days=int(distance))
