"""The papers of the demonstration, printed beforehand: each says what its text says, and that it is invented."""

import re
from html import unescape
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from committees.models import AgendaPaper
from committees.pack import print_pack
from core.richtext import to_plain_text
from dossier.demonstration.loading import load_demonstration
from dossier.demonstration.source import LENS_LIEVIN, Source
from dossier.management.commands.print_demonstration_papers import printouts
from tests.pdf_checks import pdf_failures

FOLDER = LENS_LIEVIN / "papers"
PRINTED = dict(printouts(Source(LENS_LIEVIN)))


def letters(text):
    """Compare what is said, wherever the lines break and whichever space or hyphen stands there."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def read(name):
    return PdfReader(BytesIO((FOLDER / f"{name}.pdf").read_bytes()))


def test_every_text_is_a_paper_of_a_meeting_and_the_other_way_round():
    assert {path.stem for path in FOLDER.glob("*.html")} == set(PRINTED)
    assert {path.stem for path in FOLDER.glob("*.pdf")} == set(PRINTED)


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_a_paper_says_what_its_text_says(name):
    """A text that was changed is printed anew: `manage.py print_demonstration_papers`."""
    pages = [page.extract_text() for page in read(name).pages]
    said = letters(" ".join(pages))
    parts = re.findall(r"<(h1|h2|p|li|th|td|caption)\b[^>]*>(.*?)</\1>", PRINTED[name].html, re.DOTALL)
    told = [letters(unescape(to_plain_text(html))) for _tag, html in parts]

    assert len(told) > 10
    assert [words for words in told if words not in said] == []
    assert "Documentinventépourladémonstration" in said
    assert all("Candidature fictive de démonstration" in " ".join(page.split()) for page in pages)


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_a_paper_is_accessible_and_small(name):
    content = (FOLDER / f"{name}.pdf").read_bytes()

    assert pdf_failures(content) == []
    assert len(content) < 60_000


def test_printing_anew_makes_the_same_papers(tmp_path):
    call_command("print_demonstration_papers", into=tmp_path, stdout=StringIO())

    for name in PRINTED:
        anew = PdfReader(tmp_path / f"{name}.pdf")
        assert [page.extract_text() for page in anew.pages] == [
            page.extract_text() for page in read(name).pages
        ]
        assert anew.trailer["/ID"] == read(name).trailer["/ID"]


@pytest.mark.django_db
def test_the_pack_of_the_next_steering_committee_can_be_tried():
    load_demonstration()
    reserved = AgendaPaper.objects.get(is_confidential=True)
    meeting = reserved.item.meeting

    whole = PdfReader(BytesIO(print_pack(meeting, with_reserved=True)))
    shown = PdfReader(BytesIO(print_pack(meeting, with_reserved=False)))

    pages = sum(len(read(name).pages) for name in PRINTED if name in {"equilibre-du-plan", "mecenat"})
    pages += sum(len(read(name).pages) for name in PRINTED if name.startswith("calendrier"))
    assert len(whole.pages) == 1 + pages
    assert len(shown.pages) == len(whole.pages) - len(read("mecenat").pages)
    assert reserved.title in " ".join(whole.pages[0].extract_text().split())
    assert reserved.title not in " ".join(page.extract_text() for page in shown.pages)
