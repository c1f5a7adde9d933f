from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.htmx import render_part
from core.permissions import require
from core.sheets import submit
from core.spreadsheet import SheetFormat, spreadsheet_response
from partners.directory import organisation_lines
from partners.forms.filters import OrganisationFilterForm
from partners.forms.sheets import NewOrganisationForm, OrganisationForm, OwnOrganisationForm, StageForm
from partners.history import history_of
from partners.models import Contact, Organisation
from partners.panels import panels_for
from partners.permissions import (
    can_create_organisation,
    can_edit_organisation,
    can_edit_own_organisation,
    can_read_directory,
    can_read_own_sheet,
    can_remove_organisation,
)
from partners.services.organisations import (
    change_organisation,
    change_stage,
    create_organisation,
    remove_organisation,
)
from partners.sheet import contact_cards, stage_steps
from partners.spreadsheet import header, rows
from partners.views.scope import organisation_of

PAGE_SIZE = 50
FORMATS: dict[str, SheetFormat] = {"csv": "csv", "xlsx": "xlsx"}


@require_safe
def organisation_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    if can_read_own_sheet(request.user, candidacy):
        return _own_sheet(request, candidacy)
    require(can_read_directory(request.user, candidacy))
    form = OrganisationFilterForm(request.GET, candidacy=candidacy)
    organisations = form.narrow(Organisation.objects.filter(candidacy=candidacy))
    page = Paginator(organisations, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "lines": organisation_lines(page, slug)}
    return render_part(request, "partners/organisation_list.html", "table", context)


def _own_sheet(request: AppRequest, candidacy: Candidacy) -> HttpResponse:
    """Take a partner to the one sheet they have; without a contact of theirs there is none."""
    own = Organisation.objects.visible_to(request.user).filter(candidacy=candidacy).first()
    if own is None:
        return render(request, "partners/organisation_none.html")
    return redirect("partners:organisation-detail", candidacy.slug, own.public_id)


@require_safe
def organisation_export(request: AppRequest, slug: str) -> HttpResponse:
    """Download what the list shows, all its pages."""
    candidacy = candidacy_for(request, slug)
    require(can_read_directory(request.user, candidacy))
    file_format = FORMATS.get(request.GET.get("format", "csv"))
    if file_format is None:
        return HttpResponseBadRequest(_("Ce format n’existe pas."))
    form = OrganisationFilterForm(request.GET, candidacy=candidacy)
    contacts = Contact.objects.order_by("search_text").defer("notes")
    organisations = (
        form.narrow(Organisation.objects.filter(candidacy=candidacy))
        .select_related("territory")
        .prefetch_related(Prefetch("contacts", contacts))
        .defer("notes")
    )
    title = f"{_('partenaires')} {slug}"
    return spreadsheet_response(file_format, title=title, header=header(), rows=rows(organisations))


@require_safe
def organisation_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    edits_all = can_edit_organisation(request.user, organisation)
    context = {
        "organisation": organisation,
        "cards": contact_cards(organisation, request.user),
        "panels": panels_for(request.user, organisation),
        "may_edit": edits_all or can_edit_own_organisation(request.user, organisation),
        "may_edit_all": edits_all,
        "may_remove": can_remove_organisation(request.user, organisation),
    }
    if edits_all:
        context |= {
            "stage_form": StageForm(),
            "steps": stage_steps(organisation),
        }
    return render(request, "partners/organisation_detail.html", context)


@require_safe
def organisation_history(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Tell who changed what: on a page of its own, and in the sheet when it is asked for there."""
    organisation = organisation_of(request, slug, public_id)
    require(can_edit_organisation(request.user, organisation))
    context = {"organisation": organisation, "history": history_of(organisation)}
    return render_part(request, "partners/organisation_history.html", "history", context)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_create_organisation(request.user, candidacy))
    form = NewOrganisationForm(request.POST if request.method == "POST" else None, candidacy=candidacy)
    outcome = submit(
        form,
        lambda: create_organisation(
            candidacy=candidacy, fields=form.values, public_id=form.cleaned_data["public_id"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("« %(name)s » a sa fiche.") % {"name": outcome.row})
        return redirect("partners:organisation-detail", slug, outcome.row.public_id)
    context = {"form": form, "twins": form.twins}
    return render(request, "partners/organisation_create.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Change the sheet: all of it for the team, the address and the site for the partner themselves."""
    organisation = organisation_of(request, slug, public_id)
    data = request.POST if request.method == "POST" else None
    if can_edit_organisation(request.user, organisation):
        form: OrganisationForm | OwnOrganisationForm = OrganisationForm(
            data, row=organisation, candidacy=organisation.candidacy
        )
    else:
        require(can_edit_own_organisation(request.user, organisation))
        form = OwnOrganisationForm(data, row=organisation)
    outcome = submit(
        form,
        lambda: change_organisation(
            organisation=organisation, fields=form.values, seen=form.cleaned_data["seen"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("La fiche est enregistrée."))
        return redirect("partners:organisation-detail", slug, public_id)
    context = {"form": form, "organisation": organisation, "differences": outcome.differences}
    return render(request, "partners/organisation_edit.html", context, status=outcome.status)


@require_POST
def organisation_stage(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    require(can_edit_organisation(request.user, organisation))
    form = StageForm(request.POST)
    outcome = submit(form, lambda: change_stage(organisation=organisation, **form.cleaned_data))
    if outcome.is_saved:
        told = _("« %(name)s » est à l’étape : %(stage)s.")
        words = {"name": outcome.row, "stage": outcome.row.get_stage_display()}
        messages.success(request, told % words)
    else:
        for errors in form.errors.get_json_data().values():
            messages.error(request, " ".join(error["message"] for error in errors))
    return redirect("partners:organisation-detail", slug, public_id)


@require_POST
def organisation_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    require(can_remove_organisation(request.user, organisation))
    try:
        remove_organisation(organisation=organisation)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("partners:organisation-detail", slug, public_id)
    messages.success(request, _("La fiche « %(name)s » est supprimée.") % {"name": organisation})
    return redirect("partners:organisation-list", slug)
