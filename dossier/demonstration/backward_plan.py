"""What is left to do before the deposit of the demonstration bid: done, under way, to begin now, and to come."""

from candidacy.models import PlanStep
from candidacy.services.backward_plan import keep_latest_dates, save_step
from dossier.demonstration.cast import Cast
from dossier.demonstration.days import office_day


def load_backward_plan(cast: Cast) -> None:
    steps: dict[str, PlanStep] = {}
    for row in cast.source.table("backward_plan")["steps"]:
        fields = {name: row[name] for name in ("title", "responsible", "duration", "day_kind") if name in row}
        if "started" in row:
            fields["started_on"] = office_day(cast.today, row["started"])
        if "finished" in row:
            fields["finished_on"] = office_day(cast.today, row["finished"])
        steps[row["key"]] = save_step(
            candidacy=cast.candidacy,
            fields=fields,
            predecessors=[steps[key] for key in row.get("after", ())],
        )
    keep_latest_dates(cast.candidacy, today=cast.today)
