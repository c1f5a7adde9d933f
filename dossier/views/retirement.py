"""Sections that leave the outline with their text: retired, merged, restored."""

from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import AppRequest
from accounts.models import User
from candidacy.scope import candidacy_for
from core.permissions import require
from core.sheets import submit
from dossier.forms import SectionTextForm
from dossier.mentions import Mentions, read_mentions
from dossier.models import Section, SectionDraft, SectionQuerySet
from dossier.outline import length_of, read_outline
from dossier.permissions import can_edit_outline, can_write_section
from dossier.place_forms import MergeForm, RetirementForm
from dossier.services.retirement import merge_sections, restore_section, retire_section
from dossier.views.scope import section_of

RETIRED_A_PAGE = 50


@require_http_methods(["GET", "POST"])
def section_retire(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_edit_outline(request.user, section.candidacy))
    form = RetirementForm(request.POST or None)
    outcome = submit(
        form,
        lambda: retire_section(section=section, reason=form.cleaned_data["reason"], by=request.user),
    )
    if outcome.is_saved:
        messages.success(request, _("La section est retirée du plan ; son texte est gardé ici."))
        return redirect("dossier:retired-section-detail", slug, public_id)
    context = {"form": form, "section": section, "drafters": _drafters(section)}
    return render(request, "dossier/section_retire.html", context, status=outcome.status)


@require_http_methods(["GET", "POST"])
def section_merge(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = section_of(request, slug, public_id)
    require(can_edit_outline(request.user, section.candidacy))
    form = MergeForm(request.POST or None, section=section)
    outcome = submit(
        form,
        lambda: merge_sections(source=section, target=form.cleaned_data["target"], by=request.user),
    )
    if outcome.is_saved:
        messages.success(
            request, _("Le texte de « %(title)s » est à la fin de celui-ci.") % {"title": section}
        )
        return redirect("dossier:section-detail", slug, outcome.row.public_id)
    context = {"form": form, "section": section, "drafters": _drafters(section)}
    return render(request, "dossier/section_merge.html", context, status=outcome.status)


@require_GET
def retired_section_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_edit_outline(request.user, candidacy))
    retired = _retired(candidacy.sections.without_text())
    page = Paginator(retired, RETIRED_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossier/retired_section_list.html", {"page": page})


@require_GET
def retired_section_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _retired_section(request, slug, public_id)
    entries = read_outline(section.candidacy)
    numbers = {entry.pk: entry.number for entry in entries}
    context = {
        "section": section,
        "length": length_of(section),
        "mentions": read_mentions(section.candidacy, [section.body], reader=request.user, entries=entries),
        "target_number": numbers.get(section.merged_into_id or 0, ""),
        "draft": draft_left_behind(request, slug, public_id),
    }
    return render(request, "dossier/retired_section_detail.html", context)


@require_POST
def section_restore(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = restore_section(section=_retired_section(request, slug, public_id))
    messages.success(request, _("La section est revenue dans le plan."))
    return redirect("dossier:section-detail", slug, section.public_id)


def where_it_went(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse | None:
    """Lead an old address to the page of a retired section, for those who may read it, or to what took its text.

    Whoever has a draft in it comes to that first.
    """
    candidacy = candidacy_for(request, slug)
    retired = candidacy.sections.retired().filter(public_id=public_id).first()
    if retired is None:
        return None
    if can_edit_outline(request.user, candidacy):
        return redirect("dossier:retired-section-detail", slug, public_id)
    if draft_left_behind(request, slug, public_id):
        return redirect("dossier:section-draft", slug, public_id)
    target = _readable_target(request, retired)
    if target is None:
        return None
    return redirect("dossier:section-detail", slug, target.public_id)


def draft_left_behind(request: AppRequest, slug: str, public_id: UUID) -> SectionDraft | None:
    """Return what the person had typed in a section that was retired since."""
    candidacy = candidacy_for(request, slug)
    drafts = SectionDraft.objects.left_behind_by(request.user)
    drafts = drafts.filter(section__candidacy=candidacy, section__public_id=public_id)
    return drafts.select_related("section__merged_into").first()


def show_draft_left_behind(request: AppRequest, draft: SectionDraft) -> HttpResponse:
    """Show its author the draft of a retired section, which has no text any more to compare it with."""
    section = draft.section
    context = {
        "section": section,
        "draft": draft,
        "target": _readable_target(request, section),
        "mentions": read_mentions(section.candidacy, [draft.body], reader=request.user),
    }
    return render(request, "dossier/retired_section_draft.html", context)


def hand_back_text(
    request: AppRequest, slug: str, public_id: UUID, *, status: HTTPStatus
) -> HttpResponse | None:
    """Show what somebody typed into a section that left their reach meanwhile, so that no word of it is lost.

    The answer has the ``status`` of the refusal and names no section, but to those who wrote in it until it was
    retired.
    """
    form = SectionTextForm(request.POST)
    form.is_valid()
    typed = form.cleaned_data.get("body", "")
    if not typed or form.is_from_another(request.user):
        return None
    section, mentions = None, Mentions()
    with suppress(Http404):  # who lost their place in the candidacy as well
        candidacy = candidacy_for(request, slug)
        section = candidacy.sections.retired().filter(public_id=public_id).first()
        mentions = read_mentions(candidacy, [typed], reader=request.user)
    if section is not None and can_write_section(request.user, section):
        status = HTTPStatus.CONFLICT
    else:
        section = None
    context = {"section": section, "typed": typed, "mentions": mentions}
    return render(request, "dossier/section_gone.html", context, status=status)


def _drafters(section: Section) -> list[User]:
    """Name who has typed something here that is not saved yet."""
    drafts = section.drafts.select_related("author").defer("body").order_by("saved_at", "pk")
    return [draft.author for draft in drafts]


def _readable_target(request: AppRequest, retired: Section) -> Section | None:
    """Return what took the text of a section, if the person reads it."""
    targets = Section.objects.visible_to(request.user)
    return targets.filter(pk=retired.merged_into_id).first() if retired.merged_into_id else None


def _retired(sections: SectionQuerySet) -> SectionQuerySet:
    return sections.retired().select_related("retired_by", "merged_into", "parent", "organisation")


def _retired_section(request: AppRequest, slug: str, public_id: UUID) -> Section:
    """Return a retired section; those who do not prepare the outline know of none."""
    candidacy = candidacy_for(request, slug)
    retired = _retired(candidacy.sections.all())
    if not can_edit_outline(request.user, candidacy):
        retired = retired.none()
    return get_object_or_404(retired, public_id=public_id)
