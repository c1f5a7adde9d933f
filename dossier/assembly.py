"""Reads everything that the printed dossier shows from all the apps, in a fixed number of queries."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import zip_longest

from django.db.models import Prefetch
from django.utils import timezone

from budget.models import FundingPlan
from budget.summary import Side, read_plan
from candidacy.models import Call, Candidacy, Phase
from committees.models import Committee, CommitteeMember, Meeting
from core.models import TimestampedModel
from core.money import ZERO
from dossier.content import (
    CallFigures,
    ChapterText,
    CommitteeSheet,
    CriterionAims,
    DossierContent,
    MatrixColumn,
    MatrixLine,
    MeetingLine,
    PartnerCircle,
    PartnerLine,
    PhaseLine,
    PlanCell,
    PlanRow,
    PrintedIndicator,
    PrintedMatrix,
    PrintedPlan,
    PrintedProof,
    Seat,
    SectionText,
    StoredFile,
    YearRow,
)
from dossier.criteria import CriterionCase, Matrix, read_matrix
from dossier.figures import PrintedPicture
from dossier.mentions import value_of
from dossier.models import Picture, Section
from dossier.outline import numbers
from partners.models import Organisation

_PICTURE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def read_dossier(candidacy: Candidacy) -> DossierContent:
    """Read what the dossier of ``candidacy`` prints, in twenty-one queries at most, whatever its size."""
    sections = list(candidacy.sections.in_outline_order())
    pictures = list(candidacy.pictures.order_by("pk"))
    live_figures = list(candidacy.live_figures.order_by("pk"))
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    lines = _dates_of_lines(plan) if plan else []
    organisations = list(_engaged_organisations(candidacy))
    day = timezone.localdate(timezone=candidacy.zone)
    committees = list(_committees(candidacy, day))
    meetings = list(_meetings(candidacy))
    call = Call.objects.filter(candidacy=candidacy).first()
    wants_matrix = any(section.kind == Section.Kind.CRITERIA for section in sections)
    matrix = read_matrix(candidacy) if wants_matrix else None
    changed: list[TimestampedModel] = [
        candidacy,
        *sections,
        *pictures,
        *live_figures,
        *organisations,
        *committees,
        *(seat.contact for committee in committees for seat in committee.members.all()),
        *meetings,
        *filter(None, [plan, call]),
        *(row.proof for case in (matrix.cases if matrix else ()) for row in case.proofs),
    ]
    return DossierContent(
        title=candidacy.title,
        tagline=candidacy.tagline,
        call_name=call.name if call else "",
        title_year=candidacy.title_year,
        bearer_name=candidacy.bearer_name,
        bearer_kind=candidacy.get_bearer_kind_display(),
        deposit_on=candidacy.deposit_on,
        accent_colour=candidacy.accent_colour,
        language=candidacy.language,
        time_zone=candidacy.time_zone,
        identifier=candidacy.public_id,
        is_fictitious=candidacy.is_fictitious,
        changed_at=max([row.updated_at for row in changed] + lines),
        day=day,
        logo=_logo(candidacy),
        chapters=_chapters(sections),
        live_figures={figure.public_id: value_of(figure) for figure in live_figures},
        pictures={picture.public_id: _printed(picture) for picture in pictures},
        files={stored.name: stored for stored in map(_stored, pictures)},
        plan=_plan(plan) if plan else None,
        circles=_circles(organisations),
        partner_count=len(organisations),
        committees=tuple(_committee_sheet(committee) for committee in committees),
        meetings=tuple(_meeting_line(meeting) for meeting in meetings),
        phases=tuple(_phase_line(phase) for phase in candidacy.phases.order_by("position")),
        matrix=_printed_matrix(matrix) if matrix else None,
        call=_call_figures(call) if call else None,
        population=candidacy.population,
        population_on=candidacy.population_on,
    )


def _call_figures(call: Call) -> CallFigures:
    return CallFigures(
        authority=call.authority,
        population_min=call.population_min,
        population_max=call.population_max,
        population_kind=call.population_kind,
        prize_amount=call.prize_amount,
    )


# --- text ---------------------------------------------------------------------------------------------


def _chapters(sections: list[Section]) -> tuple[ChapterText, ...]:
    number_of = numbers((section.pk, section.parent_id) for section in sections)
    children: dict[int, list[SectionText]] = {}
    for section in sections:
        if section.parent_id is not None:
            children.setdefault(section.parent_id, []).append(_text(section, number_of[section.pk]))
    return tuple(
        ChapterText(_text(section, number_of[section.pk]), tuple(children.get(section.pk, [])))
        for section in sections
        if section.parent_id is None
    )


def _text(section: Section, number: str) -> SectionText:
    return SectionText(
        public_id=section.public_id,
        key=section.key,
        number=number,
        title=section.title,
        kind=section.kind,
        body=section.body,
        is_confidential=section.is_confidential,
        disclosure=section.disclosure,
    )


def _printed(picture: Picture) -> PrintedPicture:
    return PrintedPicture(
        name=_stored(picture).name,
        alternative_text="" if picture.is_decorative else picture.alternative_text,
        caption=picture.caption,
        credit=picture.credit,
        is_decorative=picture.is_decorative,
    )


def _stored(picture: Picture) -> StoredFile:
    stored_name = picture.file.name or ""
    suffix = _suffix(stored_name)
    return StoredFile(
        name=f"{picture.public_id}{suffix}",
        stored_name=stored_name,
        content_type=_PICTURE_TYPES.get(suffix, ""),
        sha256=picture.digest,
    )


def _logo(candidacy: Candidacy) -> StoredFile | None:
    if not candidacy.logo:
        return None
    stored_name = candidacy.logo.name or ""
    suffix = _suffix(stored_name)
    return StoredFile(f"logo{suffix}", stored_name, _PICTURE_TYPES.get(suffix, ""))


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2].lower()}"


# --- funding plan ---------------------------------------------------------------------------------------


def _plan(plan: FundingPlan) -> PrintedPlan:
    summary = read_plan(plan)
    return PrintedPlan(
        summary=summary,
        note=" ".join(plan.note.split()),
        rows=_facing(summary.expenses, summary.income),
        rows_in_kind=_facing(summary.expenses_in_kind, summary.income_in_kind),
        expenses_by_year=_years(summary.expenses),
        income_by_year=_years(summary.income),
    )


def _dates_of_lines(plan: FundingPlan) -> list[datetime]:
    """Return when the charges and the income last changed; their amounts are saved with them."""
    income = plan.income_lines.values_list("updated_at", flat=True)
    return list(plan.expense_lines.values_list("updated_at", flat=True).union(income))


def _facing(expenses: Side, income: Side) -> tuple[PlanRow, ...]:
    return tuple(PlanRow(left, right) for left, right in zip_longest(_cells(expenses), _cells(income)))


def _cells(side: Side) -> Iterable[PlanCell]:
    """Go down one column: each account with its total, then its lines; what was refused or withdrawn is left out."""
    for chapter in side.chapters:
        rows = [row for row in chapter.rows if row.is_counted]
        if not rows:
            continue
        yield PlanCell(chapter.code, str(chapter.label), chapter.total, is_account=True)
        for row in rows:
            yield PlanCell(row.account, row.label, row.total, str(row.status_label))


def _years(side: Side) -> tuple[YearRow, ...]:
    return tuple(
        YearRow(chapter.code, chapter.label, chapter.amounts, chapter.total)
        for chapter in side.chapters
        if chapter.total != ZERO
    )


# --- partners, committees, calendar -------------------------------------------------------------------------


def _engaged_organisations(candidacy: Candidacy) -> Iterable[Organisation]:
    """Only those that have committed themselves: nobody is printed as a partner for having been approached."""
    return candidacy.organisations.engaged().select_related("territory").order_by("name", "pk")


def _circles(organisations: list[Organisation]) -> tuple[PartnerCircle, ...]:
    return tuple(
        PartnerCircle(str(circle.label), found)
        for circle in Organisation.Circle
        if (found := tuple(_partner_line(row) for row in organisations if row.circle == circle))
    )


def _partner_line(organisation: Organisation) -> PartnerLine:
    return PartnerLine(
        name=organisation.name,
        role=organisation.role,
        kind=organisation.get_kind_display(),
        commune=organisation.territory.name if organisation.territory else "",
    )


def _committees(candidacy: Candidacy, day: date) -> Iterable[Committee]:
    seated = CommitteeMember.objects.sitting_on(day)
    members = seated.select_related("contact__organisation").order_by("pk")
    return candidacy.committees.order_by("pk").prefetch_related(Prefetch("members", queryset=members))


def _committee_sheet(committee: Committee) -> CommitteeSheet:
    qualities = list(CommitteeMember.Quality.values)
    members = sorted(committee.members.all(), key=lambda member: qualities.index(member.quality))
    return CommitteeSheet(
        name=committee.name,
        acronym=committee.acronym,
        mandate=committee.mandate,
        rhythm_min=committee.rhythm_min,
        rhythm_max=committee.rhythm_max,
        rhythm_period=committee.get_rhythm_period_display(),
        decision_mode=committee.get_decision_mode_display(),
        quorum=committee.quorum,
        seats=tuple(_seat(member) for member in members),
    )


def _seat(member: CommitteeMember) -> Seat:
    return Seat(
        quality=member.get_quality_display(),
        name=member.contact.get_full_name(),
        job_title=member.contact.job_title,
        organisation=member.contact.organisation.label,
        is_voting=member.is_voting,
    )


def _meetings(candidacy: Candidacy) -> Iterable[Meeting]:
    """What was held or convened; a meeting in preparation is nobody's business yet."""
    shown = [Meeting.Status.CONVENED, Meeting.Status.HELD]
    return (
        Meeting.objects.filter(committee__candidacy=candidacy, status__in=shown)
        .select_related("committee")
        .order_by("starts_at", "pk")
    )


def _meeting_line(meeting: Meeting) -> MeetingLine:
    return MeetingLine(
        starts_at=meeting.starts_at,
        committee=meeting.committee.acronym,
        title=meeting.title,
        place=meeting.place,
        is_held=meeting.status == Meeting.Status.HELD,
    )


def _phase_line(phase: Phase) -> PhaseLine:
    return PhaseLine(phase.name, phase.planned_on, phase.planned_label, phase.actual_on)


# --- criteria ---------------------------------------------------------------------------------------------


def _printed_matrix(matrix: Matrix) -> PrintedMatrix:
    """Keep the sections that prove something: a line without a cell filled in tells the jury nothing."""
    return PrintedMatrix(
        columns=tuple(
            MatrixColumn(case.criterion.code, case.criterion.title, case.brought > 0) for case in matrix.cases
        ),
        lines=tuple(
            MatrixLine(
                row.section.number,
                row.section.title,
                tuple(
                    tuple(PrintedProof(proof.get_kind_display(), proof.is_brought) for proof in cell.proofs)
                    for cell in row.cells
                ),
            )
            for row in matrix.rows
            if any(cell.proofs for cell in row.cells)
        ),
        aims=tuple(_aims(case) for case in matrix.cases),
    )


def _aims(case: CriterionCase) -> CriterionAims:
    return CriterionAims(
        code=case.criterion.code,
        title=case.criterion.title,
        objectives=tuple(objective.statement for objective in case.objectives),
        indicators=tuple(
            PrintedIndicator(indicator.name, " ".join(indicator.method.split()), indicator.target)
            for indicator in case.indicators
        ),
    )
