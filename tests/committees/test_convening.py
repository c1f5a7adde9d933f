"""What leaves with a convocation: the PDF, the papers, and what is said of a changed agenda."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from committees import enclosures
from committees.answer_tokens import token_for
from committees.convocation import compose, print_convocation
from committees.models import Meeting
from committees.services.meetings import announce_agenda, convene_meeting, create_meeting, edit_meeting
from core.errors import DomainError
from core.pdf import PdfError
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from tests.factories import (
    make_action,
    make_agenda_item,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
    make_seat,
    make_user,
)
from tests.pdf_checks import pdf_failures


@pytest.fixture
def lead():
    return make_member(candidacy=make_candidacy(title="Lens-Liévin 2030"))


@pytest.fixture
def draft(lead):
    committee = make_committee(candidacy=lead.candidacy, name="Comité de pilotage")
    return create_meeting(
        committee=committee,
        title="COPIL n° 3",
        starts_at=timezone.now() + timedelta(days=10),
        introduction="Merci de lire les pièces.",
        place="Hôtel de ville",
    )


@pytest.fixture
def seat(draft):
    return make_seat(committee=draft.committee)


@pytest.fixture
def convene(draft, lead, seat):
    def now():
        return convene_meeting(
            meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[seat.contact]
        )

    return now


def left():
    mail.outbox.clear()
    deliver_due()
    return mail.outbox


def files_of(message):
    return [(name, content_type) for name, _content, content_type in message.attachments]


# --- the PDF -----------------------------------------------------------------------------------------


def test_the_convocation_is_printed_for_all_readers_of_pdf(draft, lead, prints):
    make_agenda_item(meeting=draft, title="Budget", rapporteur="Mme Blanc", kind="decision")
    make_paper(item=draft.agenda_items.get(), title="Plan de financement")

    content = print_convocation(draft, with_reserved=False)

    assert not pdf_failures(content)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "fr"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Convocation – COPIL n° 3"
        assert len(pdf.pages) == 1
    assert print_convocation(draft, with_reserved=False) == content


def test_a_fictitious_candidacy_says_so_at_the_foot_of_its_papers(draft, prints):
    draft.committee.candidacy.is_fictitious = True

    [page] = PdfReader(BytesIO(print_convocation(draft, with_reserved=False))).pages

    assert "Candidature fictive" in page.extract_text()


def test_it_says_what_the_reader_may_read(draft):
    item = make_agenda_item(meeting=draft, title="Budget")
    make_paper(item=item, title="Plan")
    make_paper(item=item, title="Avis interne", is_confidential=True)
    make_agenda_item(meeting=draft, position=2, title="Départ", details="Motif", is_confidential=True)
    last = make_meeting(
        committee=draft.committee, status=Meeting.Status.HELD, starts_at=timezone.now() - timedelta(days=9)
    )
    make_decision(meeting=last, wording="Retenir le scénario B")
    make_action(candidacy=draft.committee.candidacy, meeting=last, title="Écrire au préfet")
    shared = ("Hôtel de ville", "Merci de lire", "1. Budget", "Plan", "Comité de pilotage")
    reserved = ("Avis interne", "Départ", "Motif", "Retenir le scénario B", "Écrire au préfet")

    all_of_it = compose(draft, with_reserved=True)
    part = compose(draft, with_reserved=False)

    assert [said in all_of_it.html for said in (*shared, *reserved)] == [True] * 10
    assert [said in part.html for said in (*shared, *reserved)] == [True] * 5 + [False] * 5
    assert "2. Point réservé" in part.html
    assert all_of_it.identifier != part.identifier


def test_it_is_looked_at_before_anybody_is_convened(client, draft, lead):
    client.force_login(lead.user)

    response = client.get(
        reverse("committees:meeting-convocation", args=[lead.candidacy.slug, draft.public_id])
    )

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="convocation-copil-n-3.pdf"'
    assert not OutboundMessage.objects.exists()


def test_where_it_cannot_be_printed_the_page_says_so_and_the_message_waits(
    client, draft, lead, convene, monkeypatch
):
    def refuse(_printout):
        raise PdfError("Le moteur s’est arrêté.")

    monkeypatch.setattr("committees.convocation._printed", refuse)
    client.force_login(lead.user)
    address = reverse("committees:meeting-convocation", args=[lead.candidacy.slug, draft.public_id])

    assert "Le moteur s’est arrêté." in client.get(address, follow=True).text
    convene()
    assert left() == []
    row = OutboundMessage.objects.get(kind="meeting-convocation")
    assert (row.status, row.attempts) == ("planned", 1)
    assert "Le moteur s’est arrêté." in row.last_error


# --- the papers --------------------------------------------------------------------------------------


def test_papers_travel_with_the_convocation_and_are_kept_once(draft, convene):
    item = make_agenda_item(meeting=draft)
    paper = make_paper(item=item, title="Plan", content=b"%PDF-1.7 plan")
    convene()

    [message] = left()

    assert files_of(message) == [
        ("invite.ics", "application/ics"),
        ("Convocation.pdf", "application/pdf"),
        ("Plan.pdf", "application/pdf"),
    ]
    assert message.attachments[2][1] == b"%PDF-1.7 plan"
    assert "Pièces jointes\n- Plan\n" in message.body
    row = OutboundMessage.objects.get(kind="meeting-convocation")
    assert {file.filename for file in row.attachments.all()} == {"invite.ics", "Convocation.pdf"}
    assert row.facts["meeting"]["papers"] == [paper.sha256]


def test_papers_too_heavy_for_a_mailbox_are_read_at_ones_own_address(draft, convene, monkeypatch):
    item = make_agenda_item(meeting=draft)
    for title in ("Plan", "Annexe"):
        make_paper(item=item, title=title, content=b"%PDF-1.7 1234")
    monkeypatch.setattr(enclosures, "MAX_BYTES", 2 * len(b"%PDF-1.7 1234") - 1)
    convene()

    [message] = left()

    assert [name for name, _type in files_of(message)] == ["invite.ics", "Convocation.pdf"]
    assert "trop lourdes pour un courriel" in message.body
    assert "- Plan\n- Annexe\n" in message.body
    assert f"/reponse/{token_for(draft.invitations.get())}/" in message.body


def test_a_confidential_paper_leaves_for_those_who_decide(draft, lead, seat):
    guest = make_contact(candidacy=lead.candidacy)
    make_paper(item=make_agenda_item(meeting=draft), title="Secret", is_confidential=True)
    convene_meeting(
        meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[seat.contact, guest]
    )

    sent = {message.to[0]: (message.body, files_of(message)) for message in left()}

    assert "Secret" in sent[seat.contact.email][0]
    assert ("Secret.pdf", "application/pdf") in sent[seat.contact.email][1]
    assert "Secret" not in str(sent[guest.email])


def test_what_is_left_to_do_comes_before_the_agenda_for_those_who_decide(draft, lead, seat):
    guest = make_contact(candidacy=lead.candidacy)
    last = make_meeting(
        committee=draft.committee, status=Meeting.Status.HELD, starts_at=timezone.now() - timedelta(days=9)
    )
    make_decision(meeting=last, number="COPIL-2026-01-D1", wording="Retenir le scénario B")
    make_agenda_item(meeting=draft, title="Budget")
    convene_meeting(
        meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[seat.contact, guest]
    )

    bodies = {message.to[0]: message.body for message in left()}

    told = bodies[seat.contact.email]
    assert told.index("Suites données") < told.index("COPIL-2026-01-D1") < told.index("Ordre du jour")
    assert "COPIL-2026-01-D1" not in bodies[guest.email]


# --- a changed agenda --------------------------------------------------------------------------------


@pytest.fixture
def convened(draft, convene):
    make_agenda_item(meeting=draft, title="Budget")
    make_agenda_item(meeting=draft, position=2, title="Divers")
    meeting = convene()
    left()
    return meeting


def test_a_changed_agenda_is_told_when_somebody_says_so(convened, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    convened.agenda_items.get(title="Divers").delete()
    make_paper(item=make_agenda_item(meeting=convened, position=3, title="Jury"), title="Profils")

    before = list(left())
    announced = announce_agenda(meeting=convened)
    [message] = left()

    assert (before, announced) == ([], True)
    assert message.subject.startswith("Changement")
    body = message.body.replace("\xa0", " ")
    assert (
        "Ce qui change :\n- Ordre du jour : modifié, voir ci-dessous\n"
        "- Point ajouté : Jury\n- Point retiré : Divers\n"
        "- Pièces : de nouveaux documents sont joints à l’ordre du jour\n"
    ) in body
    assert "SEQUENCE:1" in message.alternatives[0].content
    assert ("Profils.pdf", "application/pdf") in files_of(message)


def test_announcing_what_was_announced_tells_nobody(convened):
    assert announce_agenda(meeting=convened) is False
    assert list(left()) == []


def test_papers_do_not_leave_again_with_another_place(convened, time_machine):
    make_paper(item=convened.agenda_items.first(), title="Plan")
    announce_agenda(meeting=convened)
    left()
    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    convened.refresh_from_db()
    edit_meeting(meeting=convened, expected_revision=convened.revision, place="Avion")

    [message] = left()

    assert [name for name, _type in files_of(message)] == ["invite.ics", "Convocation.pdf"]
    assert "Pièces" not in message.body


@pytest.mark.parametrize("status", [Meeting.Status.DRAFT, Meeting.Status.HELD, Meeting.Status.CANCELLED])
def test_only_a_convened_meeting_announces(status):
    with pytest.raises(DomainError, match="convoquée"):
        announce_agenda(meeting=make_meeting(status=status))


def test_what_has_begun_announces_nothing_any_more():
    begun = make_meeting(status=Meeting.Status.CONVENED, starts_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(DomainError, match="commencé"):
        announce_agenda(meeting=begun)


def test_the_page_offers_it_while_there_is_something_to_tell(client, convened, lead):
    client.force_login(lead.user)
    ids = [lead.candidacy.slug, convened.public_id]
    page, announce = (reverse(f"committees:meeting-{name}", args=ids) for name in ("detail", "announce"))

    same = announce in client.get(page).text
    make_agenda_item(meeting=convened, position=3)
    changed = announce in client.get(page).text
    client.post(announce)

    assert (same, changed, announce in client.get(page).text) == (False, True, False)


def test_nothing_leaves_about_the_agenda_of_a_draft(client, draft, lead, seat):
    make_paper(item=make_agenda_item(meeting=draft))

    assert list(left()) == []
    assert not OutboundMessage.objects.exists()


# --- who will receive it -----------------------------------------------------------------------------


def test_before_convening_the_page_says_whom_nothing_will_reach(client, draft, lead, seat):
    client.force_login(lead.user)
    mute = make_seat(committee=draft.committee, contact=make_contact(candidacy=lead.candidacy, email=""))
    gone = make_seat(
        committee=draft.committee, contact=make_contact(candidacy=lead.candidacy, user=make_user())
    )
    refused = make_seat(committee=draft.committee)
    other = make_invitation(meeting=make_meeting(committee=draft.committee))
    OutboundMessage.objects.create(
        scope=lead.candidacy.public_id,
        kind="note",
        about=other.public_id,
        rule="x",
        recipient_key="x",
        occurrence="1",
        planned_for=timezone.now(),
        due_at=timezone.now(),
        status="failed",
        recipient_address=refused.contact.email,
    )

    page = client.get(reverse("committees:meeting-convene", args=[lead.candidacy.slug, draft.public_id]))

    problems = {person.contact: person.problem for person in page.context["form"]["members"].people}
    assert problems == {
        seat.contact: "",
        mute.contact: "sans adresse\xa0: rien ne partira",
        gone.contact: "n’a plus accès\xa0: rien ne partira",
        refused.contact: "adresse refusée par le serveur",
    }
