"""What a person reads of the comments of a section: their threads beside the text, and the text with its marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import Count, Prefetch
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossier.mentions import text_as_read
from dossier.models import Comment, CommentThread, CommentThreadQuerySet, Section, ThreadEvent
from dossier.passages import Anchor, Place, ReadText
from dossier.permissions import can_answer_thread, can_change_comment, can_widen_thread

#: What the address asks to see, and what the choice is called.
SHOWN = {"ouverts": _("Ouverts"), "resolus": _("Résolus"), "tous": _("Tous")}
USUALLY_SHOWN = "ouverts"


@dataclass(frozen=True)
class Entry:
    """One line of a thread: a comment, or what somebody did to the thread."""

    at: datetime
    comment: Comment | None = None
    event: ThreadEvent | None = None
    can_change: bool = False


@dataclass(frozen=True)
class ThreadView:
    thread: CommentThread
    entries: tuple[Entry, ...]
    place: Place | None
    can_answer: bool
    can_widen: bool
    #: What the passage is called on this page, in the text and beside it.
    number: int = 0

    @property
    def is_gone(self) -> bool:
        """Whether the passage that was commented is no longer in the text."""
        return bool(self.thread.quote) and self.place is None

    @property
    def wider_audiences(self) -> list[tuple[str, str]]:
        """Return what the thread may be opened to; to the responsible organisation when there is one."""
        asked = self.thread.section.organisation_id is not None
        return [
            (audience.value, str(audience.label))
            for audience in self.thread.wider_audiences
            if asked or audience != audience.PARTNER
        ]


@dataclass(frozen=True)
class Discussion:
    threads: tuple[ThreadView, ...]
    #: The text of the section with the passages of these threads marked.
    text: SafeString
    #: How many there are in each status, whatever is shown.
    counts: Mapping[str, int]
    shown: str

    @property
    def open_count(self) -> int:
        return self.counts.get(CommentThread.Status.OPEN, 0)

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        resolved = self.counts.get(CommentThread.Status.RESOLVED, 0)
        counts = {"ouverts": self.open_count, "resolus": resolved, "tous": self.count}
        return [(value, str(label), counts[value]) for value, label in SHOWN.items()]


def read_discussion(section: Section, reader: User, *, shown: str = USUALLY_SHOWN) -> Discussion:
    """Read the threads that ``reader`` may read, in the order of the passages, in a fixed number of queries."""
    visible = CommentThread.objects.visible_to(reader).filter(section=section)
    counts = dict(visible.order_by().values_list("status").annotate(Count("pk")))
    asked = shown if shown in SHOWN else USUALLY_SHOWN
    # Most sections are read before anybody has commented them.
    threads = list(_asked(visible, asked)) if counts else []
    html = text_as_read(section, reader)
    text = ReadText(html) if any(thread.quote for thread in threads) else None
    views = _views(section, threads, text, reader)
    marks = [
        (view.place, str(view.thread.public_id), view.number) for view in views if view.place is not None
    ]
    return Discussion(threads=views, text=text.marked(marks) if text else html, shown=asked, counts=counts)


def _asked(visible: CommentThreadQuerySet, shown: str) -> CommentThreadQuerySet:
    threads = {"ouverts": visible.open, "resolus": visible.resolved, "tous": visible.all}[shown]()
    return threads.select_related("organisation").prefetch_related(
        Prefetch("comments", Comment.objects.in_order().select_related("author").prefetch_related("told")),
        Prefetch("events", ThreadEvent.objects.order_by("at", "pk").select_related("by")),
    )


def _views(
    section: Section, threads: Sequence[CommentThread], text: ReadText | None, reader: User
) -> tuple[ThreadView, ...]:
    views = []
    for thread in threads:
        thread.section = section
        place = (
            text.find(Anchor(thread.quote, thread.before, thread.after)) if text and thread.quote else None
        )
        views.append((place, thread))
    # As one reads: passages in their order, then what is said of the whole or of words that are gone, oldest first.
    views.sort(
        key=lambda item: (item[0] is None, item[0].start if item[0] else 0, item[1].created_at, item[1].pk)
    )
    return tuple(
        ThreadView(
            thread=thread,
            entries=_entries(thread, reader),
            place=place,
            can_answer=can_answer_thread(reader, thread),
            can_widen=can_widen_thread(reader, thread),
            number=number,
        )
        for number, (place, thread) in enumerate(views, start=1)
    )


def _entries(thread: CommentThread, reader: User) -> tuple[Entry, ...]:
    comments = list(thread.comments.all())
    standing = [comment for comment in comments if not comment.is_withdrawn]
    entries = []
    for comment in comments:
        comment.thread = thread
        is_own = can_change_comment(reader, comment) and not comment.is_withdrawn
        can_change = is_own and not comment.is_answered(standing)
        entries.append(Entry(comment.written_at, comment=comment, can_change=can_change))
    entries += [Entry(event.at, event=event) for event in thread.events.all()]
    return tuple(sorted(entries, key=attrgetter("at")))
