import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from candidacy.models import Membership
from core.errors import DomainError
from notifications.models import OutboundMessage
from partners.models import Contact
from partners.services.contacts import change_contact, create_contact, invite_contact, remove_contact
from tests.factories import (
    make_action,
    make_candidacy,
    make_contact,
    make_decision,
    make_invitation,
    make_member,
    make_organisation,
    make_seat,
    make_section,
    make_user,
)

Role = Membership.Role


def test_a_contact_belongs_to_the_candidacy_of_its_organisation():
    organisation = make_organisation()

    contact = create_contact(organisation=organisation, fields={"first_name": "Inès", "last_name": "Morel"})

    assert (contact.organisation, contact.candidacy) == (organisation, organisation.candidacy)


def test_one_address_makes_one_contact_of_an_organisation():
    contact = make_contact(email="ines@exemple.example")
    fields = {"first_name": "Inès", "last_name": "Morel", "email": "ines@exemple.example"}
    create_contact(organisation=make_organisation(candidacy=contact.candidacy), fields=fields)

    with pytest.raises(ValidationError, match="déjà cette adresse"):
        create_contact(organisation=contact.organisation, fields=fields)


def test_a_contact_who_left_no_trace_goes():
    contact = make_contact()

    remove_contact(contact=contact)

    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("attach", "words"),
    [
        (lambda contact: make_seat(contact=contact), "1 membre du comité"),
        (lambda contact: make_invitation(contact=contact), "1 invitation"),
        (lambda contact: make_action(candidacy=contact.candidacy, owner=contact), "1 action"),
        (lambda contact: make_decision(owner=contact), "1 décision"),
        (lambda contact: make_section(candidacy=contact.candidacy, writer=contact), "1 section"),
    ],
    ids=["seat", "invitation", "action", "decision", "section"],
)
def test_a_contact_who_left_a_trace_stays(attach, words):
    contact = make_contact()
    attach(contact)

    with pytest.raises(DomainError, match=words):
        remove_contact(contact=contact)

    assert Contact.objects.filter(pk=contact.pk).exists()


def test_a_contact_who_may_sign_in_is_shut_out_first():
    member = make_member(role=Role.PARTNER)
    contact = make_contact(candidacy=member.candidacy, user=member.user)

    with pytest.raises(DomainError, match="page des membres"):
        remove_contact(contact=contact)

    member.delete()
    remove_contact(contact=contact)
    assert not Contact.objects.exists()


# --- invitations -------------------------------------------------------------------------------------


def test_inviting_a_contact_opens_an_account_a_membership_and_a_message():
    contact = make_contact(email="ines@exemple.example", first_name="Inès", last_name="Morel")

    membership = invite_contact(contact=contact, role=Role.PARTNER)

    contact.refresh_from_db()
    assert contact.user == User.objects.get(email="ines@exemple.example") == membership.user
    assert str(contact.user) == "Inès Morel"
    assert (membership.role, membership.candidacy) == (Role.PARTNER, contact.candidacy)
    assert OutboundMessage.objects.get().about == membership.public_id


def test_an_elected_official_may_be_invited_as_one():
    contact = make_contact(role=Contact.Role.ELECTED)

    assert invite_contact(contact=contact, role=Role.ELECTED).role == Role.ELECTED


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (Contact.Role.TECHNICAL, Role.ELECTED),
        (Contact.Role.ELECTED, Role.LEAD),
        (Contact.Role.TECHNICAL, Role.TEAM),
        (Contact.Role.TECHNICAL, "boss"),
    ],
)
def test_a_sheet_gives_no_other_role(kind, role):
    contact = make_contact(role=kind)

    with pytest.raises(DomainError):
        invite_contact(contact=contact, role=role)

    assert not Membership.objects.exists()


def test_a_contact_without_an_address_cannot_be_invited():
    contact = make_contact(email="")

    with pytest.raises(DomainError, match="adresse"):
        invite_contact(contact=contact, role=Role.PARTNER)


def test_inviting_twice_opens_one_access_and_sends_one_message():
    contact = make_contact()

    first = invite_contact(contact=contact, role=Role.PARTNER)
    contact.refresh_from_db()
    second = invite_contact(contact=contact, role=Role.PARTNER)

    assert first == second
    assert OutboundMessage.objects.count() == 1


def test_a_member_who_is_also_a_contact_is_linked_and_keeps_their_role():
    lead = make_member(user=make_user(email="camille@exemple.example"))
    contact = make_contact(candidacy=lead.candidacy, email="Camille@exemple.example")

    membership = invite_contact(contact=contact, role=Role.PARTNER)

    contact.refresh_from_db()
    assert contact.user == lead.user
    assert membership == lead
    assert membership.role == Role.LEAD
    assert not OutboundMessage.objects.exists()


def test_an_account_speaks_for_one_contact_of_a_candidacy():
    candidacy = make_candidacy()
    first = make_contact(candidacy=candidacy, email="ines@exemple.example")
    invite_contact(contact=first, role=Role.PARTNER)
    second = make_contact(candidacy=candidacy, email="ines@exemple.example")

    with pytest.raises(DomainError, match="déjà celui de"):
        invite_contact(contact=second, role=Role.PARTNER)

    second.refresh_from_db()
    assert second.user is None
    assert Membership.objects.count() == 1


def test_a_partner_shut_out_is_let_in_again_with_the_account_they_had():
    contact = make_contact(email="avant@exemple.example")
    user = invite_contact(contact=contact, role=Role.PARTNER).user
    Membership.objects.all().delete()
    change_contact(contact=contact, fields={"email": "apres@exemple.example"})
    contact.refresh_from_db()

    membership = invite_contact(contact=contact, role=Role.PARTNER)

    assert membership.user == user
    assert User.objects.count() == 1
