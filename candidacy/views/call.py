"""The page of the call, and one small form for each of its lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.eligibility import eligibility_of
from candidacy.forms.call import (
    CallForm,
    CallRowForm,
    CriterionForm,
    IndicatorForm,
    ObjectiveForm,
    PhaseForm,
    PieceForm,
    TerritoryForm,
)
from candidacy.models import Call, Candidacy, Criterion, Indicator, Objective, Phase, Piece, Territory
from candidacy.permissions import can_change_call, can_follow_piece, can_read_call
from candidacy.scope import candidacy_for
from candidacy.services.call import change_call, remove_call_row, save_call_row, set_piece_status
from core.errors import DomainError
from core.permissions import require
from core.search import fold
from core.sheets import submit

CallRow = TypeVar("CallRow", bound=Model)


@dataclass(frozen=True)
class RowKind(Generic[CallRow]):
    """What a list of the call is made of, and what its page says."""

    model: type[CallRow]
    form: type[CallRowForm]
    name: str
    anchor: str
    new_title: str | Promise
    warning: str | Promise


CRITERION = RowKind(
    Criterion,
    CriterionForm,
    "criterion",
    "criteres",
    gettext_lazy("Nouveau critère"),
    gettext_lazy("Le critère et ses invites de travail seront retirés."),
)
OBJECTIVE = RowKind(
    Objective,
    ObjectiveForm,
    "objective",
    "criteres",
    gettext_lazy("Nouvel objectif"),
    gettext_lazy("L’objectif sera retiré de son critère."),
)
INDICATOR = RowKind(
    Indicator,
    IndicatorForm,
    "indicator",
    "criteres",
    gettext_lazy("Nouvel indicateur"),
    gettext_lazy("L’indicateur et sa méthode seront retirés de leur critère."),
)
PHASE = RowKind(
    Phase,
    PhaseForm,
    "phase",
    "phases",
    gettext_lazy("Nouvelle étape"),
    gettext_lazy("L’étape et ses dates seront retirées du calendrier de l’appel."),
)
PIECE = RowKind(
    Piece,
    PieceForm,
    "piece",
    "pieces",
    gettext_lazy("Nouvelle pièce"),
    gettext_lazy("La pièce sera retirée de la liste à réunir."),
)
TERRITORY = RowKind(
    Territory,
    TerritoryForm,
    "territory",
    "territoires",
    gettext_lazy("Nouveau territoire"),
    gettext_lazy("Le territoire et ses populations seront retirés de la candidature."),
)


@require_safe
def call_detail(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_call(request.user, candidacy))
    call = get_object_or_404(Call, candidacy=candidacy)
    territories = _in_usual_order(candidacy.territories.all())
    context = {
        "call": call,
        "eligibility": eligibility_of(candidacy, call, territories),
        "criteria": candidacy.criteria.prefetch_related("objectives", "indicators"),
        "phases": candidacy.phases.all(),
        "pieces": candidacy.pieces.select_related("phase"),
        "piece_statuses": Piece.Status.choices,
        "territories": territories,
        "totals": _totals(territories),
        "population_sources": sorted(
            {(row.population_source, row.population_on) for row in territories if row.population_on}
        ),
    }
    return render(request, "candidacy/call_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def call_edit(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_to_change(request, slug)
    call = get_object_or_404(Call, candidacy=candidacy)
    form = CallForm(request.POST if request.method == "POST" else None, row=call, candidacy=candidacy)
    outcome = submit(form, lambda: change_call(call=call, fields=form.values, seen=form.cleaned_data["seen"]))
    if outcome.is_saved:
        messages.success(request, _("Les règles de l’appel sont enregistrées."))
        return redirect("candidacy:call-detail", slug)
    context = {"form": form, "heading": _("Règles de l’appel"), "differences": outcome.differences}
    return render(request, "candidacy/call_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, CRITERION, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def objective_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, OBJECTIVE, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, INDICATOR, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def phase_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, PHASE, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def piece_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, PIECE, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def territory_edit(request: AppRequest, slug: str, public_id: UUID | None = None) -> HttpResponse:
    return _edit(request, slug, TERRITORY, public_id)


@require_POST
def criterion_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, CRITERION, public_id)


@require_POST
def objective_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, OBJECTIVE, public_id)


@require_POST
def indicator_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, INDICATOR, public_id)


@require_POST
def phase_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, PHASE, public_id)


@require_POST
def piece_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, PIECE, public_id)


@require_POST
def territory_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    return _remove(request, slug, TERRITORY, public_id)


@require_POST
def piece_status(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_follow_piece(request.user, candidacy))
    piece = get_object_or_404(Piece, candidacy=candidacy, public_id=public_id)
    status = request.POST.get("status", "")
    if status in Piece.Status.values:
        set_piece_status(piece=piece, status=status)
        told = _("« %(name)s » : %(status)s.")
        messages.success(request, told % {"name": piece.name, "status": Piece.Status(status).label})
    else:
        messages.error(request, _("Cet état n’existe pas."))
    return redirect(_address(slug, PIECE))


def _edit(request: AppRequest, slug: str, kind: RowKind[Any], public_id: UUID | None) -> HttpResponse:
    """Add a row of ``kind``, or change the one that ``public_id`` names."""
    candidacy = _candidacy_to_change(request, slug)
    row = _row(candidacy, kind, public_id) if public_id else None
    form = kind.form(
        request.POST if request.method == "POST" else None,
        row=row,
        candidacy=candidacy,
        initial=_asked_criterion(request) if row is None else None,
    )
    outcome = submit(
        form,
        lambda: save_call_row(
            model=kind.model,
            candidacy=candidacy,
            fields=form.values,
            row=row,
            seen=form.cleaned_data.get("seen"),
            public_id=form.cleaned_data.get("public_id"),
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("« %(name)s » est enregistré.") % {"name": outcome.row})
        return redirect(_address(slug, kind))
    context = {"form": form, "kind": kind, "row": row, "differences": outcome.differences}
    if row is not None:
        context["remove_url"] = reverse(f"candidacy:{kind.name}-remove", args=[slug, public_id])
    return render(request, "candidacy/call_row_edit.html", context, status=outcome.status)


def _remove(request: AppRequest, slug: str, kind: RowKind[Any], public_id: UUID) -> HttpResponse:
    row = _row(_candidacy_to_change(request, slug), kind, public_id)
    try:
        remove_call_row(row=row)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("« %(name)s » est retiré.") % {"name": row})
    return redirect(_address(slug, kind))


def _candidacy_to_change(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_change_call(request.user, candidacy))
    return candidacy


def _row(candidacy: Candidacy, kind: RowKind[Any], public_id: UUID) -> Any:
    return get_object_or_404(kind.model, candidacy=candidacy, public_id=public_id)


def _address(slug: str, kind: RowKind[Any]) -> str:
    return f"{reverse('candidacy:call-detail', args=[slug])}#{kind.anchor}"


def _in_usual_order(territories: Iterable[Territory]) -> list[Territory]:
    """Put the candidate territories first, then by name as a French index runs."""
    return sorted(territories, key=lambda row: (row.role != Territory.Role.BEARER, fold(row.name)))


def _asked_criterion(request: AppRequest) -> dict[str, UUID]:
    """Return the criterion that a link « ajouter ici » names; the form knows whether the call has it."""
    try:
        return {"criterion": UUID(request.GET.get("critere", ""))}
    except ValueError:
        return {}


def _totals(territories: Sequence[Territory]) -> list[tuple[str, int, int]]:
    """Add up the populations of the candidate territories, and of all of them."""
    candidates = [row for row in territories if row.role == Territory.Role.BEARER]
    groups = [(_("Territoires candidats"), candidates), (_("Ensemble"), list(territories))]
    return [
        (
            label,
            sum(row.population_municipal or 0 for row in rows),
            sum(row.population_total or 0 for row in rows),
        )
        for label, rows in groups
        if rows
    ]
