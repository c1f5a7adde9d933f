"""The draft of the person who asks, and who else is writing. Nobody reaches the draft of somebody else from here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import AppRequest
from core.comparison import compare
from core.errors import DomainError, StaleRevisionError
from core.permissions import require
from core.templatetags.formats import clock
from dossier.forms import SectionTextForm
from dossier.models import Section, SectionPresence
from dossier.permissions import can_write_section
from dossier.services.drafts import discard_draft, save_draft
from dossier.services.presence import end_presence, note_presence
from dossier.views.retirement import draft_left_behind, show_draft_left_behind
from dossier.views.section_page import find_section, reading_context


@require_GET
def section_draft(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    left_behind = draft_left_behind(request, slug, public_id)
    if left_behind is not None:
        return show_draft_left_behind(request, left_behind)
    section = _section_to_write(request, slug, public_id)
    draft = section.drafts.visible_to(request.user).first()
    if draft is None:
        messages.info(request, _("Vous n’avez pas de brouillon dans cette section."))
        return redirect("dossier:section-detail", slug, public_id)
    context = reading_context(request, section, section.body, draft.body) | {
        "draft": draft,
        "comparison": compare(section.body, draft.body),
    }
    return render(request, "dossier/section_draft.html", context)


@require_POST
def section_draft_save(request: AppRequest, slug: str, public_id: UUID) -> JsonResponse:
    """Answer a script: 200 with the draft's new token, or why the text stays in the browser."""
    section = _section_to_write(request, slug, public_id)
    form = SectionTextForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("Ce texte n’a pas pu être lu.")}, status=422)
    if form.is_from_another(request.user):
        return JsonResponse({"reason": "another"}, status=409)
    try:
        draft = save_draft(
            section=section,
            author=request.user,
            body=form.cleaned_data["body"],
            base_revision=form.cleaned_data["revision"],
            seat=form.seat,
        )
    except StaleRevisionError:
        token = section.drafts.visible_to(request.user).values_list("token", flat=True).first()
        return JsonResponse({"reason": "elsewhere", "draft": token}, status=409)
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=422)
    return JsonResponse({"draft": draft and draft.token, "at": draft and clock(draft.saved_at)})


@require_POST
def section_draft_discard(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    left_behind = draft_left_behind(request, slug, public_id)
    section = left_behind.section if left_behind else _section_to_write(request, slug, public_id)
    if discard_draft(section=section, author=request.user):
        messages.success(request, _("Le brouillon est abandonné ; le texte enregistré n’a pas changé."))
    if left_behind:
        return redirect("dossier:section-list", slug)
    return redirect("dossier:section-detail", slug, public_id)


@require_POST
def section_presence(request: AppRequest, slug: str, public_id: UUID) -> JsonResponse:
    """Note that the editor is open, or closed, and tell who else has it open."""
    section = _section_to_write(request, slug, public_id)
    if request.POST.get("leaves"):
        end_presence(section=section, user=request.user)
        return JsonResponse({"others": []})
    note_presence(section=section, user=request.user)
    others = SectionPresence.objects.others_in(section, request.user)
    return JsonResponse({"others": [presence.told for presence in others]})


def _section_to_write(request: AppRequest, slug: str, public_id: UUID) -> Section:
    section = find_section(request, slug, public_id)
    require(can_write_section(request.user, section))
    return section
