"""Threads of comments of the demonstration dossier."""

from datetime import datetime, timedelta
from typing import Any

from dossier.demonstration.cast import Cast
from dossier.models import Comment, CommentThread
from dossier.passages import Anchor
from dossier.services.comments import answer_thread, open_thread, resolve_thread


def load_comments(cast: Cast) -> None:
    sections = {section.key: section for section in cast.candidacy.sections.select_related("candidacy")}
    for row in cast.source.table("comments")["threads"]:
        first, *answers = row["comments"]
        thread = open_thread(
            section=sections[row["section"]],
            by=cast.users[first["by"]],
            audience=row["audience"],
            body=first["words"],
            anchor=Anchor(row["quote"]) if "quote" in row else None,
            told=_told(cast, first),
        )
        _date(cast, thread.comments.get(), first)
        for answer in answers:
            _date(cast, _answer(cast, thread, answer), answer)
        if "resolved" in row:
            _resolve(cast, thread, row["resolved"])


def _answer(cast: Cast, thread: CommentThread, row: dict[str, Any]) -> Comment:
    return answer_thread(
        thread=thread,
        by=cast.users[row["by"]],
        body=row["words"],
        audience_seen=thread.audience,
        told=_told(cast, row),
    )


def _resolve(cast: Cast, thread: CommentThread, row: dict[str, Any]) -> None:
    resolve_thread(thread=thread, by=cast.users[row["by"]])
    thread.events.update(at=_moment(cast, row))


def _told(cast: Cast, row: dict[str, Any]) -> list[Any]:
    return [cast.users[key] for key in row.get("told", ())]


def _date(cast: Cast, comment: Comment, row: dict[str, Any]) -> None:
    Comment.objects.filter(pk=comment.pk).update(written_at=_moment(cast, row))


def _moment(cast: Cast, row: dict[str, Any]) -> datetime:
    return cast.now - timedelta(days=row["days"], hours=2 + len(row["by"]) % 5)
