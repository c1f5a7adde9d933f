"""Two editions side by side: what was written, struck out and moved, and what became of each line of the plan."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.summary import PlanRow, PlanSummary
from core import comparison
from core.comparison import Effort
from core.money import ZERO
from core.templatetags.formats import euros
from dossier.content import DossierContent, SectionText
from dossier.mentions import Mentions, pictures_named
from dossier.wording import picture_key, text_in_words


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def label(self) -> Promise:
        return _LABELS[self]

    @property
    def tone(self) -> str:
        return {"added": "good", "removed": "bad", "changed": "info"}[self]


_LABELS = {
    Change.ADDED: gettext_lazy("ajoutée"),
    Change.REMOVED: gettext_lazy("retirée"),
    Change.CHANGED: gettext_lazy("modifiée"),
}


@dataclass(frozen=True)
class SectionChange:
    change: Change
    key: str
    number: str
    title: str
    #: What the title or the number was, where it is another now.
    was: str
    #: Nothing where the text stayed the same.
    text: comparison.Comparison | None


@dataclass(frozen=True)
class Step:
    """One value of a line that became another; nothing stands where the line did not exist."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class LineChange:
    change: Change
    side: str
    account: str
    label: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Comparison:
    sections: tuple[SectionChange, ...]
    unchanged: int
    lines: tuple[LineChange, ...]
    totals: tuple[Step, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.sections or self.lines or self.totals)


def compare(before: DossierContent, after: DossierContent) -> Comparison:
    sections = tuple(_section_changes(before, after))
    kept = {text.key for text in before.sections} & {text.key for text in after.sections}
    plan_before = before.plan.summary if before.plan else None
    plan_after = after.plan.summary if after.plan else None
    return Comparison(
        sections=sections,
        unchanged=len(kept) - sum(section.change == Change.CHANGED for section in sections),
        lines=tuple(_line_changes(plan_before, plan_after)),
        totals=tuple(_totals(plan_before, plan_after)),
    )


def pictures_of(*shown: tuple[DossierContent, Callable[[UUID], str]]) -> Mentions:
    """Return where the pictures of each content are, as its texts name them once they are put into words."""
    alternatives: dict[UUID, str] = {}
    addresses: dict[UUID, str] = {}
    for content, address in shown:
        for identifier in pictures_named(*(text.body for text in content.sections)) & content.pictures.keys():
            key = picture_key(content, identifier)
            alternatives[key] = content.pictures[identifier].alternative_text
            addresses[key] = address(identifier)
    return Mentions(pictures=alternatives, addresses=addresses)


# --- text -------------------------------------------------------------------------------------------------


def _section_changes(before: DossierContent, after: DossierContent) -> Iterator[SectionChange]:
    """Go down the later outline, then name what is no longer in it.

    Texts are compared as they are read: a figure of the register that changed is a change of whatever names it.
    """
    effort = Effort()

    def change(kind: Change, text: SectionText, was: SectionText | None) -> SectionChange:
        old = text_in_words(before, was) if was else ""
        new = "" if kind == Change.REMOVED else text_in_words(after, text)
        renamed = was is not None and _name(was) != _name(text)
        return SectionChange(
            kind,
            text.key,
            text.number,
            text.title,
            _name(was) if was and renamed else "",
            comparison.compare(old, new, effort) if old != new else None,
        )

    earlier = {text.key: text for text in before.sections}
    for text in after.sections:
        was = earlier.pop(text.key, None)
        if was is None:
            yield change(Change.ADDED, text, None)
        elif (found := change(Change.CHANGED, text, was)).was or found.text:
            yield found
    for text in earlier.values():
        yield change(Change.REMOVED, text, text)


def _name(text: SectionText) -> str:
    return f"{text.number} {text.title}"


# --- funding plan -----------------------------------------------------------------------------------------


def _line_changes(before: PlanSummary | None, after: PlanSummary | None) -> Iterator[LineChange]:
    years = sorted({*(before.years if before else ()), *(after.years if after else ())})
    earlier, later = _rows(before), _rows(after)
    for identifier in [*later, *(key for key in earlier if key not in later)]:
        (side, was), (side_now, row) = earlier.get(identifier, ("", None)), later.get(identifier, ("", None))
        shown = row or was
        if shown is None:
            continue
        steps = tuple(
            step
            for step in _steps(_values(was, before, years), _values(row, after, years))
            if step.before != step.after
        )
        if steps:
            change = Change.CHANGED if was and row else Change.ADDED if row else Change.REMOVED
            yield LineChange(change, side_now or side, shown.account, shown.label, steps)


def _rows(plan: PlanSummary | None) -> dict[UUID, tuple[str, PlanRow]]:
    if plan is None:
        return {}
    sides = (
        (_("Charges"), plan.expenses),
        (_("Charges en nature"), plan.expenses_in_kind),
        (_("Produits"), plan.income),
        (_("Produits en nature"), plan.income_in_kind),
    )
    return {row.public_id: (name, row) for name, side in sides for row in side.rows}


def _values(row: PlanRow | None, plan: PlanSummary | None, years: list[int]) -> dict[str, str]:
    if row is None:
        return {}
    by_year = dict(zip(plan.years if plan else (), row.amounts, strict=True))
    return {
        _("Compte"): row.account,
        _("Libellé"): row.label,
        _("État"): row.status_label,
        **{str(year): euros(by_year.get(year, ZERO)) for year in years},
        _("Total"): euros(row.total),
    }


def _steps(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Step]:
    for name in before or after:
        yield Step(name, before.get(name, ""), after.get(name, ""))


def _totals(before: PlanSummary | None, after: PlanSummary | None) -> Iterator[Step]:
    measures: tuple[tuple[str, Callable[[PlanSummary], Decimal]], ...] = (
        (_("Total des charges"), lambda plan: plan.expenses.total),
        (_("Total des produits"), lambda plan: plan.income.total),
        (_("Acquis"), lambda plan: plan.secured),
        (_("Sollicité"), lambda plan: plan.requested),
        (_("Reste à trouver"), lambda plan: plan.to_find),
        (_("Charges en nature"), lambda plan: plan.expenses_in_kind.total),
        (_("Produits en nature"), lambda plan: plan.income_in_kind.total),
    )
    for name, measure in measures:
        values = [euros(measure(plan)) if plan else euros(ZERO) for plan in (before, after)]
        if values[0] != values[1]:
            yield Step(name, *values)
