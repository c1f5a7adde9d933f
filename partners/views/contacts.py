from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.models import Membership
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit
from partners.forms.sheets import ContactForm, OwnContactForm
from partners.permissions import (
    can_edit_contact,
    can_edit_organisation,
    can_edit_own_contact,
    can_invite_contact,
    can_remove_contact,
)
from partners.services.contacts import change_contact, create_contact, invite_contact, remove_contact
from partners.views.scope import contact_of, organisation_of


@require_http_methods(["GET", "HEAD", "POST"])
def contact_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    organisation = organisation_of(request, slug, public_id)
    require(can_edit_organisation(request.user, organisation))
    form = ContactForm(request.POST if request.method == "POST" else None)
    outcome = submit(
        form,
        lambda: create_contact(
            organisation=organisation, fields=form.values, public_id=form.cleaned_data["public_id"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("%(name)s est dans les contacts.") % {"name": outcome.row})
        return redirect("partners:organisation-detail", slug, public_id)
    context = {"form": form, "organisation": organisation, "contact": None, "differences": ()}
    return render(request, "partners/contact_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_edit(request: AppRequest, slug: str, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Change a contact: all of it for the team, job title and telephone for the person themselves."""
    contact = contact_of(request, slug, public_id, contact_id)
    data = request.POST if request.method == "POST" else None
    if can_edit_contact(request.user, contact):
        form: ContactForm | OwnContactForm = ContactForm(data, row=contact)
    else:
        require(can_edit_own_contact(request.user, contact))
        form = OwnContactForm(data, row=contact)
    outcome = submit(
        form, lambda: change_contact(contact=contact, fields=form.values, seen=form.cleaned_data["seen"])
    )
    if outcome.is_saved:
        messages.success(request, _("La fiche de %(name)s est enregistrée.") % {"name": outcome.row})
        return redirect("partners:organisation-detail", slug, public_id)
    context = {
        "form": form,
        "organisation": contact.organisation,
        "contact": contact,
        "may_remove": can_remove_contact(request.user, contact),
        "differences": outcome.differences,
    }
    return render(request, "partners/contact_edit.html", context, status=outcome.status)


@require_POST
def contact_remove(request: AppRequest, slug: str, public_id: UUID, contact_id: UUID) -> HttpResponse:
    contact = contact_of(request, slug, public_id, contact_id)
    require(can_remove_contact(request.user, contact))
    try:
        remove_contact(contact=contact)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La fiche de %(name)s est supprimée.") % {"name": contact})
    return redirect("partners:organisation-detail", slug, public_id)


@require_POST
def contact_invite(request: AppRequest, slug: str, public_id: UUID, contact_id: UUID) -> HttpResponse:
    contact = contact_of(request, slug, public_id, contact_id)
    require(can_invite_contact(request.user, contact))
    try:
        membership = invite_contact(contact=contact, role=request.POST.get("role", Membership.Role.PARTNER))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        told = _("%(name)s a accès à la candidature (%(role)s), à l’adresse %(email)s.")
        words = {"name": contact, "role": membership.get_role_display(), "email": membership.user.email}
        messages.success(request, told % words)
    return redirect("partners:organisation-detail", slug, public_id)
