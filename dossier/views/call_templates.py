"""Call templates: those that come with the application, and the copies that a lead edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.call_copies import template_of, templates_for
from candidacy.call_templates import CallTemplate, SectionTemplate, list_templates
from candidacy.models import CallTemplateCopy, PopulationKind
from candidacy.permissions import can_create_candidacy
from candidacy.services.call_copies import (
    KEYS,
    Place,
    change_rules,
    copy_template,
    move_entry,
    remove_copy,
    remove_entry,
    save_entry,
)
from core.errors import DomainError
from core.permissions import require
from core.sheets import CONFLICT, Outcome, submit
from dossier.call_copy_forms import (
    CriterionEntryForm,
    EntryForm,
    EntryMoveForm,
    PhaseEntryForm,
    PieceEntryForm,
    RulesForm,
    SectionEntryForm,
)
from dossier.models import Section


@dataclass(frozen=True)
class ListKind:
    """One list of a template, under its word in the addresses."""

    word: str
    name: str
    form: type[EntryForm]
    new_title: str | Promise
    warning: str | Promise


KINDS = {
    kind.word: kind
    for kind in (
        ListKind(
            "criteres",
            "criteria",
            CriterionEntryForm,
            gettext_lazy("Nouveau critère"),
            gettext_lazy("Le critère sera retiré du modèle et des sections qui le nomment."),
        ),
        ListKind(
            "etapes",
            "phases",
            PhaseEntryForm,
            gettext_lazy("Nouvelle étape"),
            gettext_lazy(
                "L’étape sera retirée du modèle ; ses pièces et ses sections y restent, sans étape."
            ),
        ),
        ListKind(
            "pieces",
            "pieces",
            PieceEntryForm,
            gettext_lazy("Nouvelle pièce"),
            gettext_lazy("La pièce sera retirée du modèle."),
        ),
        ListKind(
            "sections",
            "sections",
            SectionEntryForm,
            gettext_lazy("Nouvelle section"),
            gettext_lazy("La section sera retirée du plan proposé."),
        ),
    )
}


@require_safe
def call_template_list(request: AppRequest) -> HttpResponse:
    require(can_create_candidacy(request.user))
    copies = CallTemplateCopy.objects.visible_to(request.user).order_by("name", "pk")
    context = {
        "templates": list_templates(),
        "copies": [(copy, template_of(copy)) for copy in copies],
    }
    return render(request, "dossier/call_template_list.html", context)


@require_safe
def call_template_detail(request: AppRequest, key: str) -> HttpResponse:
    """Show a template as it comes with the application, with its sources; nobody changes it."""
    require(can_create_candidacy(request.user))
    return render(request, "dossier/call_template_detail.html", _reading_context(_shipped(key)))


@require_POST
def call_template_copy(request: AppRequest, key: str) -> HttpResponse:
    require(can_create_candidacy(request.user))
    template = templates_for(request.user).get(key)
    if template is None:
        raise Http404
    copy = copy_template(template=template, by=request.user)
    messages.success(request, _("« %(name)s » est à vous : tout s’y change.") % {"name": copy.name})
    return redirect(_address(copy))


@require_safe
def call_copy_detail(request: AppRequest, public_id: UUID) -> HttpResponse:
    copy = _copy(request, public_id)
    return render(
        request, "dossier/call_template_detail.html", _reading_context(template_of(copy)) | {"copy": copy}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def call_copy_rules(request: AppRequest, public_id: UUID) -> HttpResponse:
    copy = _copy(request, public_id)
    form = RulesForm(_posted(request), template=template_of(copy), row={**copy.content, "label": copy.name})
    outcome = submit(
        form,
        lambda: change_rules(
            copy=copy, name=form.cleaned_data["label"], rules=form.rules, seen=form.cleaned_data["seen"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("Les règles du modèle sont enregistrées."))
        return redirect(_address(copy))
    if outcome.status == CONFLICT:
        copy.refresh_from_db()
        form.renew({**copy.content, "label": copy.name})
    return _form_page(request, copy, form, outcome, heading=_("Règles du modèle"))


@require_http_methods(["GET", "HEAD", "POST"])
def call_copy_entry(request: AppRequest, public_id: UUID, kind: str, key: str | None = None) -> HttpResponse:
    """Add a row to a list of the copy, or change the one that ``key`` names."""
    copy = _copy(request, public_id)
    listed = _kind(kind)
    row = _row(copy, listed, key) if key is not None else None
    form = listed.form(_posted(request), template=template_of(copy), row=row)
    place = Place(listed.name, key)
    outcome = submit(
        form,
        lambda: save_entry(
            copy=copy,
            place=place,
            entry=form.entry,
            seen=form.cleaned_data["seen"] if key is not None else None,
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("Le modèle est enregistré."))
        return redirect(f"{_address(copy)}#{listed.word}")
    if outcome.status == CONFLICT:
        copy.refresh_from_db()
        form.renew(_row(copy, listed, key))
    heading = (row or {}).get("title") or (row or {}).get("name") or listed.new_title
    return _form_page(request, copy, form, outcome, heading=heading, kind=listed, key=key)


@require_POST
def call_copy_entry_move(request: AppRequest, public_id: UUID, kind: str, key: str) -> HttpResponse:
    copy = _copy(request, public_id)
    listed = _kind(kind)
    _row(copy, listed, key)
    form = EntryMoveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    move_entry(copy=copy, place=Place(listed.name, key), step=form.step)
    return redirect(f"{_address(copy)}#{listed.word}")


@require_POST
def call_copy_entry_remove(request: AppRequest, public_id: UUID, kind: str, key: str) -> HttpResponse:
    copy = _copy(request, public_id)
    listed = _kind(kind)
    _row(copy, listed, key)
    try:
        remove_entry(copy=copy, place=Place(listed.name, key))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La ligne est retirée du modèle."))
    return redirect(f"{_address(copy)}#{listed.word}")


@require_POST
def call_copy_remove(request: AppRequest, public_id: UUID) -> HttpResponse:
    copy = _copy(request, public_id)
    remove_copy(copy=copy)
    messages.success(request, _("« %(name)s » est supprimé.") % {"name": copy.name})
    return redirect("dossier:call-template-list")


def _copy(request: AppRequest, public_id: UUID) -> CallTemplateCopy:
    require(can_create_candidacy(request.user))
    return get_object_or_404(CallTemplateCopy.objects.visible_to(request.user), public_id=public_id)


def _shipped(key: str) -> CallTemplate:
    template = next((template for template in list_templates() if template.key == key), None)
    if template is None:
        raise Http404
    return template


def _kind(word: str) -> ListKind:
    if word not in KINDS:
        raise Http404
    return KINDS[word]


def _row(copy: CallTemplateCopy, kind: ListKind, key: str | None) -> Mapping[str, Any]:
    rows = copy.content.get(kind.name, [])
    row: Mapping[str, Any] | None = next((row for row in rows if row[KEYS[kind.name]] == key), None)
    if row is None:
        raise Http404
    return row


def _address(copy: CallTemplateCopy) -> str:
    return reverse("dossier:call-copy-detail", args=[copy.public_id])


def _posted(request: AppRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: AppRequest,
    copy: CallTemplateCopy,
    form: EntryForm,
    outcome: Outcome,
    *,
    heading: str | Promise,
    kind: ListKind | None = None,
    key: str | None = None,
) -> HttpResponse:
    context = {"copy": copy, "form": form, "heading": heading, "kind": kind, "key": key}
    return render(request, "dossier/call_copy_edit.html", context, status=outcome.status)


def _reading_context(template: CallTemplate) -> dict[str, Any]:
    """Return a template as its page shows it: phases by name, sections under their part with what they print."""
    phases = {phase.key: phase.name for phase in template.phases}
    kinds = dict(Section.Kind.choices)
    units = dict(Section.LimitUnit.choices)
    siblings: dict[str, list[SectionTemplate]] = {}
    for section in template.sections:
        siblings.setdefault(section.parent, []).append(section)
    outline = [row for part in siblings[""] for row in [part, *siblings.get(part.key, ())]]
    return {
        "template": template,
        "pieces": [(piece, phases.get(piece.phase, "")) for piece in template.pieces],
        "outline": [
            (
                section,
                kinds[section.kind],
                units[section.limit_unit],
                phases.get(section.phase, ""),
                siblings[section.parent][0] is section,
                siblings[section.parent][-1] is section,
            )
            for section in outline
        ],
        "population_label": PopulationKind(template.population_kind).label,
        "copy": None,
    }
