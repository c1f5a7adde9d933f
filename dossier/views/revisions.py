"""The past of a section: any two revisions side by side, and one of them brought back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AppRequest
from core.comparison import compare
from core.errors import DomainError
from core.permissions import require
from dossier.comparison_forms import RevisionPairForm
from dossier.forms import RevisionRestoreForm
from dossier.permissions import can_write_section
from dossier.services.writing import restore_revision
from dossier.views.section_page import find_section, reading_context


@require_GET
def section_compare(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = find_section(request, slug, public_id)
    visible = section.revisions.visible_to(request.user)
    form = RevisionPairForm(request.GET, revisions=visible)
    if not form.is_valid():
        raise Http404
    older, newer = form.pair or (None, None)
    form.show(older, newer)
    compared = [revision.body for revision in form.pair or ()]
    context = reading_context(request, section, *compared) | {
        "form": form,
        "older": older,
        "newer": newer,
        "comparison": compare(older.body, newer.body) if older and newer else None,
        "can_restore": can_write_section(request.user, section) and not section.is_closed,
    }
    return render(request, "dossier/section_compare.html", context)


@require_POST
def section_revision_restore(request: AppRequest, slug: str, public_id: UUID, number: int) -> HttpResponse:
    section = find_section(request, slug, public_id)
    revisions = section.revisions.visible_to(request.user).select_related("section")
    revision = get_object_or_404(revisions, number=number)
    require(can_write_section(request.user, section))
    form = RevisionRestoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Cette demande est incomplète : rouvrez la révision, puis recommencez."))
        return redirect("dossier:section-revision", slug, public_id, number)
    try:
        saved = restore_revision(
            revision=revision, expected_revision=form.cleaned_data["revision"], by=request.user
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("dossier:section-revision", slug, public_id, number)
    if saved.revision == section.revision:
        messages.info(request, _("C’était déjà le texte actuel : aucune révision n’a été créée."))
    else:
        messages.success(
            request,
            _("La révision %(number)d est rétablie ; elle devient la révision %(new)d.")
            % {"number": number, "new": saved.revision},
        )
    return redirect("dossier:section-detail", slug, public_id)
