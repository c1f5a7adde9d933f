"""The funding plan as people read it: two facing columns, their chapters, and whether they balance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.functional import Promise

from budget.models import ExpenseLine, FundingPlan, IncomeLine
from budget.nomenclature import (
    EXPENSE_CHAPTERS,
    IN_KIND_EXPENSE_CHAPTERS,
    IN_KIND_INCOME_CHAPTERS,
    INCOME_CHAPTERS,
)
from core.money import ZERO, add_up, share


@dataclass(frozen=True)
class PlanRow:
    """One line, with its planned amount for each year of the plan, in the order of the years."""

    public_id: UUID
    account: str
    label: str
    amounts: tuple[Decimal, ...]
    note: str = ""
    funder: str = ""
    funder_id: UUID | None = None
    status: str = ""
    status_label: str = ""
    requested: Decimal | None = None
    granted: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return add_up(self.amounts)

    @property
    def is_counted(self) -> bool:
        """Whether the line enters the totals: what was refused or withdrawn stays in sight but weighs nothing."""
        return self.status not in IncomeLine.LOST

    @property
    def is_secured(self) -> bool:
        return self.status in IncomeLine.SECURED

    @property
    def is_pending(self) -> bool:
        return self.status in IncomeLine.PENDING


@dataclass(frozen=True)
class Chapter:
    code: str
    label: str | Promise
    rows: tuple[PlanRow, ...]
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return add_up(self.amounts)


@dataclass(frozen=True)
class Side:
    """One column of the plan, or its part in kind."""

    chapters: tuple[Chapter, ...]
    amounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return add_up(self.amounts)

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        return tuple(row for chapter in self.chapters for row in chapter.rows)


@dataclass(frozen=True)
class PlanSummary:
    years: tuple[int, ...]
    expenses: Side
    income: Side
    expenses_in_kind: Side
    income_in_kind: Side

    @property
    def balance(self) -> Decimal:
        """Income less expenses: negative is what is missing."""
        return self.income.total - self.expenses.total

    @property
    def balances(self) -> tuple[Decimal, ...]:
        """The balance of each year."""
        return tuple(
            income - expense
            for income, expense in zip(self.income.amounts, self.expenses.amounts, strict=True)
        )

    @property
    def is_balanced(self) -> bool:
        return self.balance == ZERO and self.balance_in_kind == ZERO

    @property
    def balance_in_kind(self) -> Decimal:
        return self.income_in_kind.total - self.expenses_in_kind.total

    @property
    def secured(self) -> Decimal:
        """What funders have voted, notified, contracted or paid: the granted amounts, not the hoped ones."""
        return add_up(row.granted for row in self.income.rows if row.is_secured)

    @property
    def requested(self) -> Decimal:
        """What has been asked for and not yet voted, as planned."""
        return add_up(row.total for row in self.income.rows if row.is_pending)

    @property
    def to_find(self) -> Decimal:
        """What remains of the expenses once the secured and the requested income are taken off."""
        return max(self.expenses.total - self.secured - self.requested, ZERO)

    @property
    def secured_share(self) -> Decimal | None:
        return share(self.secured, self.expenses.total)


def read_plan(plan: FundingPlan) -> PlanSummary:
    """Read the whole of ``plan`` in four queries, whatever its size."""
    years = tuple(plan.years)
    expenses = [
        _expense_row(line, years) for line in plan.expense_lines.in_plan_order().prefetch_related("amounts")
    ]
    income = [
        _income_row(line, years)
        for line in plan.income_lines.in_plan_order().select_related("funder").prefetch_related("amounts")
    ]
    return PlanSummary(
        years=years,
        expenses=_side(expenses, EXPENSE_CHAPTERS, len(years)),
        income=_side(income, INCOME_CHAPTERS, len(years)),
        expenses_in_kind=_side(expenses, IN_KIND_EXPENSE_CHAPTERS, len(years)),
        income_in_kind=_side(income, IN_KIND_INCOME_CHAPTERS, len(years)),
    )


def income_rows(lines: Iterable[IncomeLine], years: Sequence[int]) -> list[PlanRow]:
    """Read ``lines``, already fetched with their funder and amounts, for a list outside the plan."""
    return [_income_row(line, years) for line in lines]


def _expense_row(line: ExpenseLine, years: Sequence[int]) -> PlanRow:
    by_year = {amount.year: amount.amount for amount in line.amounts.all()}
    return PlanRow(
        public_id=line.public_id,
        account=line.account,
        label=line.label,
        note=line.note,
        amounts=tuple(by_year.get(year, ZERO) for year in years),
    )


def _income_row(line: IncomeLine, years: Sequence[int]) -> PlanRow:
    by_year = {amount.year: amount.amount for amount in line.amounts.all()}
    return PlanRow(
        public_id=line.public_id,
        account=line.account,
        label=line.label,
        note=line.note,
        amounts=tuple(by_year.get(year, ZERO) for year in years),
        funder=line.funder.label if line.funder else "",
        funder_id=line.funder.public_id if line.funder else None,
        status=line.status,
        status_label=line.get_status_display(),
        requested=line.requested_amount,
        granted=line.granted_amount,
    )


def _side(rows: Iterable[PlanRow], chapters: Mapping[str, str | Promise], year_count: int) -> Side:
    by_chapter: dict[str, list[PlanRow]] = {code: [] for code in chapters}
    for row in rows:
        if row.account[:2] in by_chapter:
            by_chapter[row.account[:2]].append(row)
    filled = tuple(
        Chapter(code, chapters[code], tuple(found), _columns(found, year_count))
        for code, found in by_chapter.items()
        if found
    )
    return Side(filled, tuple(add_up(chapter.amounts[i] for chapter in filled) for i in range(year_count)))


def _columns(rows: Iterable[PlanRow], year_count: int) -> tuple[Decimal, ...]:
    counted = [row for row in rows if row.is_counted]
    return tuple(add_up(row.amounts[i] for row in counted) for i in range(year_count))
