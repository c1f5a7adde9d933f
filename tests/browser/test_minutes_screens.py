"""The screens of a meeting that is held and of its minutes, wide and narrow; the keys of the room can be switched off."""

import pytest
from django.urls import reverse

from committees.minutes_tokens import minutes_token_for
from committees.services.session import note_arrival, open_session
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_correction,
    make_held_meeting,
    make_invitation,
    make_member,
    make_open_meeting,
    make_sent_minutes,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def lead(live_server):
    return make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, quorum=3)


def opened(committee):
    meeting = make_open_meeting(committee=committee)
    for position in (1, 2, 3):
        make_agenda_item(
            meeting=meeting,
            position=position,
            title=f"Un intitulé assez long pour passer à la ligne {position}",
        )
    for _ in range(3):
        contact = make_contact(candidacy=committee.candidacy)
        note_arrival(
            invitation=make_invitation(meeting=meeting, contact=contact, is_voting=True), attendance="present"
        )
    open_session(meeting=meeting)
    return meeting


def test_the_screens_are_clean_wide_and_narrow(visit, lead, committee):
    def url(name, meeting, *ids):
        return reverse(f"committees:{name}", args=[lead.candidacy.slug, meeting.public_id, *ids])

    meeting, held = opened(committee), make_held_meeting(committee=committee)
    make_agenda_item(meeting=held, title="Budget 2027")
    reader = make_invitation(
        meeting=held, contact=make_contact(candidacy=lead.candidacy), attendance="present"
    )
    minutes = make_sent_minutes(meeting=held)
    make_correction(minutes=minutes, contact=reader.contact)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    trouble = []
    for name, address in (
        ("room", url("session", meeting)),
        ("room-sign", url("session-sign", meeting, meeting.invitations.first().public_id)),
        ("corrections", url("minutes-detail", held)),
        ("minutes-writing", url("minutes-text-edit", held, minutes.texts.get(place="item").public_id)),
        ("minutes-reader", reverse("committees:minutes-link", args=[minutes_token_for(reader)])),
    ):
        visitor.open(address)
        trouble += visitor.look_wide_and_narrow(name)

    assert trouble == []


def test_the_keys_of_the_room_can_be_switched_off(visit, lead, committee):
    meeting = opened(committee)
    visitor = visit()
    visitor.sign_in(lead.user, PASSWORD)
    page = visitor.open(reverse("committees:session", args=[lead.candidacy.slug, meeting.public_id]))
    switch = page.get_by_role("button", name="Raccourcis clavier")

    switch.click()
    page.locator("body").press("d")
    assert page.evaluate("document.activeElement.name") != "wording"
    page.reload()
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    page.locator("body").press("d")

    assert page.evaluate("document.activeElement.name") == "wording"
