"""The papers of a meeting in one file: contents, one numbering, and nothing that the reader may not read."""

from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from pypdf import PdfReader

from committees import pack as packing
from committees.answer_tokens import token_for
from committees.models import Meeting
from committees.pack import print_pack
from core.pdf import PdfError
from tests.factories import make_agenda_item, make_invitation, make_meeting, make_member, make_paper
from tests.pdf_checks import pdf_failures


def pdf_of(pages, *, rotate=0, password=""):
    pdf = pikepdf.new()
    for _number in range(pages):
        page = pdf.add_blank_page(page_size=(420, 595))
        if rotate:
            page.rotate(rotate, relative=False)
    out = BytesIO()
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    pdf.save(out, encryption=encryption)
    return out.getvalue()


def words_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


@pytest.fixture
def meeting():
    meeting = make_meeting(title="COPIL n° 3", status=Meeting.Status.CONVENED)
    first = make_agenda_item(meeting=meeting, position=1, title="Budget")
    second = make_agenda_item(meeting=meeting, position=2, title="POINT-CACHÉ", is_confidential=True)
    make_agenda_item(meeting=meeting, position=3, title="Divers")
    make_paper(item=first, title="Plan de financement", content=pdf_of(3))
    make_paper(item=first, title="Tableau des produits", content=b"PK", format="xlsx")
    make_paper(item=first, title="NOTE-CACHÉE", content=pdf_of(2, rotate=90), is_confidential=True)
    make_paper(item=second, title="PIÈCE-CACHÉE", content=pdf_of(1))
    return meeting


def test_the_papers_follow_their_contents_under_one_numbering(meeting):
    content = print_pack(meeting, with_reserved=True)

    with pikepdf.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) == 7
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root][-3:]
    assert titles == ["Plan de financement", "NOTE-CACHÉE", "PIÈCE-CACHÉE"]
    words = words_of(content)
    for told in (
        "Dossier de séance",
        "1. Budget",
        "Plan de financement 2 – 4",
        "NOTE-CACHÉE 5 – 6",
        "PIÈCE-CACHÉE 7",
        "Excel, remise à part",
    ):
        assert told in words
    assert print_pack(meeting, with_reserved=True) == content


def test_each_page_that_was_joined_carries_its_number_upright(meeting):
    with pikepdf.open(BytesIO(print_pack(meeting, with_reserved=True))) as pdf:
        drawn = [
            page.Contents.read_bytes()
            if not isinstance(page.Contents, pikepdf.Array)
            else b"\n".join(part.read_bytes() for part in page.Contents)
            for page in pdf.pages
        ]

    assert [b"/Artifact <</Type /Pagination>> BDC q" in text for text in drawn[1:]] == [True] * 6
    assert b"BDC q 1.000 0.000 0.000 1.000" in drawn[1]
    assert b"BDC q 0.000 1.000 -1.000 0.000" in drawn[4]


def test_who_does_not_decide_gets_what_is_open_alone(meeting):
    content = print_pack(meeting, with_reserved=False)

    words = words_of(content)
    assert len(PdfReader(BytesIO(content)).pages) == 4
    assert "Point réservé" in words
    assert "CACHÉ" not in words


def test_what_cannot_be_opened_is_named_and_left_out(meeting):
    item = meeting.agenda_items.get(title="Divers")
    make_paper(item=item, title="Protégée", content=pdf_of(1, password="secret"))
    make_paper(item=item, title="Abîmée", content=b"%PDF-1.7 rien")

    content = print_pack(meeting, with_reserved=False)

    assert len(PdfReader(BytesIO(content)).pages) == 4
    assert words_of(content).count("protégée ou illisible, remise à part") == 2


def test_contents_of_several_pages_are_counted(meeting):
    for number in range(60):
        make_agenda_item(meeting=meeting, position=10 + number, title=f"Un point parmi d’autres {number}")

    content = print_pack(meeting, with_reserved=False)

    front = len(PdfReader(BytesIO(content)).pages) - 3
    assert front > 1
    assert f"Plan de financement {front + 1} – {front + 3}" in words_of(content)


def test_the_contents_alone_are_for_all_readers_of_pdf():
    content = print_pack(make_agenda_item(title="Budget").meeting, with_reserved=True)

    assert not pdf_failures(content)


def test_a_paper_that_is_gone_and_papers_too_heavy_are_said_so(meeting, monkeypatch):
    paper = make_paper(item=meeting.agenda_items.get(title="Divers"), content=pdf_of(1), title="Perdue")
    paper.file.storage.delete(paper.file.name)
    with pytest.raises(PdfError, match="Perdue"):
        print_pack(meeting, with_reserved=False)

    monkeypatch.setattr(packing, "MAX_BYTES", 10)
    with pytest.raises(PdfError, match="une à une"):
        print_pack(meeting, with_reserved=False)


def test_it_is_handed_in_the_space_and_by_the_personal_link(client, meeting):
    invitation = make_invitation(meeting=meeting, is_voting=False)
    lead = make_member(candidacy=meeting.committee.candidacy)
    link = client.get(reverse("committees:answer-link-pack", args=[token_for(invitation)]))
    client.force_login(lead.user)
    slug = meeting.committee.candidacy.slug
    own = client.get(reverse("committees:meeting-pack", args=[slug, meeting.public_id]))

    assert link["Content-Disposition"] == 'attachment; filename="dossier-de-seance-copil-n-3.pdf"'
    assert len(PdfReader(BytesIO(link.content)).pages) == 4
    assert len(PdfReader(BytesIO(own.content)).pages) == 7
    page = client.get(reverse("committees:answer-link", args=[token_for(invitation)]))
    assert reverse("committees:answer-link-pack", args=[token_for(invitation)]) in page.text


def test_a_pack_that_cannot_be_made_is_said_so_to_both(client, meeting, monkeypatch):
    def refuse(*args, **kwargs):
        raise PdfError("Les pièces n’ont pas pu être réunies.")

    monkeypatch.setattr("committees.views.meetings.print_pack", refuse)
    monkeypatch.setattr("committees.views.answer_links.print_pack", refuse)
    token = token_for(make_invitation(meeting=meeting))
    client.force_login(make_member(candidacy=meeting.committee.candidacy).user)
    slug = meeting.committee.candidacy.slug

    page = client.get(reverse("committees:meeting-pack", args=[slug, meeting.public_id]), follow=True)

    assert "n’ont pas pu être réunies" in page.text
    assert client.get(reverse("committees:answer-link-pack", args=[token])).status_code == 503
