from typing import Any
from uuid import UUID

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from accounts.http import AppRequest
from accounts.models import User
from candidacy.scope import candidacy_for
from core.errors import DomainError
from core.htmx import render_part
from core.permissions import require
from core.sheets import UNPROCESSABLE, submit
from dossier.audiences import audiences_open_to, readers_of, readers_of_thread
from dossier.comment_forms import AnswerForm, CommentForm, TellForm, ThreadForm, WidenForm
from dossier.discussion import SHOWN
from dossier.models import Audience, Comment, CommentThread, Section
from dossier.outline import read_outline
from dossier.permissions import (
    can_answer_thread,
    can_change_comment,
    can_comment_section,
    can_widen_thread,
)
from dossier.services.comments import (
    answer_thread,
    edit_comment,
    open_thread,
    reopen_thread,
    resolve_thread,
    widen_audience,
    withdraw_comment,
)
from dossier.views.comment_panel import panel_context, searched, thread_form, typed_so_far


@require_GET
def section_comments(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    return _panel(request, section)


@require_http_methods(["GET", "HEAD", "POST"])
def thread_create(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    section = _section(request, slug, public_id)
    require(can_comment_section(request.user, section))
    form = thread_form(request, section)
    if request.method != "POST" and request.htmx:
        context = panel_context(request, section, form=form) | {"section": section}
        return render_part(request, "dossier/section_comments.html", "new", context)
    if not form.is_bound:
        return _panel(request, section, form=form)
    outcome = submit(
        form,
        lambda: open_thread(
            section=section,
            by=request.user,
            audience=form.cleaned_data["audience"],
            body=form.cleaned_data["body"],
            anchor=form.anchor,
            told=form.cleaned_data["told"],
            public_id=form.cleaned_data["public_id"],
        ),
    )
    if not outcome.is_saved:
        return _panel(request, section, form=form, status=outcome.status)
    messages.success(request, _("Votre commentaire est publié."))
    return _back(request, outcome.row)


@require_http_methods(["GET", "HEAD", "POST"])
def thread_answer(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> HttpResponse:
    thread = _thread(request, slug, public_id, thread_id)
    require(can_answer_thread(request.user, thread))
    form = AnswerForm(
        _posted(request),
        **_people(request, thread),
        initial={
            "audience": thread.audience,
            "fils": request.GET.get("fils", ""),
            **(typed_so_far(request.POST) if request.method == "POST" else {}),
        },
        auto_id=f"reponse-{thread.public_id}-%s",
    )
    outcome = submit(
        form,
        lambda: answer_thread(
            thread=thread,
            by=request.user,
            body=form.cleaned_data["body"],
            audience_seen=form.cleaned_data["audience"],
            told=form.cleaned_data["told"],
            public_id=form.cleaned_data["public_id"],
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("Votre réponse est publiée."))
        return _back(request, thread)
    if form.is_bound:
        thread.refresh_from_db(fields=["audience"])
        form.show_audience(thread.audience)
    return _writing(request, thread, form, status=outcome.status)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(
    request: AppRequest, slug: str, public_id: UUID, thread_id: UUID, comment_id: UUID
) -> HttpResponse:
    comment = _comment(request, slug, public_id, thread_id, comment_id)
    require(can_change_comment(request.user, comment))
    form = CommentForm(
        _posted(request),
        **_people(request, comment.thread),
        initial={
            "public_id": comment.public_id,
            "body": comment.body,
            "told": [person.public_id for person in comment.told.all()],
            "fils": request.GET.get("fils", ""),
            **(typed_so_far(request.POST) if request.method == "POST" else {}),
        },
        auto_id=f"correction-{comment.public_id}-%s",
    )
    outcome = submit(
        form,
        lambda: edit_comment(
            comment=comment, by=request.user, body=form.cleaned_data["body"], told=form.cleaned_data["told"]
        ),
    )
    if outcome.is_saved:
        messages.success(request, _("Votre commentaire est corrigé."))
        return _back(request, comment.thread)
    return _writing(request, comment.thread, form, comment=comment, status=outcome.status)


@require_GET
def section_people(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Find whom to tell of a new thread, among those who will read it."""
    section = _section(request, slug, public_id)
    require(can_comment_section(request.user, section))
    audience = request.GET.get("audience", "")
    if audience not in audiences_open_to(request.user, section):
        audience = Audience.READERS
    return _found(request, readers_of(section, audience, section.organisation))


@require_GET
def thread_people(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> HttpResponse:
    thread = _thread(request, slug, public_id, thread_id)
    require(can_answer_thread(request.user, thread))
    return _found(request, readers_of_thread(thread))


@require_POST
def comment_withdraw(
    request: AppRequest, slug: str, public_id: UUID, thread_id: UUID, comment_id: UUID
) -> HttpResponse:
    comment = _comment(request, slug, public_id, thread_id, comment_id)
    require(can_change_comment(request.user, comment))
    try:
        withdraw_comment(comment=comment, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Votre commentaire est retiré."))
    return _back(request, comment.thread)


@require_POST
def thread_resolve(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> HttpResponse:
    thread = _thread(request, slug, public_id, thread_id)
    require(can_answer_thread(request.user, thread))
    if resolve_thread(thread=thread, by=request.user):
        messages.success(request, _("Le fil est résolu ; il reste lisible parmi les fils résolus."))
    else:
        messages.info(request, _("Ce fil n’était déjà plus ouvert."))
    return _back(request, thread)


@require_POST
def thread_reopen(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> HttpResponse:
    thread = _thread(request, slug, public_id, thread_id)
    require(can_answer_thread(request.user, thread))
    if reopen_thread(thread=thread, by=request.user):
        messages.success(request, _("Le fil est rouvert."))
    else:
        messages.info(request, _("Ce fil n’était plus résolu."))
    return _back(request, thread)


@require_POST
def thread_widen(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> HttpResponse:
    thread = _thread(request, slug, public_id, thread_id)
    require(can_widen_thread(request.user, thread))
    form = WidenForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        widened = widen_audience(thread=thread, audience=form.cleaned_data["audience"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        told = _("Ce fil est maintenant lu par : %(audience)s.")
        messages.success(request, told % {"audience": widened.get_audience_display()})
    return _back(request, thread)


def _section(request: AppRequest, slug: str, public_id: UUID) -> Section:
    candidacy = candidacy_for(request, slug)
    sections = candidacy.sections.visible_to(request.user).select_related("organisation")
    return get_object_or_404(sections, public_id=public_id)


def _thread(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID) -> CommentThread:
    section = _section(request, slug, public_id)
    threads = CommentThread.objects.visible_to(request.user).filter(section=section)
    thread = get_object_or_404(threads.select_related("organisation"), public_id=thread_id)
    thread.section = section
    return thread


def _comment(request: AppRequest, slug: str, public_id: UUID, thread_id: UUID, comment_id: UUID) -> Comment:
    thread = _thread(request, slug, public_id, thread_id)
    comment = get_object_or_404(thread.comments.select_related("author"), public_id=comment_id)
    comment.thread = thread
    return comment


def _posted(request: AppRequest) -> QueryDict | None:
    """Return what was sent to be written; a form that was sent to look for a person is none."""
    return request.POST if request.method == "POST" and searched(request) is None else None


def _people(request: AppRequest, thread: CommentThread) -> dict[str, Any]:
    section = thread.section
    return {
        "people": readers_of_thread(thread).exclude(pk=request.user.pk),
        "search_url": reverse(
            "dossier:thread-people", args=[section.candidacy.slug, section.public_id, thread.public_id]
        ),
        "words": searched(request),
    }


def _found(request: AppRequest, readers: QuerySet[User]) -> HttpResponse:
    form = TellForm(
        people=readers.exclude(pk=request.user.pk),
        words=request.GET.get("personne", ""),
        initial={"told": request.GET.getlist("told")},
    )
    return HttpResponse(as_crispy_field(form["told"]))


def _panel(
    request: AppRequest,
    section: Section,
    *,
    form: ThreadForm | None = None,
    focus: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    number = next(entry.number for entry in read_outline(section.candidacy) if entry.pk == section.pk)
    context = panel_context(request, section, form=form, focus=focus) | {"section": section, "number": number}
    return render_part(request, "dossier/section_comments.html", "part", context, status=status)


def _writing(
    request: AppRequest, thread: CommentThread, form: CommentForm, *, status: int, **more: Any
) -> HttpResponse:
    context = {"thread": thread, "section": thread.section, "form": form, "comment": None, **more}
    # What came meanwhile is told in the form itself, which htmx would not show with another status.
    status = UNPROCESSABLE if form.is_bound else status
    return render_part(request, "dossier/comment_write.html", "form", context, status=status)


def _back(request: AppRequest, thread: CommentThread) -> HttpResponse:
    """Return to the thread beside the text: its panel alone for htmx, the page of the section otherwise."""
    section = thread.section
    if request.htmx:
        response = _panel(request, section, focus=thread.public_id)
        return reswap(retarget(response, "#commentaires"), "outerHTML")
    address = reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id])
    shown = request.POST.get("fils", "")
    return redirect(f"{address}{f'?fils={shown}' if shown in SHOWN else ''}#fil-{thread.public_id}")
