from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import spreadsheet_response
from dossier.live_figure_forms import LiveFigureFilterForm, LiveFigureForm
from dossier.live_figure_history import history_of
from dossier.mentions import value_of
from dossier.models import LiveFigure, LiveFigureQuerySet
from dossier.outline import read_outline
from dossier.permissions import can_edit_live_figures, can_read_live_figures, can_remove_live_figures
from dossier.services.live_figures import remove_live_figure, save_live_figure

FIGURES_A_PAGE = 50


@require_GET
def live_figure_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    form, figures = _narrowed(request, candidacy)
    page = Paginator(figures, FIGURES_A_PAGE).get_page(request.GET.get("page"))
    numbers = _numbers(candidacy)
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "figure": figure,
                "text": value_of(figure).text,
                "sections": [(numbers[section.pk], section) for section in figure.sections.all()],
            }
            for figure in page
        ],
        "may_edit": can_edit_live_figures(request.user, candidacy),
    }
    return render(request, "dossier/live_figure_list.html", context)


@require_GET
def live_figure_export(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    _form, figures = _narrowed(request, candidacy)
    numbers = _numbers(candidacy)
    return spreadsheet_response(
        "csv" if request.GET.get("format") == "csv" else "xlsx",
        title=_("Chiffres"),
        header=(
            _("Intitulé"),
            _("Valeur"),
            _("Unité"),
            _("Source"),
            _("Date"),
            _("Responsable"),
            _("Sections"),
        ),
        rows=[
            (
                figure.label,
                figure.shortest_value,
                figure.unit,
                figure.source,
                figure.dated_on,
                str(figure.owner or ""),
                ", ".join(numbers[section.pk] for section in figure.sections.all()),
            )
            for figure in figures
        ],
    )


@require_http_methods(["GET", "POST"])
def live_figure_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_live_figures(request.user, candidacy))
    return _edit(request, candidacy, None)


@require_http_methods(["GET", "POST"])
def live_figure_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    figure = _figure(request, slug, public_id)
    return _edit(request, figure.candidacy, figure)


@require_POST
def live_figure_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    figure = _figure(request, slug, public_id)
    require(can_remove_live_figures(request.user, figure.candidacy))
    try:
        remove_live_figure(figure=figure)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier:live-figure-edit", slug, public_id)
    messages.success(request, _("Le chiffre est retiré."))
    return redirect("dossier:live-figure-list", slug)


def _edit(request: AppRequest, candidacy: Candidacy, figure: LiveFigure | None) -> HttpResponse:
    form = LiveFigureForm(request.POST or None, candidacy=candidacy, row=figure)
    outcome = submit(
        form,
        lambda: save_live_figure(
            candidacy=candidacy,
            row=figure,
            fields=form.values,
            seen=form.cleaned_data.get("seen"),
            public_id=form.cleaned_data.get("public_id"),
        ),
    )
    if outcome.is_saved:
        messages.success(
            request, _("Le chiffre est enregistré\u00a0: les textes qui le citent le montrent déjà.")
        )
        return redirect("dossier:live-figure-list", candidacy.slug)
    context: dict[str, Any] = {"form": form, "outcome": outcome, "figure": figure}
    if figure is not None:
        numbers = _numbers(candidacy)
        context |= {
            "title": form.initial["label"],
            "text": value_of(figure).text,
            "history": history_of(figure),
            "may_remove": can_remove_live_figures(request.user, candidacy),
            "sections": [
                (numbers[section.pk], section)
                for section in figure.sections.without_text().in_outline_order()
            ],
        }
    return render(request, "dossier/live_figure_edit.html", context, status=outcome.status)


def _narrowed(request: AppRequest, candidacy: Candidacy) -> tuple[LiveFigureFilterForm, LiveFigureQuerySet]:
    require(can_read_live_figures(request.user, candidacy))
    form = LiveFigureFilterForm(request.GET)
    shown_in = Prefetch("sections", candidacy.sections.live().without_text().order_by("pk"))
    figures = form.narrow(candidacy.live_figures.visible_to(request.user))
    return form, figures.select_related("owner").prefetch_related(shown_in)


def _figure(request: AppRequest, slug: str, public_id: UUID) -> LiveFigure:
    candidacy = candidacy_for(request, slug)
    figures = candidacy.live_figures.visible_to(request.user)
    figure = get_object_or_404(figures.select_related("candidacy"), public_id=public_id)
    require(can_edit_live_figures(request.user, candidacy))
    return figure


def _numbers(candidacy: Candidacy) -> dict[int, str]:
    return {entry.pk: entry.number for entry in read_outline(candidacy)}
