"""Minutes as files: what they say, to whom, and that the PDF can be read aloud."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from committees.minutes_printing import Form, print_minutes, write_minutes
from committees.services.approval import approve_minutes, rectify_minutes, send_minutes
from tests.factories import (
    make_action,
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_member,
    make_minutes,
    make_seat,
    make_user,
)
from tests.pdf_checks import pdf_failures

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead():
    return make_member()


@pytest.fixture
def minutes(lead):
    """Minutes with something of everything they may show."""
    committee = make_committee(candidacy=lead.candidacy, name="Comité de pilotage", acronym="COPIL")
    meeting = make_held_meeting(committee=committee, title="Arbitrages", place="Hôtel de ville")
    people = {
        name: make_contact(candidacy=lead.candidacy, first_name="Anne", last_name=name)
        for name in ("Present", "Excuse", "Titulaire", "Suppleant", "Absent")
    }
    titular = make_seat(committee=committee, contact=people["Titulaire"])
    make_seat(committee=committee, contact=people["Suppleant"], quality="deputy", deputy_of=titular)
    for name, attendance in (
        ("Present", "present"),
        ("Excuse", "excused"),
        ("Titulaire", "excused"),
        ("Suppleant", "remote"),
        ("Absent", "absent"),
    ):
        make_invitation(meeting=meeting, contact=people[name], attendance=attendance)
    item = make_agenda_item(meeting=meeting, title="Budget 2027", kind="decision", rapporteur="Anne Present")
    make_decision(
        meeting=meeting,
        agenda_item=item,
        number="COPIL-2026-03-D1",
        wording="Le comité adopte le budget : à l’unanimité.",
        owner=people["Present"],
        due_on=date(2026, 4, 1),
    )
    make_decision(meeting=meeting, number="COPIL-2026-03-D2", wording="Le comité se revoit en mai.")
    make_action(candidacy=lead.candidacy, meeting=meeting, title="Écrire à la Région", owner=people["Excuse"])
    minutes = make_minutes(meeting=meeting)
    text = minutes.texts.get(place="item")
    text.body = (
        "<p>Le budget est <strong>présenté</strong>.</p><ul><li>Les charges</li><li>Les produits</li></ul>"
        "<table><tbody><tr><th>Année</th><th>Total</th></tr><tr><td>2027</td><td>1 200</td></tr></tbody></table>"
    )
    text.save()
    return minutes


def approved(minutes):
    return approve_minutes(minutes=send_minutes(minutes=minutes, by=make_user()), by=make_user())


def words_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def words_in(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_full_minutes_print_people_texts_decisions_and_actions(minutes):
    pdf = print_minutes(minutes, Form.FULL, with_reserved=True)

    words = words_of(pdf)
    for told in (
        "Compte rendu Arbitrages Comité de pilotage",
        "Hôtel de ville",
        "Projet, qui n’est pas encore approuvé",
        "Présent·es (2)",
        "Représenté·es (1)",
        "Excusé·es (1)",
        "Absent·es (1)",
        "Anne Suppleant",
        "1. Budget 2027",
        "Les produits",
        "COPIL-2026-03-D1",
        "Le comité se revoit en mai.",
        "Écrire à la Région",
    ):
        assert told in words
    assert not pdf_failures(pdf)


def test_the_record_of_decisions_leaves_the_texts_out(minutes):
    pdf = print_minutes(minutes, Form.DECISIONS, with_reserved=True)

    words = words_of(pdf)
    assert "Relevé de décisions" in words
    assert "1. Budget 2027" in words
    assert "COPIL-2026-03-D2" in words
    assert "Les produits" not in words
    assert not pdf_failures(pdf)


def test_approved_minutes_print_the_same_file_until_they_are_rectified(minutes):
    minutes = approved(minutes)
    first = print_minutes(minutes, Form.FULL, with_reserved=True)
    minutes.meeting.invitations.update(attendance="absent")

    assert print_minutes(minutes, Form.FULL, with_reserved=True) == first
    assert "Approuvé par le·la chef·fe de projet" in words_of(first)
    later = make_held_meeting(committee=minutes.meeting.committee, starts_at=NOW, title="Suivante")
    rectify_minutes(minutes=minutes, meeting=later, wording="Lire 2028.", by=make_user())
    assert "Lire 2028." in words_of(print_minutes(minutes, Form.FULL, with_reserved=True))


@pytest.mark.parametrize(("form", "has_texts"), [(Form.FULL, True), (Form.DECISIONS, False)])
def test_the_word_document_says_the_same(minutes, form, has_texts):
    document = Document(BytesIO(write_minutes(minutes, form, with_reserved=True)))

    words = words_in(document)
    for told in ("Arbitrages", "Anne Present", "1. Budget 2027", "COPIL-2026-03-D1", "Écrire à la Région"):
        assert told in words
    assert ("Les produits" in words) is has_texts
    headings = [row.text for row in document.paragraphs if row.style.name == "Heading 1"]
    assert headings[0] == "Participation"
    assert headings[-2:] == ["Décisions", "Actions"]
    assert write_minutes(minutes, form, with_reserved=True) == write_minutes(
        minutes, form, with_reserved=True
    )


@pytest.mark.parametrize(
    ("is_fictitious", "foot"), [(True, "Candidature fictive de démonstration"), (False, "Ville de Lens")]
)
def test_each_page_for_word_names_the_bearer_or_says_that_the_candidacy_is_fictitious(
    minutes, is_fictitious, foot
):
    candidacy = minutes.meeting.committee.candidacy
    candidacy.is_fictitious, candidacy.bearer_name = is_fictitious, "Ville de Lens"

    document = Document(BytesIO(write_minutes(minutes, Form.FULL, with_reserved=True)))

    assert [section.footer.paragraphs[0].text.startswith(foot) for section in document.sections] == [True]


def url(name, minutes, form):
    meeting = minutes.meeting
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, form])


def test_the_files_are_handed_under_their_names(client, lead, minutes):
    client.force_login(lead.user)

    pdf = client.get(url("minutes-pdf", minutes, "compte-rendu"))
    word = client.get(url("minutes-word", minutes, "releve-de-decisions"))

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert re.search(r'filename="compte-rendu-arbitrages\.pdf"', pdf["Content-Disposition"])
    assert re.search(r'filename="releve-de-decisions-arbitrages\.docx"', word["Content-Disposition"])
    assert client.get(url("minutes-pdf", minutes, "autre")).status_code == 404
