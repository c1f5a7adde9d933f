from contextlib import suppress
from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import AppRequest
from core.errors import DomainError, StaleRevisionError
from core.pasted import foreign_pictures
from core.permissions import require
from dossier.contract_page import contract_context
from dossier.editor_data import editor_data
from dossier.forms import SectionTextForm
from dossier.merging import read_two_texts
from dossier.models import Section, SectionDraft, SectionPresence
from dossier.permissions import can_edit_outline, can_remove_section, can_write_section
from dossier.services.drafts import save_draft
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.writing import save_text
from dossier.views.comment_panel import panel_context
from dossier.views.retirement import hand_back_text, where_it_went
from dossier.views.section_page import find_section, reading_context

REVISIONS_BESIDE_THE_TEXT = 5
REVISIONS_A_PAGE = 50

_TYPED_BY_ANOTHER = gettext_lazy(
    "Ce texte a été écrit sous un autre compte : il n’est pas enregistré sous le vôtre. Il reste dans ce navigateur,"
    " pour la personne qui l’a écrit."
)


@require_GET
def section_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    try:
        section = find_section(request, slug, public_id)
    except Http404:
        elsewhere = where_it_went(request, slug, public_id)
        if elsewhere is None:
            raise
        return elsewhere
    can_write = can_write_section(request.user, section)
    draft = section.drafts.filter(author=request.user).defer("body").first() if can_write else None
    revisions = section.revisions.visible_to(request.user).select_related("saved_by").defer("body")
    context = reading_context(request, section) | panel_context(request, section)
    context |= contract_context(request.user, section, context["entries"], today=timezone.localdate())
    context |= {
        "can_write": can_write and not section.is_closed,
        "draft": draft,
        "can_edit_contract": can_edit_outline(request.user, section.candidacy),
        "can_remove": can_remove_section(request.user, section),
        "revisions": revisions.order_by("-number")[:REVISIONS_BESIDE_THE_TEXT],
    }
    return render(request, "dossier/section_detail.html", context)


@require_http_methods(["GET", "POST"])
def section_edit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    try:
        section = find_section(request, slug, public_id)
        require(can_write_section(request.user, section))
    except (Http404, PermissionDenied) as refusal:
        answer = _past_reach(request, slug, public_id, refusal)
        if answer is None:
            raise
        return answer
    if request.method == "POST":
        return _save(request, section)
    if section.is_closed:
        if section.is_frozen:
            told = _("Cette section est figée : son texte ne se modifie plus.")
        else:
            told = _("Cette section est validée : rouvrez la relecture pour la modifier.")
        messages.info(request, told)
        return redirect("dossier:section-detail", slug, public_id)
    draft = section.drafts.visible_to(request.user).first()
    if draft is None:
        return _editor(request, section, _text_form(request, section, section.body))
    if draft.is_stale:
        return _conflict(request, section, draft.body, draft.base_revision, draft, status=200)
    return _editor(request, section, _text_form(request, section, draft.body, draft), draft=draft)


@require_GET
def section_history(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = find_section(request, slug, public_id)
    revisions = section.revisions.visible_to(request.user).select_related("saved_by").defer("body")
    page = Paginator(revisions.order_by("-number"), REVISIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossier/section_history.html", reading_context(request, section) | {"page": page})


@require_GET
def section_revision(request: AppRequest, slug: str, public_id: UUID, number: int) -> HttpResponse:
    section = find_section(request, slug, public_id)
    revisions = section.revisions.visible_to(request.user)
    revision = get_object_or_404(revisions.select_related("saved_by"), number=number)
    context = reading_context(request, section, revision.body) | {
        "revision": revision,
        "older": revisions.filter(number__lt=number).order_by("-number").only("number").first(),
        "newer": revisions.filter(number__gt=number).order_by("number").only("number").first(),
        "can_restore": can_write_section(request.user, section) and not section.is_closed,
    }
    return render(request, "dossier/section_revision.html", context)


def _past_reach(
    request: AppRequest, slug: str, public_id: UUID, refusal: Http404 | PermissionDenied
) -> HttpResponse | None:
    """Answer for a section that nobody writes in any more, or that somebody else does, where there is an answer."""
    if request.method != "POST":
        return where_it_went(request, slug, public_id) if isinstance(refusal, Http404) else None
    status = HTTPStatus.NOT_FOUND if isinstance(refusal, Http404) else HTTPStatus.FORBIDDEN
    return hand_back_text(request, slug, public_id, status=status)


def _save(request: AppRequest, section: Section) -> HttpResponse:
    form = SectionTextForm(request.POST)
    if not form.is_valid():
        return _editor(request, section, form, status=422)
    if form.is_from_another(request.user):
        messages.error(request, _TYPED_BY_ANOTHER)
        return redirect("dossier:section-detail", section.candidacy.slug, section.public_id)
    body, revision = form.cleaned_data["body"], form.cleaned_data["revision"]
    try:
        saved = save_text(
            section=section, body=body, expected_revision=revision, by=request.user, seat=form.seat
        )
    except StaleRevisionError:
        draft = _keep_typed(request, section, form)
        section.refresh_from_db()
        return _conflict(request, section, body, revision, draft, status=409)
    except DomainError as error:
        _keep_typed(request, section, form)
        form.add_error(None, str(error))
        return _editor(request, section, form, status=422)
    if foreign_pictures(request.POST["body"]):
        messages.warning(
            request,
            _(
                "Des images d’un autre document n’ont pas pu être reprises\u00a0: déposez-les avec le bouton "
                "«\u00a0Déposer une image\u00a0»."
            ),
        )
    if saved.revision == section.revision:
        messages.info(request, _("Rien n’avait changé : aucune révision n’a été créée."))
    else:
        messages.success(request, _("La section est enregistrée."))
    return redirect("dossier:section-detail", section.candidacy.slug, section.public_id)


def _keep_typed(request: AppRequest, section: Section, form: SectionTextForm) -> SectionDraft | None:
    """Keep what could not be saved as a draft, unless it is too long or another window is at one."""
    with suppress(DomainError):
        return save_draft(
            section=section,
            author=request.user,
            body=form.cleaned_data["body"],
            base_revision=form.cleaned_data["revision"],
            seat=form.seat,
        )
    return section.drafts.visible_to(request.user).first()


def _conflict(
    request: AppRequest,
    section: Section,
    typed: str,
    base_revision: int,
    draft: SectionDraft | None,
    *,
    status: int,
) -> HttpResponse:
    """Show what each of two texts changed, and both together in the editor, on the newer revision: saving decides."""
    texts = read_two_texts(section=section, typed=typed, base_revision=base_revision, user=request.user)
    context = reading_context(request, section, section.body, typed, texts.merged) | {
        "form": _text_form(request, section, texts.merged, draft, is_unsaved=True),
        "texts": texts,
        "draft": draft,
        "max_characters": MAX_BODY_CHARACTERS,
        "editor": editor_data(request.user, section),
        "presences": SectionPresence.objects.others_in(section, request.user),
    }
    return render(request, "dossier/section_conflict.html", context, status=status)


def _text_form(
    request: AppRequest,
    section: Section,
    body: str,
    draft: SectionDraft | None = None,
    *,
    is_unsaved: bool = False,
) -> SectionTextForm:
    """Return the form of ``body`` on the revision of today, in a window of its own."""
    values = {
        "body": body,
        "revision": section.revision,
        "draft": draft and draft.token,
        "window": uuid4(),
        "writer": request.user.public_id,
    }
    return SectionTextForm(initial=values, is_unsaved=is_unsaved)


def _editor(
    request: AppRequest,
    section: Section,
    form: SectionTextForm,
    *,
    draft: SectionDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    context = reading_context(request, section) | {
        "form": form,
        "draft": draft,
        "max_characters": MAX_BODY_CHARACTERS,
        "editor": editor_data(request.user, section),
        "presences": SectionPresence.objects.others_in(section, request.user),
    }
    return render(request, "dossier/section_edit.html", context, status=status)
