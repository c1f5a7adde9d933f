"""The criteria of the call as the dossier answers them: the matrix, its file, and the page of one criterion."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import AppRequest
from candidacy.permissions import can_change_call
from candidacy.scope import candidacy_for
from core.permissions import require
from core.spreadsheet import Cell, SheetFormat, spreadsheet_response
from dossier.criteria import Matrix, criteria_visible_to, read_case, read_matrix
from dossier.permissions import can_edit_proofs, can_read_matrix

FORMATS: dict[str, SheetFormat] = {"csv": "csv", "xlsx": "xlsx"}


@require_safe
def criteria_matrix(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_matrix(request.user, candidacy))
    context = {
        "matrix": read_matrix(candidacy),
        "can_edit": can_edit_proofs(request.user, candidacy),
        "can_change_call": can_change_call(request.user, candidacy),
    }
    return render(request, "dossier/criteria_matrix.html", context)


@require_safe
def criteria_export(request: AppRequest, slug: str) -> HttpResponse:
    """Download the matrix, one line for each criterion and section, so that it can be filtered."""
    candidacy = candidacy_for(request, slug)
    require(can_read_matrix(request.user, candidacy))
    file_format = FORMATS.get(request.GET.get("format", "csv"))
    if file_format is None:
        return HttpResponseBadRequest(_("Ce format n’existe pas."))
    header: list[Cell] = [
        _("Critère"),
        _("Intitulé"),
        _("Section"),
        _("Titre de la section"),
        _("Nature de la preuve"),
        _("Note"),
        _("État"),
        _("Validée par"),
        _("Validée le"),
        _("Objectifs"),
        _("Indicateurs"),
    ]
    title = f"{_('critères')} {slug}"
    return spreadsheet_response(file_format, title=title, header=header, rows=_lines(read_matrix(candidacy)))


@require_safe
def criterion_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    criterion = get_object_or_404(criteria_visible_to(request.user, candidacy), public_id=public_id)
    context = {
        "case": read_case(criterion, request.user),
        "can_edit": can_edit_proofs(request.user, candidacy),
        "can_change_call": can_change_call(request.user, candidacy),
    }
    return render(request, "dossier/criterion_detail.html", context)


def _lines(matrix: Matrix) -> Iterator[list[Cell]]:
    """Give each proof its line; a criterion without any has one too, where it is missed."""
    for case in matrix.cases:
        aims: list[Cell] = [
            " ; ".join(str(row) for row in case.objectives),
            " ; ".join(f"{row.name} ({row.method})" for row in case.indicators),
        ]
        head: list[Cell] = [case.criterion.code, case.criterion.title]
        if not case.proofs:
            yield [*head, None, None, None, None, _("sans preuve"), None, None, *aims]
        for row in case.proofs:
            proof = row.proof
            yield [
                *head,
                row.section.number,
                row.section.title,
                proof.get_kind_display(),
                proof.note,
                proof.state_label,
                str(proof.validated_by or ""),
                proof.validated_at,
                *aims,
            ]
