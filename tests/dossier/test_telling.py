"""Who is told about a section, when, and what is held back when the contract is changed before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from candidacy.models import Membership
from dossier.announcements import ORDER, REVIEW
from dossier.models import Section
from dossier.services.outline import Contract, change_contract, create_section, remove_section
from dossier.services.retirement import retire_section
from dossier.services.states import change_status
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_contact,
    make_member,
    make_organisation,
    make_reviewer,
    make_section,
    make_user,
)

Status = Section.Status
Role = Membership.Role
CONTRACT = Contract(title="Publics", brief="Dire qui vient.", limit_value=600, questions=["Q1. Qui ?"])


def planned(kind=None):
    rows = OutboundMessage.objects.planned()
    return sorted((rows.filter(kind=kind) if kind else rows).values_list("recipient_name", flat=True))


def send():
    """Let the time to think again go by, and send."""
    OutboundMessage.objects.planned().update(due_at=timezone.now() - timedelta(minutes=1))
    send_due_messages()
    sent = [(message.to[0], message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return sent


def signed_in_contact(organisation):
    user = make_partner(organisation=organisation)
    return user.contacts.get()


def order(section, **fields):
    return change_contract(section=section, contract=replace(CONTRACT, **fields))


def test_the_person_named_is_told_what_is_expected_of_them():
    candidacy = make_candidacy()
    make_member(candidacy=candidacy, user=make_user(email="cheffe@lens.example"))
    organisation = make_organisation(candidacy=candidacy)
    writer = signed_in_contact(organisation)
    signed_in_contact(organisation)
    section = create_section(candidacy=candidacy, contract=replace(CONTRACT, writer=writer))

    OutboundMessage.objects.planned().update(due_at=timezone.now())
    send_due_messages()

    (message,) = mail.outbox
    assert (message.to, message.subject) == ([writer.email], "Section à écrire : 1 Publics")
    assert message.reply_to == ["cheffe@lens.example"]
    for told in ("Dire qui vient.", "Q1. Qui ?", "600 mots au plus", f"/sections/{section.public_id}/"):
        assert told in message.body


def test_without_a_person_those_of_the_structure_who_sign_in_are_told():
    section = make_section()
    organisation = make_organisation(candidacy=section.candidacy)
    contacts = [signed_in_contact(organisation) for _ in range(2)]
    make_contact(organisation=organisation)

    order(section, organisation=organisation)

    assert planned(ORDER) == sorted(str(contact) for contact in contacts)


def test_there_is_time_to_think_again():
    section, contact = make_section(), make_contact()
    Section.objects.filter(pk=section.pk).update(candidacy=contact.candidacy)
    section.refresh_from_db()

    order(section, writer=contact)
    send_due_messages()

    assert (mail.outbox, planned(ORDER)) == ([], [str(contact)])


def test_a_contract_changed_back_before_the_sending_tells_nobody():
    section = make_section()
    writer, other = (make_contact(candidacy=section.candidacy) for _ in range(2))
    order(section, writer=writer)
    order(section)
    assert planned() == []
    order(section, writer=other)

    assert send() == [(other.email, "Section à écrire : 1 Publics")]


def test_what_changes_behind_the_outbox_is_seen_at_the_sending():
    section = make_section()
    writer = make_contact(candidacy=section.candidacy)
    order(section, writer=writer)
    Section.objects.filter(pk=section.pk).update(writer=None, organisation=None)

    assert send() == []
    assert OutboundMessage.objects.get().reason == "La section ou son contrat a changé avant l’envoi."


def test_who_was_told_is_not_told_again_for_a_contract_changed_and_changed_back():
    section = make_section()
    writer, other = (make_contact(candidacy=section.candidacy) for _ in range(2))
    order(section, writer=writer)
    assert len(send()) == 1

    order(section, writer=writer, brief="Plus court.")
    order(section, writer=other)
    order(section, writer=writer)
    assert send() == []

    order(section, writer=other)
    assert [address for address, _subject in send()] == [other.email]
    order(section, writer=writer)
    assert [address for address, _subject in send()] == [writer.email]


@pytest.mark.parametrize("end", ["removed", "retired", "handed in"])
def test_an_order_that_has_lost_its_object_does_not_leave(end):
    section = make_section(status=Status.WRITING)
    lead = make_member(candidacy=section.candidacy).user
    order(section, writer=make_contact(candidacy=section.candidacy))
    if end == "removed":
        remove_section(section=section)
    elif end == "retired":
        retire_section(section=section, reason="x", by=lead)
    else:
        Section.objects.filter(pk=section.pk).update(body="<p>Fait</p>")
        change_status(section=section, target=Status.IN_REVIEW, by=lead)

    assert planned(ORDER) == []


def test_a_person_who_left_and_one_without_an_address_are_not_written_to():
    section = make_section()
    gone = signed_in_contact(make_organisation(candidacy=section.candidacy))
    order(section, writer=gone)
    gone.user.memberships.all().delete()
    assert send() == []
    assert "n’a plus accès" in OutboundMessage.objects.get().reason

    silent = make_contact(candidacy=section.candidacy, email="")
    order(section, writer=silent)
    assert send() == []


def test_who_has_no_account_is_told_how_to_ask_for_one():
    section = make_section()
    order(section, writer=make_contact(candidacy=section.candidacy))
    OutboundMessage.objects.planned().update(due_at=timezone.now())
    send_due_messages()

    assert "répondez à ce message" in mail.outbox[0].body
    assert "/sections/" not in mail.outbox[0].body


# --- Review -----------------------------------------------------------------------------------------


def hand_in(section, by):
    return change_status(section=section, target=Status.IN_REVIEW, by=by)


def test_those_named_are_told_that_a_text_waits_for_them_but_not_who_handed_it_in():
    section = make_section(status=Status.WRITING, body="<p>Le secret du texte</p>", title="Publics")
    team = make_member(candidacy=section.candidacy, role=Role.TEAM)
    contact = signed_in_contact(make_organisation(candidacy=section.candidacy))
    lead = make_member(candidacy=section.candidacy)
    for fields in ({"contact": contact}, {"membership": team}, {"membership": lead}):
        make_reviewer(section=section, **fields)

    hand_in(section, lead.user)
    OutboundMessage.objects.planned().update(due_at=timezone.now())
    send_due_messages()

    assert {message.to[0] for message in mail.outbox} == {contact.email, team.user.email}
    assert {message.subject for message in mail.outbox} == {"Section à relire : 1 Publics"}
    assert all(f"/sections/{section.public_id}/" in message.body for message in mail.outbox)
    assert not any("secret" in message.body for message in mail.outbox)


def test_without_reviewers_the_leads_are_told():
    section = make_section(status=Status.WRITING, body="<p>Le texte</p>")
    team, lead = (make_member(candidacy=section.candidacy, role=role) for role in (Role.TEAM, Role.LEAD))

    hand_in(section, team.user)

    assert planned(REVIEW) == [str(lead.user)]


def test_a_text_taken_back_before_the_sending_tells_nobody_and_handed_in_again_tells_once():
    section = make_section(status=Status.WRITING, body="<p>Le texte</p>")
    team, lead = (make_member(candidacy=section.candidacy, role=role) for role in (Role.TEAM, Role.LEAD))

    hand_in(section, team.user)
    change_status(section=section, target=Status.WRITING, by=team.user)
    assert planned(REVIEW) == []
    hand_in(section, team.user)

    assert [address for address, _subject in send()] == [lead.user.email]


def test_a_state_changed_behind_the_outbox_is_seen_at_the_sending():
    section = make_section(status=Status.WRITING, body="<p>Le texte</p>")
    team = make_member(candidacy=section.candidacy, role=Role.TEAM)
    make_member(candidacy=section.candidacy)
    hand_in(section, team.user)
    Section.objects.filter(pk=section.pk).update(status=Status.WRITING)

    assert send() == []


def test_a_message_about_an_earlier_handing_in_does_not_leave():
    section = make_section(status=Status.WRITING, body="<p>Le texte</p>")
    team = make_member(candidacy=section.candidacy, role=Role.TEAM)
    make_member(candidacy=section.candidacy)
    hand_in(section, team.user)
    section.state_changes.create(source=Status.IN_REVIEW, target=Status.WRITING)
    section.state_changes.create(source=Status.WRITING, target=Status.IN_REVIEW)

    assert send() == []


def test_a_reviewer_named_during_the_review_is_told_and_one_taken_off_is_not():
    section = make_section(status=Status.WRITING, body="<p>Le texte</p>", title="Publics")
    team = make_member(candidacy=section.candidacy, role=Role.TEAM)
    first, second = (make_contact(candidacy=section.candidacy) for _ in range(2))
    make_reviewer(section=section, contact=first)
    hand_in(section, team.user)

    order(section, reviewing_contacts=[second])

    assert [address for address, _subject in send()] == [second.email]
