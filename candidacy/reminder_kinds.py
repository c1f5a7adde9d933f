"""What people can be reminded of. Each application registers its kinds when Django starts.

A kind finds the objects that have a day and are still open, with whoever may read them at that moment: the
planning asks all of it each minute, and the delivery asks it again about what is leaving.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID

from django.utils.functional import Promise

from candidacy.models import Candidacy, RecallRule

Audience = RecallRule.Audience


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told of an object: ``url`` only where they may open its page.

    ``secret`` is the part of ``url`` that opens it to whoever knows it: it leaves, and is neither kept nor shown.
    """

    key: str
    name: str
    address: str
    url: str = ""
    user_id: int | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One object that is still open, and its day."""

    candidacy: Candidacy
    about: UUID
    day: date
    title: str
    #: Writes the facts under the first sentence, a line each, in the language that is active then.
    write_lines: Callable[[], Sequence[str]] = tuple
    #: The committee whose rule holds, where it has one of its own.
    committee: UUID | None = None
    concerned: tuple[Reader, ...] = ()
    leads: tuple[Reader, ...] = ()
    #: Writes the facts for leads, where they are others than for whoever is concerned.
    write_lines_for_leads: Callable[[], Sequence[str]] | None = None
    #: Tells apart two occasions on one day: an object that moved is another.
    hour: str = ""

    @property
    def occurrence(self) -> str:
        return f"{self.day.isoformat()}{self.hour}"

    def reader(self, key: str) -> Reader | None:
        """Return who has ``key``, as one of the people concerned where they are also a lead."""
        return next((one for one in (*self.concerned, *self.leads) if one.key == key), None)

    def is_for_lead(self, reader: Reader) -> bool:
        """Whether ``reader`` is told as a lead, and not as somebody concerned."""
        return all(one.key != reader.key for one in self.concerned)

    def readers(self, audience: str, *, is_last: bool) -> tuple[Reader, ...]:
        """Return whom a step of a rule speaks to; where nobody concerned can be reached, the leads are told."""
        told = {
            Audience.CONCERNED: self.concerned,
            Audience.LEADS: self.leads,
            Audience.BOTH: (*self.concerned, *self.leads),
            Audience.LADDER: (*self.concerned, *self.leads) if is_last else self.concerned,
        }[Audience(audience)]
        return told or self.leads


#: Finds the open objects of a kind, all of them or those of the public identifiers given.
Finder = Callable[[Collection[UUID] | None], Iterable[Occasion]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderKind:
    """``subject`` takes %(when)s and %(title)s, ``intro`` %(when)s; steps count before the day, or after it.

    Leads are told in the words for them, where a kind has any.
    """

    key: str
    label: str | Promise
    subject: str | Promise
    intro: str | Promise
    subject_for_leads: str | Promise = ""
    intro_for_leads: str | Promise = ""
    find: Finder
    steps: tuple[int, ...]
    is_after: bool = False
    audience: Audience = Audience.CONCERNED
    audiences: tuple[Audience, ...] = (Audience.CONCERNED, Audience.LEADS, Audience.BOTH)
    local_time: time = time(8)
    working_days: bool = True
    #: Whether a committee may have a rule of its own.
    is_of_committees: bool = False

    def usual_rule(self, candidacy: Candidacy, place: UUID) -> RecallRule:
        """Return, unsaved, the rule that holds where nobody has set another."""
        return RecallRule(
            candidacy=candidacy,
            place=place,
            kind=self.key,
            steps=list(self.steps),
            local_time=self.local_time,
            working_days=self.working_days,
            audience=self.audience,
        )

    def name_step(self, step: int) -> str:
        return f"J+{step}" if self.is_after else f"J-{step}"


@dataclass
class Rules:
    """The rules that somebody has set, read once for all the objects of a run."""

    rows: Mapping[tuple[UUID, str], RecallRule] = field(default_factory=dict)

    @classmethod
    def read(cls, candidacy: Candidacy | None = None) -> "Rules":
        rows = RecallRule.objects.all()
        if candidacy is not None:
            rows = rows.filter(candidacy=candidacy)
        return cls({(row.place, row.kind): row for row in rows})

    def holding(self, kind: ReminderKind, candidacy: Candidacy, committee: UUID | None) -> RecallRule:
        """Return the rule of the committee, else that of the candidacy, else the usual one."""
        own = self.rows.get((committee, kind.key)) if committee else None
        general = self.rows.get((candidacy.public_id, kind.key))
        return own or general or kind.usual_rule(candidacy, candidacy.public_id)

    def has_own(self, kind: ReminderKind, place: UUID) -> bool:
        """Whether somebody has set the rule of ``kind`` for ``place`` itself."""
        return (place, kind.key) in self.rows


_kinds: dict[str, ReminderKind] = {}


def register(kind: ReminderKind) -> None:
    if kind.key in _kinds:
        raise ValueError(f"Two kinds of reminder {kind.key!r}")
    _kinds[kind.key] = kind


def reminder_kinds() -> list[ReminderKind]:
    return list(_kinds.values())


def reminder_kind(key: str) -> ReminderKind:
    return _kinds[key]
