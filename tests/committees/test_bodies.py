"""What a committee says of itself: who animates it, its habits, how its minutes are approved, who sits for whom."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Committee, CommitteeMember, Meeting
from committees.services.committees import create_committee, create_seat, edit_committee, edit_seat
from committees.services.meetings import create_meeting
from core.errors import DomainError
from tests.committees.test_views import committee_data
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_meeting,
    make_member,
    make_organisation,
    make_seat,
    make_user,
)

Quality = CommitteeMember.Quality


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def page_of(client, committee):
    address = url("committee-detail", committee.candidacy, committee.public_id)
    return unescape(client.get(address).content.decode())


def make_group(candidacy, **fields):
    return create_committee(
        candidacy=candidacy,
        name="Droits culturels",
        acronym="GT",
        kind=Committee.Kind.WORKING_GROUP,
        **fields,
    )


# --- animators ---------------------------------------------------------------------------------------


def test_a_working_group_is_animated_by_two_contacts_whom_its_page_names(client, lead):
    team = make_contact(candidacy=lead.candidacy, first_name="Karim", last_name="Benali")
    partner = make_contact(
        organisation=make_organisation(candidacy=lead.candidacy, name="Culture Commune"),
        first_name="Lucie",
        last_name="Martin",
    )
    data = committee_data(
        kind="working_group", acronym="GT", animator=str(team.public_id), co_animator=str(partner.public_id)
    )

    client.post(url("committee-create", lead.candidacy), data)

    group = Committee.objects.get()
    assert group.animators == [team, partner]
    page = page_of(client, group)
    assert "Karim Benali" in page
    assert "Lucie Martin <small>(Culture Commune)</small>" in page


def test_the_two_animators_are_two_people(client, lead):
    contact = make_contact(candidacy=lead.candidacy)
    data = committee_data(animator=str(contact.public_id), co_animator=str(contact.public_id))

    response = client.post(url("committee-create", lead.candidacy), data)

    assert response.status_code == 422
    assert "Les deux personnes qui animent sont la même." in response.text


def test_an_animator_is_a_contact_of_the_candidacy():
    with pytest.raises(DomainError, match="pas un contact de la candidature"):
        make_group(make_candidacy(), animator=make_contact())
    group = make_group(make_candidacy())
    with pytest.raises(DomainError, match="pas un contact de la candidature"):
        edit_committee(committee=group, expected_revision=1, co_animator=make_contact())


def test_the_form_offers_the_contacts_of_the_candidacy_alone(client, lead):
    own, foreign = make_contact(candidacy=lead.candidacy), make_contact()

    form = client.get(url("committee-create", lead.candidacy)).context["form"]

    assert own in form.fields["animator"].queryset
    assert foreign not in form.fields["co_animator"].queryset


def test_an_animator_without_a_seat_is_among_those_to_convene(client, lead):
    animator = make_contact(candidacy=lead.candidacy)
    committee = make_committee(candidacy=lead.candidacy, animator=animator)
    member = make_seat(committee=committee)
    make_contact(candidacy=lead.candidacy)

    page = client.get(url("meeting-convene", lead.candidacy, make_meeting(committee=committee).public_id))

    convening = page.context["convening"]
    assert {(person, convening.qualities[person.pk]) for person in convening.members} == {
        (animator, "animation"),
        (member.contact, "titulaire"),
    }


# --- habits and minutes ------------------------------------------------------------------------------


def test_a_meeting_takes_the_usual_video_link_unless_it_has_its_own():
    committee = make_committee(default_video_url="https://visio.example/copil")
    starts_at = timezone.now() + timedelta(days=10)

    assert create_meeting(committee=committee, starts_at=starts_at).video_url == "https://visio.example/copil"
    assert create_meeting(committee=committee, starts_at=starts_at, video_url="").video_url == ""


def test_the_form_of_a_meeting_shows_the_usual_video_link(client, lead):
    committee = make_committee(candidacy=lead.candidacy, default_video_url="https://visio.example/copil")

    form = client.get(url("meeting-create", lead.candidacy, committee.public_id)).context["form"]

    assert form.initial["video_url"] == "https://visio.example/copil"


def test_minutes_are_sent_within_two_working_days_and_silence_for_ten_days_approves_them(client, lead):
    committee = make_group(lead.candidacy)

    assert (committee.minutes_due_days, committee.minutes_silence_days) == (2, 10)
    page = " ".join(page_of(client, committee).split())
    assert "envoyé sous 2 jours ouvrés ; sans remarque sous 10 jours, il est approuvé" in page


def test_the_rule_of_the_minutes_is_each_committees_own(client, lead):
    data = committee_data(minutes_due_days="5", minutes_silence_days="")

    client.post(url("committee-create", lead.candidacy), data)

    committee = Committee.objects.get()
    assert (committee.minutes_due_days, committee.minutes_silence_days) == (5, None)
    page = " ".join(page_of(client, committee).split())
    assert "envoyé sous 5 jours ouvrés ; approuvé expressément" in page


@pytest.mark.parametrize("fields", [{"minutes_due_days": 0}, {"minutes_silence_days": 0}])
def test_a_delay_of_no_day_is_refused(fields):
    with pytest.raises(ValidationError):
        make_group(make_candidacy(), **fields)


# --- seats -------------------------------------------------------------------------------------------


def test_a_deputy_votes_only_for_a_member_who_votes():
    committee = make_committee()
    adviser = make_seat(committee=committee, is_voting=False)
    contact = make_contact(candidacy=committee.candidacy)
    fields = {"committee": committee, "contact": contact, "quality": Quality.DEPUTY, "deputy_of": adviser}

    with pytest.raises(DomainError, match="n’a pas voix délibérative"):
        create_seat(**fields, is_voting=True)
    assert create_seat(**fields, is_voting=False).deputy_of == adviser


def test_the_voice_is_taken_from_the_deputy_before_the_member():
    titular = make_seat()
    deputy = make_seat(committee=titular.committee, quality=Quality.DEPUTY, deputy_of=titular)

    with pytest.raises(DomainError, match="retirez-la d’abord"):
        edit_seat(seat=titular, is_voting=False)
    edit_seat(seat=deputy, is_voting=False)
    assert edit_seat(seat=titular, is_voting=False).is_voting is False


def test_an_elected_member_reads_who_animates(client, lead):
    elected = make_member(candidacy=lead.candidacy, role=Membership.Role.ELECTED, user=make_user())
    contact = make_contact(candidacy=lead.candidacy, user=elected.user)
    committee = make_committee(candidacy=lead.candidacy, animator=contact)
    make_seat(committee=committee, contact=contact)
    make_meeting(committee=committee, status=Meeting.Status.CONVENED)
    client.force_login(elected.user)

    assert str(contact) in page_of(client, committee)


# --- proxies ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [("", 1, "1 au plus par personne"), ("3", 3, "3 au plus par personne"), ("0", 0, "aucun")],
)
def test_how_many_proxies_one_person_holds_is_the_rule_of_each_committee(client, lead, typed, kept, said):
    data = committee_data(acronym="COPIL", quorum="2", max_proxies=typed)

    client.post(url("committee-create", lead.candidacy), data)

    committee = Committee.objects.get()
    assert committee.max_proxies == kept
    assert f"<dt>Pouvoirs</dt><dd>{said}</dd>" in page_of(client, committee)
