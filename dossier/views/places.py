"""Moving sections in the outline: the buttons of each row, and the drag that adds the mouse to them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import AppRequest
from core.errors import DomainError
from core.permissions import require
from dossier.models import Section
from dossier.outline import read_outline
from dossier.permissions import can_edit_outline
from dossier.place_forms import PlaceForm, StepForm
from dossier.services.places import move_section, place_section
from dossier.views.outline import outline_context
from dossier.views.scope import section_of


@require_POST
def section_move(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_edit_outline(request.user, section.candidacy))
    form = StepForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    if move_section(section=section, step=form.cleaned_data["direction"]):
        return _answer(request, section, _new_place(section))
    return _answer(request, section, _("« %(title)s » reste à sa place.") % {"title": section.title})


@require_POST
def section_place(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_edit_outline(request.user, section.candidacy))
    form = PlaceForm(request.POST, candidacy=section.candidacy)
    if not form.is_valid():
        said = _("Le plan a changé entre-temps : rien n’a été déplacé.")
        return _answer(request, section, said, is_refused=True)
    try:
        place_section(section=section, **form.cleaned_data)
    except DomainError as error:
        return _answer(request, section, str(error), is_refused=True)
    return _answer(request, section, _new_place(section))


def _new_place(section: Section) -> str:
    """Say where the section is now, as the page and a screen reader tell it."""
    entries = {entry.pk: entry for entry in read_outline(section.candidacy)}
    entry = entries[section.pk]
    part = entries.get(entry.parent_id or 0)
    facts = {"title": section.title, "number": entry.number, "part": part and part.title}
    if part is None:
        return _("« %(title)s » porte maintenant le numéro %(number)s, au premier niveau.") % facts
    return _("« %(title)s » porte maintenant le numéro %(number)s, dans « %(part)s ».") % facts


def _answer(request: AppRequest, section: Section, said: str, *, is_refused: bool = False) -> HttpResponse:
    """Show the outline as it is now and say what happened, in the page with a script and in a new one without."""
    candidacy = section.candidacy
    if request.htmx:
        context = outline_context(request, candidacy) | {"said": said, "is_refused": is_refused}
        return render(request, "dossier/section_list.html#outline", context)
    tell = messages.error if is_refused else messages.success
    tell(request, said)
    response = redirect("dossier:section-list", candidacy.slug)
    response["Location"] += f"#section-{section.public_id}"
    return response
