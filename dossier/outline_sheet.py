"""The outline as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from core.spreadsheet import Cell
from dossier.outline import OutlineRow

HEADER: Sequence[Cell] = (
    _("Numéro"),
    _("Section"),
    _("État"),
    _("Structure"),
    _("Personne responsable"),
    _("Échéance"),
    _("Première échéance convenue"),
    _("En retard"),
    _("Longueur"),
    _("Limite"),
    _("Unité"),
    _("Part de la limite (%)"),
    _("Critères"),
    _("Preuves fournies"),
    _("Preuves attendues"),
    _("Relecture"),
)


def sheet_rows(rows: Iterable[OutlineRow]) -> Iterator[Sequence[Cell]]:
    """Reads, of each section, what ``OutlineRow`` has and the proofs and reviewers that were fetched along."""
    for row in rows:
        section = row.section
        proofs = section.expected_proofs.all()
        yield (
            row.number,
            section.title,
            section.get_status_display(),
            section.organisation.name if section.organisation else "",
            str(section.writer or ""),
            section.due_on,
            row.first_due_on,
            row.is_late,
            row.length.used,
            row.length.limit,
            row.length.unit_label,
            row.length.percent,
            ", ".join(criterion.code for criterion in row.criteria),
            sum(proof.is_provided for proof in proofs),
            len(proofs),
            ", ".join(str(reviewer) for reviewer in section.reviewers.all()),
        )
