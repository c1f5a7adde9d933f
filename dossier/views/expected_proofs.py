from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.http import AppRequest
from core.errors import DomainError
from core.permissions import require
from dossier.permissions import can_tick_expected_proof
from dossier.services.expected_proofs import tick_expected_proof
from dossier.views.scope import section_of


@require_POST
def expected_proof_tick(request: AppRequest, slug: str, public_id: UUID, proof_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    proof = get_object_or_404(
        section.expected_proofs.select_related("section__candidacy"), public_id=proof_id
    )
    require(can_tick_expected_proof(request.user, section))
    try:
        tick_expected_proof(proof=proof, is_provided=request.POST.get("provided") == "yes", by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    response = redirect("dossier:section-detail", slug, public_id)
    response["Location"] += "#preuves-attendues"
    return response
