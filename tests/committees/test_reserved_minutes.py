"""What is confidential on an agenda stays so in its minutes: on their page, by their link, in their files."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from candidacy.models import Membership
from committees.minutes_content import content_of
from committees.minutes_tokens import minutes_token_for
from committees.models import Meeting
from committees.representation import representatives
from committees.services.session import close_session, open_session
from tests.factories import (
    make_action,
    make_agenda_item,
    make_approved_minutes,
    make_contact,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_member,
    make_minutes,
    make_open_meeting,
    make_sent_minutes,
    make_user,
)

SECRETS = ("TITRE-SECRET", "TEXTE-SECRET", "DECISION-SECRETE", "ACTION-SECRETE")
Role = Membership.Role


@pytest.fixture
def meeting():
    meeting = make_held_meeting()
    item = make_agenda_item(meeting=meeting, title="TITRE-SECRET", is_confidential=True)
    make_agenda_item(meeting=meeting, title="Titre ouvert")
    decision = make_decision(meeting=meeting, agenda_item=item, wording="DECISION-SECRETE")
    make_action(
        candidacy=meeting.committee.candidacy, meeting=meeting, decision=decision, title="ACTION-SECRETE"
    )
    return meeting


def called(meeting, *, is_voting, role=Role.ELECTED, with_account=True):
    candidacy = meeting.committee.candidacy
    user = make_user() if with_account else None
    if user:
        make_member(candidacy=candidacy, user=user, role=role)
    contact = make_contact(candidacy=candidacy, user=user)
    return make_invitation(meeting=meeting, contact=contact, is_voting=is_voting, attendance="present")


def sent(meeting):
    text = make_minutes(meeting=meeting).texts.get(agenda_item__title="TITRE-SECRET")
    text.body = "<p>TEXTE-SECRET</p>"
    text.save()
    return make_sent_minutes(meeting=Meeting.objects.get(pk=meeting.pk))


def page(name, meeting, *arguments):
    return reverse(
        f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *arguments]
    )


def words_of(pdf):
    return " ".join(" ".join(row.extract_text() for row in PdfReader(BytesIO(pdf)).pages).split())


def told(client, meeting, invitation):
    """Return what the person reads in the space: the page, the PDF and the Word document."""
    client.force_login(invitation.contact.user)
    word = Document(BytesIO(client.get(page("minutes-word", meeting, "compte-rendu")).content))
    tables = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    return [
        client.get(page("minutes-detail", meeting)).text,
        words_of(client.get(page("minutes-pdf", meeting, "compte-rendu")).content),
        " ".join([*(row.text for row in word.paragraphs), *tables]),
    ]


@pytest.mark.parametrize("is_voting", [True, False])
def test_who_does_not_decide_reads_the_number_alone(client, meeting, is_voting):
    invitation = called(meeting, is_voting=is_voting)
    sent(meeting)

    for text in told(client, meeting, invitation):
        assert [secret in text for secret in SECRETS] == [is_voting] * 4
        assert ("Point réservé" in text) is not is_voting
        assert "Titre ouvert" in text


def test_who_only_looks_on_reads_the_number_alone_wherever_they_sit(client, meeting):
    invitation = called(meeting, is_voting=True, role=Role.OBSERVER)
    sent(meeting)

    for text in told(client, meeting, invitation):
        assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("is_voting", [True, False])
def test_a_link_tells_no_more_than_the_space(client, meeting, is_voting):
    invitation = called(meeting, is_voting=is_voting, with_account=False)
    sent(meeting)
    token = minutes_token_for(invitation)

    texts = [
        client.get(reverse("committees:minutes-link", args=[token])).text,
        words_of(client.get(reverse("committees:minutes-link-pdf", args=[token])).content),
    ]

    for text in texts:
        assert [secret in text for secret in SECRETS] == [is_voting] * 4


@pytest.mark.parametrize("is_voting", [True, False])
def test_an_action_noted_in_the_room_under_a_reserved_item_is_reserved(client, is_voting):
    meeting = make_open_meeting()
    make_agenda_item(meeting=meeting, title="Titre ouvert", position=2)
    make_agenda_item(meeting=meeting, title="TITRE-SECRET", is_confidential=True)
    invitation = called(meeting, is_voting=is_voting)
    link = called(meeting, is_voting=is_voting, with_account=False)
    open_session(meeting=meeting)
    client.force_login(make_member(candidacy=meeting.committee.candidacy).user)
    form = client.get(page("session", meeting)).context["action_form"]

    client.post(
        page("session-act", meeting),
        {"public_id": form["public_id"].value(), "item": form["item"].value(), "title": "ACTION-SECRETE"},
    )
    client.post(page("session-act", meeting), {"public_id": meeting.public_id, "title": "Action ouverte"})
    close_session(meeting=meeting)
    sent(meeting)

    client.logout()
    token = minutes_token_for(link)
    by_link = [
        client.get(reverse("committees:minutes-link", args=[token])).text,
        words_of(client.get(reverse("committees:minutes-link-pdf", args=[token])).content),
    ]
    for text in [*by_link, *told(client, meeting, invitation)]:
        assert ("ACTION-SECRETE" in text) is is_voting
        assert "Action ouverte" in text


def test_what_was_approved_keeps_what_is_reserved(meeting):
    called(meeting, is_voting=True)
    text = make_minutes(meeting=meeting).texts.get(agenda_item__title="TITRE-SECRET")
    text.body = "<p>TEXTE-SECRET</p>"
    text.save()
    minutes = make_approved_minutes(meeting=Meeting.objects.get(pk=meeting.pk))

    assert "TEXTE-SECRET" in str(content_of(minutes, with_reserved=True))
    assert not [secret for secret in SECRETS if secret in str(content_of(minutes, with_reserved=False))]


def test_who_was_named_in_an_answer_stands_in_where_they_came(meeting):
    holder = make_invitation(meeting=meeting, attendance="present")
    absent_holder = make_invitation(meeting=meeting, attendance="absent")
    given = make_invitation(
        meeting=meeting,
        answer="proxy",
        answered_at=timezone.now(),
        stand_in=holder.contact,
        attendance="excused",
    )
    void = make_invitation(
        meeting=meeting,
        answer="proxy",
        answered_at=timezone.now(),
        stand_in=absent_holder.contact,
        attendance="excused",
    )
    came = make_invitation(
        meeting=meeting,
        answer="proxy",
        answered_at=timezone.now(),
        stand_in=holder.contact,
        attendance="present",
    )

    people = list(meeting.invitations.select_related("contact"))

    assert void in people
    assert came in people
    assert representatives(meeting, people) == {given.contact_id: holder.contact.get_full_name()}


def test_an_action_entered_on_the_page_of_the_meeting_may_belong_to_a_reserved_item(client):
    meeting = make_held_meeting()
    lead = make_member(candidacy=meeting.committee.candidacy)
    item = make_agenda_item(meeting=meeting, title="TITRE-SECRET", is_confidential=True)
    elsewhere = make_agenda_item(meeting=make_held_meeting(committee=meeting.committee))
    client.force_login(lead.user)
    address = reverse(
        "committees:meeting-action-create", args=[meeting.committee.candidacy.slug, meeting.public_id]
    )
    form = client.get(address).context["form"]
    typed = {"public_id": form["public_id"].value(), "title": "ACTION-SECRETE"}

    refused = client.post(address, {**typed, "agenda_item": str(elsewhere.public_id)})
    client.post(address, {**typed, "agenda_item": str(item.public_id)})

    assert refused.status_code == 422
    action = meeting.actions.get()
    assert action.agenda_item == item
    assert "ACTION-SECRETE" not in str(content_of(make_minutes(meeting=meeting), with_reserved=False))
    edit = reverse("committees:action-edit", args=[meeting.committee.candidacy.slug, action.public_id])
    assert client.get(edit).context["form"].initial["agenda_item"]
