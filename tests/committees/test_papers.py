"""The papers of an item: what is taken, in which order, and what becomes of the files."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from committees.models import AgendaPaper, Meeting
from committees.paper_formats import format_of
from committees.services import papers as services
from committees.services.agenda import remove_agenda_item
from committees.services.papers import add_papers, edit_paper, move_paper, remove_paper
from core.errors import DomainError, StaleRevisionError
from tests.factories import make_agenda_item, make_committee, make_meeting, make_member, make_paper

PDF = b"%PDF-1.7 budget"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def file(name="budget.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def archive(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return buffer.getvalue()


def word(**others):
    return archive({"[Content_Types].xml": f'<Types><Override ContentType="{WORD_TYPE}"/></Types>', **others})


@pytest.fixture
def item():
    return make_agenda_item()


def stored():
    root = Path(default_storage.location)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "pdf"),
        (word(), "docx"),
        (archive({"[Content_Types].xml": "spreadsheetml.sheet.main+xml"}), "xlsx"),
        (archive({"[Content_Types].xml": "presentationml.presentation.main+xml"}), "pptx"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text"}), "odt"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "ods"),
        (archive({"mimetype": "application/vnd.oasis.opendocument.presentation"}), "odp"),
        (word(**{"word/vbaProject.bin": "x"}), None),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text", "Basic/x.xml": "x"}), None),
        (archive({"readme.txt": "x"}), None),
        (archive({"mimetype": "application/epub+zip"}), None),
        (b"PK\x03\x04 broken", None),
        (b"<html><script>alert(1)</script>", None),
        (b"MZ\x90\x00", None),
    ],
)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(content, found):
    assert format_of(file("rapport.pdf", content)) == found


def test_papers_follow_one_another_under_the_names_of_their_files(item):
    add_papers(item=item, files=[file("Plan_de financement.pdf"), file("note.docx", word())])
    add_papers(item=item, files=[file("avis.pdf", PDF + b"2")], is_confidential=True)

    assert [
        (paper.position, paper.title, paper.filename, paper.is_confidential) for paper in item.papers.all()
    ] == [
        (1, "Plan de financement", "Plan de financement.pdf", False),
        (2, "note", "note.docx", False),
        (3, "avis", "avis.pdf", True),
    ]


def test_the_same_document_sent_twice_is_one_paper(item):
    first = add_papers(item=item, files=[file(), file("copie.pdf")])
    again = add_papers(item=item, files=[file()])

    assert first == [item.papers.get()] * 2
    assert again == [item.papers.get()]
    assert len(stored()) == 1


def test_a_file_that_is_refused_leaves_none_of_the_others_behind(item):
    with pytest.raises(DomainError, match="n’est pas un PDF"):
        add_papers(item=item, files=[file(), file("x.pdf", b"<svg>")])

    assert not item.papers.exists()
    assert stored() == []


def test_a_file_is_as_heavy_as_its_bytes(item, monkeypatch):
    monkeypatch.setattr(services, "MAX_BYTES", len(PDF))

    add_papers(item=item, files=[file()])
    with pytest.raises(DomainError, match="Mo au plus"):
        add_papers(item=item, files=[file(content=PDF + b"!")])


def test_an_empty_file_is_refused(item):
    with pytest.raises(DomainError, match="est vide"):
        add_papers(item=item, files=[file(content=b"")])


def test_a_paper_changes_its_name_and_its_file(item, django_capture_on_commit_callbacks):
    [paper] = add_papers(item=item, files=[file()])
    former = paper.file.name

    with django_capture_on_commit_callbacks(execute=True):
        edited = edit_paper(
            paper=paper, expected_revision=1, file=file(content=PDF + b"2"), title="Budget voté"
        )

    assert (edited.title, edited.revision, edited.size) == ("Budget voté", 2, len(PDF) + 1)
    assert not default_storage.exists(former)
    assert Path(edited.file.path).read_bytes() == PDF + b"2"


def test_a_stale_form_replaces_no_file(item):
    [paper] = add_papers(item=item, files=[file()])
    edit_paper(paper=paper, expected_revision=1, title="Autre")

    with pytest.raises(StaleRevisionError):
        edit_paper(paper=paper, expected_revision=1, file=file(content=PDF + b"2"), title="Budget")

    assert len(stored()) == 1


def test_a_document_takes_no_place_beside_itself(item):
    _first, second = add_papers(item=item, files=[file(), file(content=PDF + b"2")])

    with pytest.raises(DomainError, match="déjà joint"):
        edit_paper(paper=second, expected_revision=1, file=file(), title="x")


def test_papers_change_places(item):
    first, second = add_papers(item=item, files=[file("a.pdf"), file("b.pdf", PDF + b"2")])

    move_paper(paper=second, direction="up")
    move_paper(paper=first, direction="down")

    assert [paper.title for paper in item.papers.all()] == ["b", "a"]


def test_a_paper_and_its_file_go_together(item, django_capture_on_commit_callbacks):
    kept, gone = add_papers(item=item, files=[file("a.pdf"), file("b.pdf", PDF + b"2")])

    with django_capture_on_commit_callbacks(execute=True):
        remove_paper(paper=gone)

    assert list(item.papers.all()) == [kept]
    assert [path.name for path in stored()] == [Path(kept.file.name).name]


def test_an_item_takes_the_files_of_its_papers_with_it(item, django_capture_on_commit_callbacks):
    add_papers(item=item, files=[file()])

    with django_capture_on_commit_callbacks(execute=True):
        remove_agenda_item(item=item)

    assert stored() == []


def test_what_was_shown_in_the_room_is_filed_after_the_meeting_unless_it_was_called_off():
    held = make_agenda_item(meeting=make_meeting(status=Meeting.Status.HELD))
    cancelled = make_agenda_item(meeting=make_meeting(status=Meeting.Status.CANCELLED))

    assert add_papers(item=held, files=[file()])
    with pytest.raises(DomainError, match="annulée"):
        add_papers(item=cancelled, files=[file()])


# --- on the pages ------------------------------------------------------------------------------------


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


def address(name, paper_or_item):
    item = getattr(paper_or_item, "item", paper_or_item)
    ids = [item.meeting.public_id]
    ids += [] if name == "paper-download" else [item.public_id]
    ids += [paper_or_item.public_id] if item is not paper_or_item else []
    return reverse(f"committees:{name}", args=[item.meeting.committee.candidacy.slug, *ids])


def test_several_files_are_joined_at_once_and_handed_back_as_they_were(client, lead):
    item = make_agenda_item(meeting=make_meeting(committee=make_committee(candidacy=lead.candidacy)))

    content = word()

    response = client.post(
        address("paper-create", item), {"documents": [file("a.pdf"), file("b.docx", content)]}
    )

    assert response.status_code == 302
    first, second = item.papers.all()
    page = client.get(response.headers["Location"].partition("#")[0])
    assert address("paper-download", first) in page.text
    handed = client.get(address("paper-download", second))
    assert b"".join(handed.streaming_content) == content
    assert handed.headers["Content-Type"].endswith("wordprocessingml.document")
    assert handed.headers["Content-Disposition"] == 'attachment; filename="b.docx"'
    assert handed.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_refused_is_said_on_the_form(client, lead):
    item = make_agenda_item(meeting=make_meeting(committee=make_committee(candidacy=lead.candidacy)))

    response = client.post(address("paper-create", item), {"documents": [file("x.pdf", b"<html>")]})

    assert response.status_code == 422
    assert "n’est pas un PDF" in response.text
    assert not AgendaPaper.objects.exists()


def test_a_file_that_is_no_longer_there_is_not_found(client, lead):
    item = make_agenda_item(meeting=make_meeting(committee=make_committee(candidacy=lead.candidacy)))
    paper = make_paper(item=item)
    paper.file.storage.delete(paper.file.name)

    assert client.get(address("paper-download", paper)).status_code == 404
