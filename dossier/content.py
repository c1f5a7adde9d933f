"""Everything that the printed dossier shows, as plain values: what an edition freezes is these, and nothing else.

Nothing is queried after they are read: what is laid out is a value, so the same content gives the same file.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise

from budget.summary import PlanSummary
from core.money import add_up
from core.templatetags.formats import euros
from dossier.figures import PrintedPicture
from dossier.mentions import FigureValue
from dossier.models import Section
from dossier.tables import titled_tables

#: What static/pdf/dossier.css leaves to the amounts of a table by year, and what a digit and a cell's margin take of it.
YEARS_MILLIMETRES = 89
DIGIT_MILLIMETRES = 1.45
CELL_MILLIMETRES = 2


@dataclass(frozen=True)
class SectionText:
    public_id: UUID
    key: str
    number: str
    title: str
    kind: str
    body: str
    #: Both are for the public version alone, which leaves out what they say.
    is_confidential: bool = False
    disclosure: str = Section.Disclosure.SHOWN.value


@dataclass(frozen=True)
class ChapterText:
    """A part of the outline: its opening, and its sections."""

    opening: SectionText
    sections: tuple[SectionText, ...]

    @property
    def key(self) -> str:
        return self.opening.key

    @property
    def number(self) -> str:
        return self.opening.number

    @property
    def title(self) -> str:
        return self.opening.title


@dataclass(frozen=True)
class PlanCell:
    code: str
    label: str
    amount: Decimal
    detail: str = ""
    is_account: bool = False


@dataclass(frozen=True)
class PlanRow:
    """One line of the two facing columns; either side may be empty where the other one is longer."""

    expense: PlanCell | None
    income: PlanCell | None


@dataclass(frozen=True)
class YearRow:
    code: str
    label: str | Promise
    amounts: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True)
class PrintedPlan:
    summary: PlanSummary
    note: str
    rows: tuple[PlanRow, ...]
    rows_in_kind: tuple[PlanRow, ...]
    expenses_by_year: tuple[YearRow, ...]
    income_by_year: tuple[YearRow, ...]

    @property
    def grand_expenses(self) -> Decimal:
        return add_up([self.summary.expenses.total, self.summary.expenses_in_kind.total])

    @property
    def grand_income(self) -> Decimal:
        return add_up([self.summary.income.total, self.summary.income_in_kind.total])

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.rows_in_kind)

    @property
    def is_broad(self) -> bool:
        """Whether the tables by year are too wide for a portrait page, amounts being never broken."""
        rows = (*self.expenses_by_year, *self.income_by_year)
        longest = max((len(euros(row.total)) for row in rows), default=0)
        columns = len(self.summary.years) + 1
        return columns * (longest * DIGIT_MILLIMETRES + CELL_MILLIMETRES) > YEARS_MILLIMETRES


@dataclass(frozen=True)
class CallFigures:
    """What the call counts by, at the time the dossier was read."""

    authority: str
    population_min: int | None
    population_max: int | None
    population_kind: str
    prize_amount: Decimal | None


@dataclass(frozen=True)
class PartnerLine:
    name: str
    role: str
    kind: str
    commune: str


@dataclass(frozen=True)
class PartnerCircle:
    label: str
    partners: tuple[PartnerLine, ...]


@dataclass(frozen=True)
class Seat:
    quality: str
    name: str
    job_title: str
    organisation: str
    is_voting: bool


@dataclass(frozen=True)
class CommitteeSheet:
    name: str
    acronym: str
    mandate: str
    rhythm_min: int | None
    rhythm_max: int | None
    rhythm_period: str
    decision_mode: str
    quorum: int | None
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class MeetingLine:
    starts_at: datetime
    committee: str
    title: str
    place: str
    is_held: bool


@dataclass(frozen=True)
class PhaseLine:
    name: str
    planned_on: date | None
    planned_label: str
    actual_on: date | None


@dataclass(frozen=True)
class PrintedProof:
    kind: str
    is_brought: bool


@dataclass(frozen=True)
class MatrixColumn:
    code: str
    title: str
    is_proved: bool


@dataclass(frozen=True)
class MatrixLine:
    """One section against the criteria, in the order of the columns."""

    number: str
    title: str
    cells: tuple[tuple[PrintedProof, ...], ...]


@dataclass(frozen=True)
class PrintedIndicator:
    name: str
    method: str
    target: str


@dataclass(frozen=True)
class CriterionAims:
    """What the bid sets out to do under one criterion, and how it will be measured."""

    code: str
    title: str
    objectives: tuple[str, ...]
    indicators: tuple[PrintedIndicator, ...]


@dataclass(frozen=True)
class PrintedMatrix:
    columns: tuple[MatrixColumn, ...]
    lines: tuple[MatrixLine, ...]
    #: Editions that were frozen before these were printed have none.
    aims: tuple[CriterionAims, ...] = ()

    @property
    def has_aims(self) -> bool:
        return any(criterion.objectives or criterion.indicators for criterion in self.aims)


@dataclass(frozen=True)
class StoredFile:
    """A file of the media storage that the dossier may show."""

    name: str
    stored_name: str
    content_type: str
    sha256: str = ""


@dataclass(frozen=True)
class DossierContent:
    title: str
    tagline: str
    call_name: str
    title_year: int
    bearer_name: str
    bearer_kind: str
    deposit_on: date | None
    accent_colour: str
    language: str
    time_zone: str
    identifier: UUID
    is_fictitious: bool
    #: The latest change on record. Seats, phases and the names of communes carry no date: theirs does not count.
    changed_at: datetime
    #: The day of the dossier: whoever sits on it is printed, and an edition says the day.
    day: date
    logo: StoredFile | None
    chapters: tuple[ChapterText, ...]
    live_figures: dict[UUID, FigureValue]
    pictures: dict[UUID, PrintedPicture]
    files: dict[str, StoredFile]
    plan: PrintedPlan | None
    circles: tuple[PartnerCircle, ...]
    partner_count: int
    committees: tuple[CommitteeSheet, ...]
    meetings: tuple[MeetingLine, ...]
    phases: tuple[PhaseLine, ...]
    call: CallFigures | None = None
    population: int | None = None
    population_on: date | None = None
    #: Only where a section of the outline asks for it.
    matrix: PrintedMatrix | None = None

    @cached_property
    def places(self) -> dict[UUID, SectionText]:
        """The parts and sections by the identifier that references name them by."""
        return {text.public_id: text for text in self.sections}

    @cached_property
    def tables(self) -> dict[UUID, str]:
        """The titles of the tables that references may name; of two under one identity the first counts."""
        titled = [table for text in self.sections for table in titled_tables(text.body)]
        return {table.identity: table.title for table in reversed(titled) if table.identity}

    @property
    def sections(self) -> tuple[SectionText, ...]:
        """Every text in the order of the outline, the openings of the parts included."""
        return tuple(text for chapter in self.chapters for text in (chapter.opening, *chapter.sections))
