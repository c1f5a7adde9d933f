"""Pictures and texts of the demonstration dossier."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from dossier.demonstration.cast import Cast, check_values
from dossier.demonstration.terms import add_terms, date_state_changes, retire
from dossier.models import LiveFigure, Picture, Section, SectionRevision
from dossier.pictures import take_in_picture
from dossier.services.live_figures import save_live_figure
from dossier.services.states import change_status
from dossier.services.writing import save_text

Status = Section.Status

#: As the files of the sections name a picture, to be described from pictures.toml.
_FIGURE = re.compile(
    r'<figure><img src="picture:(?P<key>[a-z0-9-]+)" alt=""><figcaption></figcaption></figure>'
)
#: As the files of the sections name a figure or another section.
_PLACE = re.compile(
    r'(?<=<span data-)(?P<attribute>live-figure|section)="(?:figure|section):(?P<key>[a-z0-9-]+)"'
)
#: The states that a text goes through to reach each of them.
_WAYS = {
    Status.ORDERED: (),
    Status.WRITING: (),
    Status.IN_REVIEW: (Status.IN_REVIEW,),
    Status.VALIDATED: (Status.IN_REVIEW, Status.VALIDATED),
    Status.FROZEN: (Status.IN_REVIEW, Status.VALIDATED, Status.FROZEN),
}


def load_dossier(cast: Cast) -> None:
    pictures = _load_pictures(cast)
    figures = _load_live_figures(cast)
    sections = {section.key: section for section in cast.candidacy.sections.select_related("candidacy")}
    named = {("live-figure", key): figure.public_id for key, figure in figures.items()}
    named |= {("section", key): section.public_id for key, section in sections.items()}
    for row in cast.source.table("outline")["sections"]:
        section = sections[row["key"]]
        _assign(cast, section, row)
        body = _with_pictures(cast.source.text(row["file"]), pictures, cast.candidacy.slug)
        _write(cast, section, row, _with_names(body, named))
        add_terms(cast, section, row)
    for row in cast.source.table("outline")["retired"]:
        retire(cast, row)


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
        cast.stored.append(str(picture.file.name))
        pictures[row["key"]] = picture
    return pictures


def _load_live_figures(cast: Cast) -> dict[str, LiveFigure]:
    return {
        row["key"]: save_live_figure(
            candidacy=cast.candidacy,
            fields={
                "label": row["label"],
                "value": Decimal(row["value"]),
                "unit": row["unit"],
                "source": row["source"],
                "dated_on": row["dated_on"],
                "owner": cast.lead,
            },
        )
        for row in cast.source.table("live_figures")["figures"]
    }


def _assign(cast: Cast, section: Section, row: dict[str, Any]) -> None:
    section.organisation = cast.organisations[row["organisation"]]
    section.writer = cast.contacts[row["writer"]]
    section.due_on = cast.day(row["due_days"])
    section.is_confidential = row.get("is_confidential", False)
    section.disclosure = row.get("disclosure", Section.Disclosure.SHOWN)
    check_values(section)
    section.save(
        update_fields=["organisation", "writer", "due_on", "is_confidential", "disclosure", "updated_at"]
    )


def _write(cast: Cast, section: Section, row: dict[str, Any], body: str) -> None:
    """Save the text as its writer's first revision, and take it as far as the file says."""
    writer = cast.users.get(row["writer"], cast.lead)
    section = save_text(section=section, body=body, expected_revision=section.revision, by=cast.lead)
    SectionRevision.objects.filter(section=section).update(
        saved_at=_saved_at(cast, row, writer), saved_by=writer
    )
    for target in _WAYS[Status(row["status"])]:
        section = change_status(section=section, target=target, by=cast.lead)
    if row["status"] == Status.ORDERED:  # a few words of the lead on what is wanted are not its text yet
        section.state_changes.all().delete()
        section.status = Status.ORDERED
        section.save(update_fields=["status", "updated_at"])
    date_state_changes(cast, section, writer)


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


def _with_names(html: str, named: Mapping[tuple[str, str], UUID]) -> str:
    """Put the identifier of the figure or section in the place of its key."""
    return _PLACE.sub(lambda place: f'{place["attribute"]}="{named[place["attribute"], place["key"]]}"', html)
