"""Pictures and texts of the demonstration dossier."""

import re
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.urls import reverse

from accounts.models import User
from dossier.demonstration.cast import Cast, check_values
from dossier.models import Picture, Section, SectionRevision
from dossier.pictures import take_in_picture
from dossier.services.writing import change_status, save_text

Status = Section.Status

#: As the files of the sections name a picture, to be described from pictures.toml.
_FIGURE = re.compile(
    r'<figure><img src="picture:(?P<key>[a-z0-9-]+)" alt=""><figcaption></figcaption></figure>'
)
#: The states that a text goes through to reach each of them.
_WAYS = {
    Status.ORDERED: (),
    Status.WRITING: (),
    Status.IN_REVIEW: (Status.IN_REVIEW,),
    Status.VALIDATED: (Status.IN_REVIEW, Status.VALIDATED),
}


def load_dossier(cast: Cast) -> None:
    pictures = _load_pictures(cast)
    sections = {section.key: section for section in cast.candidacy.sections.select_related("candidacy")}
    for row in cast.source.table("outline")["sections"]:
        section = sections[row["key"]]
        _assign(cast, section, row)
        _write(cast, section, row, pictures)


def _load_pictures(cast: Cast) -> dict[str, Picture]:
    pictures = {}
    for row in cast.source.table("pictures")["pictures"]:
        picture = take_in_picture(
            candidacy=cast.candidacy,
            key=row["key"],
            content=cast.source.content(row["file"]),
            alternative_text=row["alt"],
            caption=row["caption"],
            credit=row["credit"],
            rights=row["rights"],
        )
        cast.stored.append(picture.file)
        pictures[row["key"]] = picture
    return pictures


def _assign(cast: Cast, section: Section, row: dict[str, Any]) -> None:
    section.organisation = cast.organisations[row["organisation"]]
    section.writer = cast.contacts[row["writer"]]
    section.due_on = cast.day(row["due_days"])
    check_values(section)
    section.save(update_fields=["organisation", "writer", "due_on", "updated_at"])


def _write(cast: Cast, section: Section, row: dict[str, Any], pictures: dict[str, Picture]) -> None:
    """Save the text as its writer's first revision, and take it as far as the file says."""
    writer = cast.users.get(row["writer"], cast.lead)
    body = _with_pictures(cast.source.text(row["file"]), pictures, cast.candidacy.slug)
    section = save_text(section=section, body=body, expected_revision=section.revision, by=cast.lead)
    SectionRevision.objects.filter(section=section).update(
        saved_at=_saved_at(cast, row, writer), saved_by=writer
    )
    for target in _WAYS[Status(row["status"])]:
        section = change_status(section=section, target=target, by=cast.lead)
    if row["status"] == Status.ORDERED:  # a few words of the lead on what is wanted are not its text yet
        section.status = Status.ORDERED
        section.save(update_fields=["status", "updated_at"])


def _saved_at(cast: Cast, row: dict[str, Any], writer: User) -> datetime:
    """Date the revision: before the day it was due, and over the last days for what is still under way.

    A text is saved in an afternoon; those of the others than the lead are what the lead finds new at first sight.
    """
    days_before = 3 if row["due_days"] < 0 else 0
    distance = min(row["due_days"], 0) - days_before
    if writer != cast.lead:
        distance = max(distance, -2 - len(row["key"]) % 6)
    return cast.now + timedelta(days=distance, hours=-2 - len(row["file"]) % 5)


def _with_pictures(html: str, pictures: dict[str, Picture], slug: str) -> str:
    """Put each picture where the text names it, with its description, its caption and its credit."""

    def figure(match: re.Match[str]) -> str:
        picture = pictures[match["key"]]
        address = reverse("dossier:picture", args=[slug, picture.public_id])
        return (
            f'<figure><img src="{address}" alt="{escape(picture.alternative_text)}">'
            f"<figcaption>{escape(picture.caption)} <em>{escape(picture.credit)}.</em></figcaption></figure>"
        )

    return _FIGURE.sub(figure, html)
