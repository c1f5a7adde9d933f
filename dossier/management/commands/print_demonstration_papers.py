"""Prints anew the papers of the demonstration, which are kept beside their texts so that its loading need not wait."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.core.management.base import BaseCommand

from candidacy.printing import PAPERS, Letterhead, Printout, print_out
from dossier.demonstration.source import LENS_LIEVIN, Source

#: One day for all and for ever: the same texts give the same bytes.
DATED = datetime(2026, 11, 27, 9, tzinfo=UTC)

FRAME = """<h1 id="titre">{title}</h1>
<p class="lead">{committee} – {meeting}{reserved}</p>
<p class="soft">Document inventé pour la démonstration : ni les montants ni les positions prêtées aux structures ne sont réels.</p>
{body}
"""
RESERVED = ". Pièce confidentielle : pour l’équipe et les membres qui votent"


class Command(BaseCommand):
    help = "Print anew the papers of the demonstration from their texts, after these were changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--into", type=Path, default=LENS_LIEVIN / "papers", help="The folder to write to."
        )

    def handle(self, *, into: Path, **options: Any) -> None:
        for name, printout in printouts(Source(LENS_LIEVIN)):
            (into / f"{name}.pdf").write_bytes(print_out(printout))
            self.stdout.write(f"{name}.pdf")


def printouts(source: Source) -> Iterator[tuple[str, Printout]]:
    """Compose each paper that an agenda of the demonstration names, under the name of its file."""
    facts = source.table("candidacy")
    letterhead = Letterhead(
        candidacy=facts["title"],
        bearer=facts["bearer_name"],
        is_fictitious=True,
        language="fr",
        time_zone=facts["time_zone"],
        accent_colour=facts["accent_colour"],
    )
    for committee, meeting, paper in _papers(source):
        html = FRAME.format(
            title=escape(paper["title"]),
            committee=escape(committee["name"]),
            meeting=escape(meeting["title"]),
            reserved=RESERVED if paper.get("confidential") else "",
            body=source.text(f"papers/{paper['file']}.html"),
        )
        yield (
            paper["file"],
            Printout(
                letterhead=letterhead,
                title=paper["title"],
                html=html,
                identifier=uuid5(NAMESPACE_URL, f"{facts['slug']}/{paper['file']}").urn,
                dated=DATED,
                sheets=PAPERS,
            ),
        )


def _papers(source: Source) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    for committee in source.table("committees")["committees"]:
        for meeting in committee.get("meetings", ()):
            for point in meeting.get("agenda", ()):
                for paper in point.get("papers", ()):
                    yield committee, meeting, paper
