"""The comments beside the text of a section, for the pages that show them."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from accounts.http import AppRequest
from dossier.audiences import audiences_open_to, readers_of
from dossier.comment_forms import ThreadForm
from dossier.discussion import USUALLY_SHOWN, Discussion, read_discussion
from dossier.models import Audience, Section
from dossier.permissions import can_comment_section


def panel_context(
    request: AppRequest, section: Section, *, form: ThreadForm | None = None, focus: UUID | None = None
) -> dict[str, Any]:
    """Read what the reader sees of the comments of ``section``.

    ``form`` opens a thread: a new one, or one that was refused. The page of a section does without until it is asked for.
    """
    shown = request.POST.get("fils") or request.GET.get("fils", "")
    discussion = read_discussion(section, request.user, shown=shown)
    return {
        "discussion": discussion,
        "can_comment": can_comment_section(request.user, section),
        "thread_form": form,
        "focus": _focus(discussion, focus),
    }


def _focus(discussion: Discussion, focus: UUID | None) -> UUID | str | None:
    """Return where to go on from: the thread that was touched or, where it is no longer shown, the heading."""
    if focus is None or any(view.thread.public_id == focus for view in discussion.threads):
        return focus
    return "heading"


def thread_form(request: AppRequest, section: Section) -> ThreadForm:
    """Return the form that opens a thread: what was posted, or a new one beside the threads that are shown."""
    posted = request.POST if request.method == "POST" else None
    words = searched(request)
    return ThreadForm(
        None if words is not None else posted,
        people=readers_of(section, Audience.READERS).exclude(pk=request.user.pk),
        search_url=reverse("dossier:section-people", args=[section.candidacy.slug, section.public_id]),
        words=words,
        section=section,
        audiences=audiences_open_to(request.user, section),
        initial={"fils": _shown_beside(request)} if words is None else typed_so_far(request.POST),
        auto_id="commentaire-%s",
    )


def _shown_beside(request: AppRequest) -> str:
    """Return what is shown beside a new thread, which is open: beside the resolved ones it would vanish once published."""
    shown = request.GET.get("fils", "")
    return USUALLY_SHOWN if shown == "resolus" else shown


def searched(request: AppRequest) -> str | None:
    """Return the name that was looked for, when a form was sent for that alone: there is no script, then."""
    return request.POST.get("personne", "") if "chercher" in request.POST else None


def typed_so_far(post: QueryDict) -> dict[str, Any]:
    """Return what stands in a comment form that was sent to look for a person: it is shown again, not judged."""
    return {**post.dict(), "told": post.getlist("told")}
