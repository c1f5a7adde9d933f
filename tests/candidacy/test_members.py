from threading import Thread

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from accounts.models import User
from candidacy.models import Membership
from candidacy.services.members import (
    INVITATION,
    change_member,
    invite_member,
    remove_member,
    send_invitation,
)
from core.errors import DomainError
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.rendering import page_url
from tests.factories import make_candidacy, make_contact, make_member, make_user

Role = Membership.Role


def invite(**fields):
    fields.setdefault("candidacy", make_candidacy())
    fields.setdefault("email", "ines.morel@exemple.example")
    fields.setdefault("first_name", "Inès")
    fields.setdefault("last_name", "Morel")
    fields.setdefault("role", Role.TEAM)
    return invite_member(**fields)


def test_an_invitation_creates_the_account_the_role_and_one_message():
    membership = invite()

    user = User.objects.get(email="ines.morel@exemple.example")
    assert (membership.user, membership.role) == (user, Role.TEAM)
    assert user.get_full_name() == "Inès Morel"
    assert not user.has_usable_password()
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)
    message = OutboundMessage.objects.get()
    assert (message.kind, message.about, message.scope) == (
        INVITATION,
        membership.public_id,
        membership.candidacy.public_id,
    )


def test_the_message_tells_how_to_come_in_and_holds_no_secret():
    invite(candidacy=make_candidacy(title="Lens & <b>Liévin</b>"), role=Role.PARTNER)

    deliver_due()

    [message] = mail.outbox
    assert message.to == ["ines.morel@exemple.example"]
    assert message.subject == "Lens & <b>Liévin</b>\u00a0: votre accès"
    assert "« Lens & <b>Liévin</b> »".replace(" L", "\u00a0L").replace(" »", "\u00a0»") in message.body
    assert f"\n{page_url('account_request_login_code')}\n" in message.body
    assert "partenaire" in message.body


def test_a_person_who_has_an_account_keeps_it_and_its_names():
    user = make_user(email="ines.morel@exemple.example", first_name="Inès", last_name="Morel-Diaz")
    elsewhere = make_member(user=user, role=Role.OBSERVER)

    membership = invite(email="Ines.MOREL@exemple.example")

    assert membership.user == user
    user.refresh_from_db()
    assert user.last_name == "Morel-Diaz"
    assert list(user.memberships.order_by("pk")) == [elsewhere, membership]


def test_a_person_is_invited_once_into_a_candidacy():
    candidacy = make_candidacy()
    invite(candidacy=candidacy)

    with pytest.raises(DomainError, match="déjà membre"):
        invite(candidacy=candidacy, role=Role.LEAD)

    assert Membership.objects.get(candidacy=candidacy).role == Role.TEAM
    assert OutboundMessage.objects.count() == 1


def test_an_address_that_is_none_creates_nothing():
    with pytest.raises(ValidationError):
        invite(email="ines")

    assert not Membership.objects.exists()


def test_a_disabled_account_is_not_let_in():
    make_user(email="ines.morel@exemple.example", is_active=False)

    with pytest.raises(DomainError, match="désactivé"):
        invite()

    assert not Membership.objects.exists()


def test_the_funding_summary_is_granted_to_observers_only():
    candidacy = make_candidacy()

    observer = invite(candidacy=candidacy, role=Role.OBSERVER, can_read_funding=True)
    officer = invite(candidacy=candidacy, email="b@exemple.example", can_read_funding=True)
    promoted = change_member(membership=observer, role=Role.TEAM, can_read_funding=True)

    assert observer.can_read_funding
    assert not officer.can_read_funding
    assert not promoted.can_read_funding


def test_an_invitation_waiting_to_leave_is_not_doubled_and_one_that_left_may_be_repeated():
    membership = invite()

    again = send_invitation(membership=membership)
    deliver_due()
    repeated = send_invitation(membership=membership)
    deliver_due()

    assert OutboundMessage.objects.count() == 2
    assert again.occurrence == "1"
    assert repeated.occurrence == "2"
    assert len(mail.outbox) == 2


def test_whoever_is_removed_is_no_longer_written_to_and_keeps_their_contact_sheet():
    membership = invite(role=Role.PARTNER)
    contact = make_contact(candidacy=membership.candidacy, user=membership.user)

    remove_member(membership=membership)
    deliver_due()

    assert not Membership.objects.exists()
    assert mail.outbox == []
    contact.refresh_from_db()
    assert contact.user == membership.user


def test_removing_twice_is_harmless():
    make_member()
    membership = invite()

    remove_member(membership=membership)
    remove_member(membership=membership)

    assert not Membership.objects.filter(role=Role.TEAM).exists()


@pytest.mark.parametrize("role", [Role.TEAM, Role.PARTNER, Role.ELECTED, Role.OBSERVER])
def test_the_last_lead_cannot_be_given_another_role(role):
    lead = make_member()
    make_member(role=Role.LEAD)  # the lead of another candidacy does not count

    with pytest.raises(DomainError, match="nommez-en"):
        change_member(membership=lead, role=role)

    lead.refresh_from_db()
    assert lead.role == Role.LEAD


def test_the_last_lead_cannot_leave():
    lead = make_member()
    make_member(candidacy=lead.candidacy, role=Role.TEAM)

    with pytest.raises(DomainError, match="nommez-en"):
        remove_member(membership=lead)

    assert Membership.objects.filter(pk=lead.pk).exists()


def test_a_lead_whose_account_is_disabled_does_not_count_as_another_lead():
    lead = make_member()
    make_member(candidacy=lead.candidacy, user=make_user(is_active=False))

    with pytest.raises(DomainError):
        remove_member(membership=lead)


def test_of_two_leads_one_may_go():
    lead, other = make_member(), None
    other = make_member(candidacy=lead.candidacy)

    change_member(membership=lead, role=Role.TEAM)

    with pytest.raises(DomainError):
        change_member(membership=other, role=Role.TEAM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer for the whole database")
def test_two_leads_who_demote_each_other_at_once_leave_one_lead():
    lead = make_member()
    other = make_member(candidacy=lead.candidacy)
    refusals = []

    def demote_the_other():
        try:
            change_member(membership=other, role=Role.TEAM)
        except DomainError as error:
            refusals.append(str(error))
        finally:
            connection.close()

    thread = Thread(target=demote_the_other)
    with transaction.atomic():
        change_member(membership=lead, role=Role.TEAM)
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join(timeout=10)

    assert len(refusals) == 1
    assert Membership.objects.get(role=Role.LEAD) == other
