"""What the contracts of the demonstration say beside their sections, and the past of each."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from dossier.demonstration.cast import Cast
from dossier.models import DueDateChange, ExpectedProof, Reviewer, Section, StateChange
from dossier.services.outline import Contract, create_section
from dossier.services.retirement import retire_section
from dossier.services.writing import save_text


def add_terms(cast: Cast, section: Section, row: dict[str, Any]) -> None:
    """Name reviewers, expect proofs and tell how the date moved; nobody is written to about it."""
    Reviewer.objects.bulk_create(
        Reviewer(section=section, contact=cast.contacts[key]) for key in row.get("reviewers", ())
    )
    provided_at = cast.now - timedelta(days=6)
    for position, text in enumerate(row.get("expected_proofs", ()), start=1):
        provided = {"provided_at": provided_at, "provided_by": cast.lead}
        ExpectedProof.objects.create(
            section=section, position=position, text=text, **(provided if text in row["provided"] else {})
        )
    if "former_due_days" in row:
        DueDateChange.objects.create(
            section=section,
            former_on=cast.today + timedelta(days=row["former_due_days"]),
            new_on=cast.day(row["due_days"]),
            reason=row["due_reason"],
            changed_at=cast.now + timedelta(days=row["former_due_days"] - 2),
            changed_by=cast.lead,
        )


def date_state_changes(cast: Cast, section: Section, writer: User) -> None:
    """Lay the moves of a section over the days that follow its text: the writer hands in, the lead judges."""
    saved_at = section.revisions.order_by("-number").values_list("saved_at", flat=True)[0]
    state_changes = list(section.state_changes.in_order())
    step = min(timedelta(days=1), (cast.now - saved_at) / max(len(state_changes), 1))
    for place, change in enumerate(state_changes):
        is_writers = change.source in {Section.Status.ORDERED, Section.Status.WRITING}
        StateChange.objects.filter(pk=change.pk).update(
            moved_at=saved_at + place * step, moved_by=writer if is_writers else cast.lead
        )


def retire(cast: Cast, row: dict[str, Any]) -> None:
    """Write a section that left the outline some days ago."""
    part = cast.candidacy.sections.get(key=row["part"])
    section = create_section(candidacy=cast.candidacy, contract=Contract(title=row["title"], parent=part))
    section = save_text(section=section, body=row["text"], expected_revision=0, by=cast.lead)
    retired = retire_section(section=section, reason=row["reason"], by=cast.lead)
    retired_at = cast.now + timedelta(days=row["retired_days"])
    section.revisions.update(saved_at=retired_at - timedelta(days=30))
    section.state_changes.update(moved_at=retired_at - timedelta(days=30))
    Section.objects.filter(pk=retired.pk).update(
        organisation=cast.organisations[row["organisation"]],
        writer=cast.contacts[row["writer"]],
        retired_at=retired_at,
    )
