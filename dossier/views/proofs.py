from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.permissions import require
from core.sheets import submit
from dossier.models import Proof, Section
from dossier.permissions import can_edit_proofs, can_remove_proofs
from dossier.proof_forms import NewProofForm, ProofForm
from dossier.services.proofs import add_proof, change_proof, remove_proof, reopen_proof, validate_proof


@require_http_methods(["GET", "HEAD", "POST"])
def proof_create(request: AppRequest, slug: str) -> HttpResponse:
    """Announce a proof; the cell or the page that one comes from has chosen the section and the criterion."""
    candidacy = candidacy_for(request, slug)
    require(can_edit_proofs(request.user, candidacy))
    form = NewProofForm(
        request.POST if request.method == "POST" else None,
        candidacy=candidacy,
        initial=_chosen(request, candidacy) | {"vers": _place(request)},
    )
    outcome = submit(form, lambda: add_proof(**form.values, public_id=form.cleaned_data["public_id"]))
    if outcome.is_saved:
        messages.success(request, _("La preuve est annoncée : elle reste à apporter."))
        return redirect(_way_back(request, outcome.row))
    context = {"form": form, "proof": None}
    return render(request, "dossier/proof_edit.html", context, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def proof_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    proof = _proof_to_edit(request, slug, public_id)
    form = ProofForm(
        request.POST if request.method == "POST" else None,
        row=proof,
        candidacy=proof.section.candidacy,
        initial={"vers": _place(request)},
    )
    outcome = submit(
        form, lambda: change_proof(proof=proof, fields=form.values, seen=form.cleaned_data["seen"])
    )
    if outcome.is_saved:
        messages.success(request, _("La preuve est enregistrée."))
        return redirect(_way_back(request, proof))
    context = {
        "form": form,
        "proof": proof,
        "differences": outcome.differences,
        "may_remove": can_remove_proofs(request.user, proof.section.candidacy),
    }
    return render(request, "dossier/proof_edit.html", context, status=outcome.status)


@require_POST
def proof_validate(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    proof = _proof_to_edit(request, slug, public_id)
    try:
        validate_proof(proof=proof, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La preuve est apportée."))
    return redirect(_way_back(request, proof))


@require_POST
def proof_reopen(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    proof = _proof_to_edit(request, slug, public_id)
    reopen_proof(proof=proof)
    messages.success(request, _("La preuve est de nouveau à apporter."))
    return redirect(_way_back(request, proof))


@require_POST
def proof_remove(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    proof = _proof_to_edit(request, slug, public_id)
    require(can_remove_proofs(request.user, proof.section.candidacy))
    way_back = _way_back(request, proof)
    remove_proof(proof=proof)
    messages.success(request, _("La preuve est retirée."))
    return redirect(way_back)


def _proof_to_edit(request: AppRequest, slug: str, public_id: UUID) -> Proof:
    candidacy = candidacy_for(request, slug)
    sections = Section.objects.visible_to(request.user).filter(candidacy=candidacy)
    proofs = Proof.objects.filter(section__in=sections).select_related("section__candidacy", "criterion")
    proof: Proof = get_object_or_404(proofs, public_id=public_id)
    require(can_edit_proofs(request.user, candidacy))
    return proof


def _chosen(request: AppRequest, candidacy: Candidacy) -> dict[str, Any]:
    """Return the section and the criterion that the address names, those of them that the candidacy has."""
    chosen = {}
    for name, parameter, rows in (
        ("section", "section", candidacy.sections.live()),
        ("criterion", "critere", candidacy.criteria.all()),
    ):
        try:
            asked = UUID(request.GET.get(parameter, ""))
        except ValueError:
            continue
        if rows.filter(public_id=asked).exists():
            chosen[name] = asked
    return chosen


def _place(request: AppRequest) -> str:
    """Return the page to go back to, as the links and the forms name it."""
    asked = request.POST.get("vers") or request.GET.get("vers", "")
    return asked if asked in {"section", "critere"} else "matrice"


def _way_back(request: AppRequest, proof: Proof) -> str:
    slug, place = proof.section.candidacy.slug, _place(request)
    if place == "section":
        return reverse("dossier:section-detail", args=[slug, proof.section.public_id]) + "#preuves"
    if place == "critere":
        return reverse("dossier:criterion-detail", args=[slug, proof.criterion.public_id])
    return reverse("dossier:criteria-matrix", args=[slug]) + f"#critere-{proof.criterion.public_id}"
