from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.forms.members import InviteForm, MemberForm
from candidacy.models import Candidacy, Membership
from candidacy.permissions import can_change_members
from candidacy.scope import candidacy_for
from candidacy.services.members import change_member, invite_member, remove_member, send_invitation
from candidacy.views.tabs import PAGE_SIZE, Tab, cut
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit


@require_safe
def member_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_with_members(request, slug)
    role = request.GET.get("role", "")
    shown = ("candidacy", "public_id", "role", "can_read_funding", "last_seen_at")
    person = ("user__first_name", "user__last_name", "user__email")
    members = candidacy.memberships.select_related("user").only(*shown, *person).in_usual_order()
    if role in Membership.Role.values:
        members = members.filter(role=role)
    page = Paginator(members, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "candidacy/member_list.html", {"page": page, "tabs": _tabs(candidacy, role)})


@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_with_members(request, slug)
    form = InviteForm(request.POST if request.method == "POST" else None)
    outcome = submit(form, lambda: invite_member(candidacy=candidacy, **form.cleaned_data))
    if outcome.is_saved:
        told = _("L’invitation de %(name)s va partir à l’adresse %(email)s.")
        messages.success(request, told % {"name": outcome.row.user, "email": outcome.row.user.email})
        return redirect("candidacy:member-list", slug)
    return render(request, "candidacy/member_invite.html", {"form": form}, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def member_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    membership = _membership(request, slug, public_id)
    form = MemberForm(request.POST if request.method == "POST" else None, row=membership)
    outcome = submit(
        form, lambda: change_member(membership=membership, **form.values, seen=form.cleaned_data["seen"])
    )
    if outcome.is_saved:
        messages.success(request, _("Le rôle de %(name)s est enregistré.") % {"name": membership.user})
        return _back_to_members(request, membership)
    context = {"form": form, "member": membership, "differences": outcome.differences}
    return render(request, "candidacy/member_edit.html", context, status=outcome.status)


@require_POST
def member_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    membership = _membership(request, slug, public_id)
    try:
        remove_member(membership=membership)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        told = _("%(name)s n’est plus membre de la candidature ; sa fiche de contact reste.")
        messages.success(request, told % {"name": membership.user})
    return _back_to_members(request, membership)


@require_POST
def member_remind(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Send the invitation once more, to somebody who lost it."""
    membership = _membership(request, slug, public_id)
    send_invitation(membership=membership)
    messages.success(request, _("L’invitation de %(name)s va repartir.") % {"name": membership.user})
    return redirect("candidacy:member-list", slug)


def _tabs(candidacy: Candidacy, current: str) -> list[Tab]:
    counts = Counter(candidacy.memberships.values_list("role", flat=True))
    roles = Membership.Role
    return cut(
        reverse("candidacy:member-list", args=[candidacy.slug]),
        "role",
        [("", "", _("Tous")), *((role.value, role.value, role.label) for role in roles)],
        current=current if current in roles.values else "",
        counts={"": counts.total(), **counts},
    )


def _candidacy_with_members(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_change_members(request.user, candidacy))
    return candidacy


def _membership(request: AppRequest, slug: str, public_id: UUID) -> Membership:
    candidacy = _candidacy_with_members(request, slug)
    members = Membership.objects.select_related("user", "candidacy")
    return get_object_or_404(members, candidacy=candidacy, public_id=public_id)


def _back_to_members(request: AppRequest, membership: Membership) -> HttpResponse:
    """Return to the list, or home for a lead who has just given up what the list asks for."""
    if membership.user == request.user:
        return redirect("candidacy:home")
    return redirect("candidacy:member-list", membership.candidacy.slug)
