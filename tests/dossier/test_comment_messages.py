"""What leaves by mail of a comment: once, to whoever may read it when it leaves."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from candidacy.services.members import remove_member
from dossier.models import Audience, Section
from dossier.services.comments import (
    GRACE,
    NOTICE,
    answer_thread,
    edit_comment,
    open_thread,
    withdraw_comment,
)
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.rendering import page_url
from tests.dossier.people import make_partner
from tests.factories import make_member, make_organisation, make_section, make_user

Role = Membership.Role
Status = OutboundMessage.Status


@pytest.fixture
def section():
    organisation = make_organisation()
    return make_section(
        candidacy=organisation.candidacy, organisation=organisation, title="Vision", body="<p>La fosse.</p>"
    )


@pytest.fixture
def lead(section):
    return make_member(candidacy=section.candidacy, user=make_user(first_name="Inès", last_name="Morel")).user


@pytest.fixture
def officer(section):
    return make_member(candidacy=section.candidacy, role=Role.TEAM).user


@pytest.fixture
def partner(section):
    return make_partner(organisation=section.organisation)


def open_(section, by, **fields):
    fields.setdefault("audience", Audience.READERS)
    fields.setdefault("body", "Un chiffre ?")
    return open_thread(section=section, by=by, **fields)


def answer(thread, by, **fields):
    fields.setdefault("body", "Trois cents.")
    return answer_thread(thread=thread, by=by, audience_seen=thread.audience, **fields)


def deliver():
    """Let the time of correcting pass, and the minute's tick come twice."""
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + GRACE + timedelta(minutes=1), tick=True):
        deliver_due()
        deliver_due()
    return {message.to[0]: message for message in mail.outbox}


def test_whoever_is_told_gets_one_message(section, lead, partner, officer):
    thread = open_(section, lead, told=[partner], body="Bonjour,\nun <b>chiffre</b> ?")

    sent = deliver()

    assert list(sent) == [partner.email]
    message = sent[partner.email]
    address = page_url("dossier:section-detail", slug=section.candidacy.slug, public_id=section.public_id)
    assert message.subject == "Inès Morel vous signale un commentaire\u00a0: 1 Vision"
    assert "> Bonjour,\n> un <b>chiffre</b> ?\n" in message.body
    assert f"{address}?fils=tous#fil-{thread.public_id}" in message.body
    row = OutboundMessage.objects.get()
    assert (row.kind, row.scope, row.status) == (NOTICE, section.candidacy.public_id, Status.SENT)


def test_nothing_leaves_before_the_author_could_correct(section, lead, partner):
    open_(section, lead, told=[partner])

    deliver_due()

    assert mail.outbox == []
    assert len(deliver()) == 1


def test_an_answer_is_told_to_the_others_of_the_thread(section, lead, partner, officer):
    thread = open_(section, lead, told=[officer])
    deliver()

    answer(thread, partner)
    first = deliver()
    answer(thread, officer)
    second = deliver()

    assert set(first) == {lead.email, officer.email}
    assert set(second) == {lead.email, partner.email}
    assert "a répondu" in first[lead.email].subject
    assert "auquel vous prenez part" in first[lead.email].body


def test_somebody_told_and_in_the_thread_gets_one_message(section, lead, partner):
    thread = open_(section, partner)

    answer(thread, lead, told=[partner])
    sent = deliver()

    assert OutboundMessage.objects.count() == len(sent) == 1
    assert "vous signale une réponse" in sent[partner.email].body


def test_a_correction_tells_whoever_was_not_told_and_nobody_twice(section, lead, partner, officer):
    comment = open_(section, lead, told=[partner]).comments.get()
    deliver()

    edit_comment(comment=comment, by=lead, body="Mieux dit", told=[partner, officer])
    sent = deliver()

    assert list(sent) == [officer.email]
    assert "> Mieux dit" in sent[officer.email].body


def test_what_leaves_is_what_stands_when_it_leaves(section, lead, partner, officer):
    comment = open_(section, lead, told=[partner, officer], body="Premier jet").comments.get()
    edit_comment(comment=comment, by=lead, body="Mieux dit", told=[officer])

    sent = deliver()

    assert list(sent) == [officer.email]
    assert "Premier jet" not in sent[officer.email].body


def test_a_comment_withdrawn_before_it_left_sends_nothing(section, lead, partner):
    comment = open_(section, lead, told=[partner]).comments.get()

    withdraw_comment(comment=comment, by=lead)

    assert deliver() == {}
    row = OutboundMessage.objects.get()
    assert (row.status, row.reason) == (Status.CANCELLED, "Le commentaire a été retiré.")


def test_a_comment_withdrawn_while_the_row_stayed_planned_sends_nothing(section, lead, partner):
    thread = open_(section, partner)
    withdraw_comment(comment=answer(thread, lead), by=lead)
    OutboundMessage.objects.update(status=Status.PLANNED, cancelled_by="")

    assert deliver() == {}


@pytest.mark.parametrize("loss", ["membership", "section", "account", "organisation"])
def test_whoever_lost_access_is_sent_nothing(section, lead, partner, loss):
    open_(section, lead, told=[partner])
    if loss == "membership":
        remove_member(membership=partner.memberships.get())
    elif loss == "section":
        Section.objects.update(organisation=make_organisation(candidacy=section.candidacy))
    elif loss == "account":
        type(partner).objects.filter(pk=partner.pk).update(is_active=False)
    else:
        partner.contacts.update(organisation=make_organisation(candidacy=section.candidacy))

    assert deliver() == {}
    assert OutboundMessage.objects.get().status == Status.CANCELLED


def test_a_partner_in_an_old_thread_is_not_told_once_it_is_out_of_reach(section, lead, partner):
    thread = open_(section, partner, audience=Audience.PARTNER)
    Section.objects.update(organisation=make_organisation(candidacy=section.candidacy))
    thread.refresh_from_db()

    answer(thread, lead)

    assert deliver() == {}


def test_a_removed_account_is_sent_nothing_and_stops_nobody(section, lead, partner, officer):
    thread = open_(section, officer, told=[partner])
    answer(thread, partner)
    officer.delete()
    OutboundMessage.objects.update(due_at=timezone.now())

    sent = deliver()

    assert list(sent) == [partner.email]
    assert "(compte supprimé)" in sent[partner.email].subject


def test_the_lead_reads_in_the_outbox_what_left(client, section, lead, partner):
    open_(section, lead, told=[partner])
    deliver()
    client.force_login(lead)
    row = OutboundMessage.objects.get()

    page = client.get(reverse("candidacy:outbox-detail", args=[section.candidacy.slug, row.public_id])).text

    assert "Commentaire d’une section" in page
    assert "Un chiffre" in page
