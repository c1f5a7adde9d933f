"""Minutes as files: « compte rendu » or « relevé de décisions », as PDF and for Word, from what they say by value."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.printing import PAPERS, Letterhead, Printout, print_out
from committees.minutes_content import MinutesContent, content_of
from committees.models import Minutes, Rectification
from core.numeric_columns import align_numbers
from core.richtext import render_rich_text
from core.templatetags.formats import clock, long_date
from core.word.writing import WordWriter


class Form(TextChoices):
    """What of the minutes is written: all of it, or who was there and what was decided."""

    FULL = "compte-rendu", gettext_lazy("Compte rendu")
    DECISIONS = "releve-de-decisions", gettext_lazy("Relevé de décisions")


def print_minutes(minutes: Minutes, form: Form, *, with_reserved: bool) -> bytes:
    """Return the minutes as PDF; raises PdfError where there can be none."""
    content = content_of(minutes, with_reserved=with_reserved)
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        html = render_to_string("committees/pdf/minutes.html", _context(minutes, content, form))
        title = _title(content, form)
    return print_out(
        Printout(
            letterhead=letterhead_of(content),
            title=title,
            html=align_numbers(html),
            identifier=uuid5(minutes.public_id, f"{form.value} {with_reserved}").urn,
            dated=_dated(minutes),
            sheets=PAPERS,
        )
    )


def write_minutes(minutes: Minutes, form: Form, *, with_reserved: bool) -> bytes:
    """Return the minutes as a Word document; the same minutes give the same bytes."""
    content = content_of(minutes, with_reserved=with_reserved)
    letterhead = letterhead_of(content)
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        writer = WordWriter(
            language=content.language,
            accent=content.accent_colour,
            illustrate=lambda address: None,
            missing=_("image absente"),
            figure_label=_("Figure %d."),
            table_label=lambda number: _("Tableau %d.") % number,
        )
        writer.frame(header=content.candidacy, footer=letterhead.mark)
        context = _context(minutes, content, form)
        writer.paragraph(str(form.label), "Title")
        writer.paragraph(content.title, "Subtitle")
        for line in context["lines"]:
            writer.paragraph(line)
        writer.heading(_("Participation"), 1)
        writer.live_text(render_to_string("committees/pdf/_attendees.html", context))
        _write_passages(writer, content, form)
        for heading, name, rows in (
            (_("Décisions"), "_decisions", content.decisions),
            (_("Actions"), "_actions", content.actions),
            (_("Rectifications"), "_rectifications", context["rectifications"]),
        ):
            if rows:
                writer.heading(heading, 1)
                writer.live_text(render_to_string(f"committees/pdf/{name}.html", context))
        return writer.content(
            title=_title(content, form),
            author=content.bearer,
            subject=content.committee,
            dated=_dated(minutes).astimezone(ZoneInfo("UTC")),
        )


def letterhead_of(content: MinutesContent) -> Letterhead:
    return Letterhead(
        candidacy=content.candidacy,
        bearer=content.bearer,
        is_fictitious=content.is_fictitious,
        language=content.language,
        time_zone=content.time_zone,
        accent_colour=content.accent_colour,
    )


def _write_passages(writer: WordWriter, content: MinutesContent, form: Form) -> None:
    if form == Form.DECISIONS:
        items = [passage for passage in content.passages if passage.number]
        if items:
            writer.heading(_("Ordre du jour"), 1)
            for passage in items:
                writer.paragraph(passage.heading)
        return
    for passage in content.passages:
        if passage.number or passage.body or passage.decisions:
            writer.heading(passage.heading, 1)
            writer.rich_text(align_numbers(render_rich_text(passage.body)))
            for decision in passage.decisions:
                writer.paragraph(f"{decision.number} – {decision.wording}")


def _context(minutes: Minutes, content: MinutesContent, form: Form) -> dict[str, Any]:
    return {
        "content": content,
        "form": form,
        "is_full": form == Form.FULL,
        "lines": list(_lines(minutes, content)),
        "is_approved": minutes.is_approved,
        "rectifications": _rectifications(minutes) if minutes.is_approved else [],
    }


def _rectifications(minutes: Minutes) -> list[Rectification]:
    return list(minutes.rectifications.select_related("meeting__committee__candidacy").order_by("pk"))


def _lines(minutes: Minutes, content: MinutesContent) -> Iterable[str]:
    """Say under the title where and when, and what the document is worth."""
    yield content.committee
    facts = {
        "day": long_date(content.starts_at),
        "start": clock(content.starts_at),
        "end": clock(content.ends_at),
    }
    yield _("%(day)s, de %(start)s à %(end)s") % facts
    if content.place:
        yield content.place
    if not minutes.is_approved:
        yield _("Projet, qui n’est pas encore approuvé")
    else:
        approval = {"how": minutes.get_approval_display(), "day": long_date(minutes.approved_at)}
        yield _("Approuvé %(how)s, le %(day)s") % approval


def _title(content: MinutesContent, form: Form) -> str:
    return f"{form.label} – {content.title}"


def _dated(minutes: Minutes) -> datetime:
    return minutes.approved_at or minutes.sent_at or minutes.created_at
