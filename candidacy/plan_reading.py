"""The backward plan of a candidacy as its page, its print and the dashboard show it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from candidacy.backward_plan import StepDates, StepFacts, StepState, dates_of
from candidacy.models import Candidacy, PlanStep
from core.templatetags.formats import short_date


@dataclass(frozen=True)
class PlanLine:
    """One task with its dates; without a day of deposit it has none."""

    step: PlanStep
    dates: StepDates | None
    #: The titles of what it waits for.
    after: tuple[str, ...]

    @property
    def alert(self) -> str:
        """Say what is wrong or near in one sentence; empty when nothing is."""
        if self.dates is None or not self.dates.state.is_alert:
            return ""
        words = {"start": short_date(self.dates.latest_start), "end": short_date(self.dates.latest_end)}
        return {
            StepState.OVERDUE: _("Devait être finie le %(end)s."),
            StepState.START_MISSED: _("Devait commencer le %(start)s au plus tard."),
            StepState.STARTS_SOON: _("À commencer le %(start)s au plus tard."),
            StepState.TOO_LONG: _("Finirait après le %(end)s, dernier jour possible."),
        }[self.dates.state] % words

    @property
    def slack_label(self) -> str:
        if self.dates is None or self.dates.slack is None:
            return ""
        slack = self.dates.slack
        days = f"{abs(slack)} {days_of(self.step, abs(slack))}"
        return _("%(days)s de trop") % {"days": days} if slack < 0 else days

    @property
    def duration_label(self) -> str:
        return f"{self.step.duration} {days_of(self.step, self.step.duration)}"


def days_of(step: PlanStep, count: int) -> str:
    """Name the days in which ``step`` is counted; in French, none is singular."""
    if step.day_kind == PlanStep.DayKind.WORKING:
        return _("jour ouvré") if count < 2 else _("jours ouvrés")
    return _("jour") if count < 2 else _("jours")


def read_backward_plan(candidacy: Candidacy, *, today: date) -> tuple[PlanLine, ...]:
    """Return the tasks by their latest start, then as they were written, in three queries at most."""
    steps = list(candidacy.plan_steps.prefetch_related("predecessors"))
    dates: dict[int, StepDates] = {}
    if steps and candidacy.deposit_on is not None:
        region = candidacy.holiday_region
        dates = dates_of(map(facts_of, steps), deposit_on=candidacy.deposit_on, today=today, region=region)
        steps.sort(key=lambda step: (dates[step.pk].latest_start, dates[step.pk].latest_end, step.pk))
    return tuple(
        PlanLine(step, dates.get(step.pk), tuple(row.title for row in step.predecessors.all()))
        for step in steps
    )


def facts_of(step: PlanStep) -> StepFacts:
    return StepFacts(
        key=step.pk,
        duration=step.duration,
        counts_working_days=step.day_kind == PlanStep.DayKind.WORKING,
        predecessors=frozenset(row.pk for row in step.predecessors.all()),
        planned_from=step.planned_from,
        started_on=step.started_on,
        finished_on=step.finished_on,
    )
