"""The public version of a dossier: what is marked confidential is taken out of the content before it is printed."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from django.utils.translation import gettext as _

from budget.summary import Side
from dossier.content import ChapterText, DossierContent, PrintedMatrix, PrintedPlan, SectionText
from dossier.models import Section

Kind = Section.Kind
Disclosure = Section.Disclosure


class Withheld(StrEnum):
    """What the public version leaves out of one section."""

    NOTHING = ""
    TEXT = "text"
    DATA = "data"
    AMOUNTS = "amounts"


def withheld_of(section: SectionText) -> Withheld:
    if section.is_confidential:
        return Withheld.TEXT
    if section.kind == Kind.TEXT or section.disclosure == Disclosure.SHOWN:
        return Withheld.NOTHING
    return Withheld.AMOUNTS if section.disclosure == Disclosure.SUMMARY else Withheld.DATA


def public_version(content: DossierContent) -> DossierContent:
    """Return ``content`` without what is confidential: texts, pictures, annexes and amounts.

    The titles stay, with the marks that have the press say in each place that something is left out. A confidential
    part takes its sections with it.
    """
    chapters = tuple(map(_public_chapter, content.chapters))
    public = replace(content, chapters=chapters)
    shown = {
        section.kind: withheld_of(section)
        for section in sorted(public.sections, key=lambda section: withheld_of(section) == Withheld.NOTHING)
        if withheld_of(section) in {Withheld.NOTHING, Withheld.AMOUNTS}
    }
    return replace(
        public,
        plan=_public_plan(content.plan, shown.get(Kind.FUNDING_PLAN)),
        circles=content.circles if Kind.PARTNERS in shown else (),
        committees=content.committees if Kind.GOVERNANCE in shown else (),
        meetings=content.meetings if Kind.CALENDAR in shown else (),
        phases=content.phases if Kind.CALENDAR in shown else (),
        matrix=_public_matrix(content.matrix, public) if Kind.CRITERIA in shown else None,
    )


def left_out(content: DossierContent) -> tuple[str, ...]:
    """Name in the order of the outline what the public version leaves out."""
    return tuple(
        _told(section, withheld)
        for chapter in content.chapters
        for section in _named(chapter)
        if (withheld := withheld_of(section))
    )


def _named(chapter: ChapterText) -> Iterable[SectionText]:
    if chapter.opening.is_confidential:
        return (chapter.opening,)
    return (chapter.opening, *chapter.sections)


def _told(section: SectionText, withheld: Withheld) -> str:
    sentences = {
        Withheld.TEXT: _("%(number)s %(title)s"),
        Withheld.DATA: _("%(number)s %(title)s : données imprimées à la suite du texte"),
        Withheld.AMOUNTS: _("%(number)s %(title)s : montants résumés"),
    }
    return sentences[withheld] % {"number": section.number, "title": section.title}


def _public_chapter(chapter: ChapterText) -> ChapterText:
    opening = _public_text(chapter.opening)
    if opening.is_confidential:
        return ChapterText(opening, ())
    return ChapterText(opening, tuple(map(_public_text, chapter.sections)))


def _public_text(section: SectionText) -> SectionText:
    return replace(section, body="") if section.is_confidential else section


def _public_matrix(matrix: PrintedMatrix | None, public: DossierContent) -> PrintedMatrix | None:
    """Leave out the lines of the sections that a confidential part took with it: even their titles are withheld."""
    if matrix is None:
        return None
    numbers = {section.number for section in public.sections}
    return replace(matrix, lines=tuple(line for line in matrix.lines if line.number in numbers))


def _public_plan(plan: PrintedPlan | None, withheld: Withheld | None) -> PrintedPlan | None:
    if plan is None or withheld is None:
        return None
    if withheld == Withheld.NOTHING:
        return plan
    summary = plan.summary
    return replace(
        plan,
        note="",
        rows=(),
        rows_in_kind=(),
        expenses_by_year=(),
        income_by_year=(),
        summary=replace(
            summary,
            years=(summary.years[0], summary.years[-1]),
            expenses=_by_account(summary.expenses),
            income=_by_account(summary.income),
            expenses_in_kind=_by_account(summary.expenses_in_kind),
            income_in_kind=_by_account(summary.income_in_kind),
        ),
    )


def _by_account(side: Side) -> Side:
    """Keep the total of each account, without its lines nor its years."""
    chapters = tuple(replace(chapter, rows=(), amounts=(chapter.total,)) for chapter in side.chapters)
    return replace(side, chapters=chapters, amounts=(side.total,))
