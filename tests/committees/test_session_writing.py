"""The minutes are written in the room: the editor of the current item, and what becomes of its text when one goes on."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from committees.models import ItemPassage, MinutesDraft, MinutesText
from committees.services.approval import approve_minutes, send_minutes
from committees.services.meetings import hold_meeting
from committees.services.minutes import save_minutes_draft, save_minutes_text
from committees.services.session import close_session, go_to_item, note_arrival, open_session
from committees.session_page import read_room
from core.drafts import Seat
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_invitation,
    make_member,
    make_open_meeting,
    make_user,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def meeting(lead):
    row = make_open_meeting(committee=make_committee(candidacy=lead.candidacy, acronym="COPIL"))
    for position in (1, 2, 3):
        make_agenda_item(meeting=row, position=position, title=f"Point {position}", rapporteur=f"R{position}")
    open_session(meeting=row)
    return row


def url(name, meeting, *ids):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def said(response):
    return " ".join(unescape(response.text).split())


def text_of(meeting, number):
    return MinutesText.objects.get(agenda_item=meeting.agenda_items.get(position=number))


def current(meeting):
    return read_room(meeting).current.number


def typed(body, **fields):
    return {"body": body, "revision": 0, **fields}


def write(client, meeting, text, body, **fields):
    return client.post(url("session-text", meeting, text.public_id), typed(body, **fields))


def save(text, body, *, by=None):
    return save_minutes_text(text=text, body=body, expected_revision=text.revision, by=by or make_user())


def draft_of(text, author, body, *, base_revision=0):
    seat = Seat(window=uuid4())
    return save_minutes_draft(text=text, author=author, body=body, base_revision=base_revision, seat=seat)


def test_the_room_opens_the_text_of_its_item(client, meeting):
    text = text_of(meeting, 1)
    save(text, "<p>Déjà écrit</p>")

    page = client.get(url("session", meeting))

    assert page.context["form"].initial["body"] == "<p>Déjà écrit</p>"
    assert "Compte rendu du point 1\u00a0: Point 1" in unescape(page.text)
    assert f'action="{url("session-text", meeting, text.public_id)}"' in page.text
    assert f'data-url="{url("minutes-draft-save", meeting, text.public_id)}"' in page.text
    # Who signs in again comes back to the room.
    assert f"next={url('session', meeting)}" in page.text
    assert "R1 présente le point." in page.text


def test_without_a_script_the_text_is_read_in_the_room_and_written_on_its_own_page(client, lead, meeting):
    text = text_of(meeting, 1)
    save(text, "<p>Déjà écrit</p>")
    page = client.get(url("session", meeting)).text
    [without_script] = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    [address] = re.findall(r'href="([^"]+)"', without_script)
    assert "Déjà écrit" in without_script
    assert address == url("minutes-text-edit", meeting, text.public_id) + "?retour=seance"

    editor = client.get(address)
    assert f'href="{url("session", meeting)}">Revenir sans enregistrer' in editor.text
    assert "Enregistrer, point suivant" not in editor.text
    saved = client.post(address, typed("<p>Écrit ensuite</p>", revision=1))

    assert saved.url == url("session", meeting)
    text.refresh_from_db()
    assert text.body == "<p>Écrit ensuite</p>"
    draft_of(text, lead.user, "<p>Puis</p>", base_revision=2)
    discard = url("minutes-draft-discard", meeting, text.public_id) + "?retour=seance"
    for place in (address, url("session", meeting)):
        assert f'action="{discard}"' in client.get(place).text
    assert client.post(discard).url == url("session", meeting)


@pytest.mark.parametrize(
    ("button", "then", "part"),
    [({}, 1, "#rediger"), ({"go": 2}, 2, ""), ({"write": 3}, 3, "#rediger"), ({"go": "?"}, 1, "#rediger")],
    ids=["stay", "go", "go on writing", "nowhere"],
)
def test_a_text_is_saved_from_the_room_by_whichever_button_goes_on(client, meeting, button, then, part):
    text = text_of(meeting, 1)
    for name, number in button.items():
        if number in {2, 3}:
            button = {name: meeting.agenda_items.get(position=number).public_id}

    answer = write(client, meeting, text, "<p>Adopté</p>", **button)

    assert answer.url == url("session", meeting) + part
    text.refresh_from_db()
    assert (text.body, text.revision, current(meeting)) == ("<p>Adopté</p>", 1, then)
    # Pressed twice, it goes on by one.
    write(client, meeting, text, "<p>Adopté</p>", **button)
    assert (current(meeting), MinutesText.objects.get(pk=text.pk).revision) == (then, 1)


def test_a_double_press_goes_on_by_one(client, meeting):
    text, second = text_of(meeting, 1), meeting.agenda_items.get(position=2)
    write(client, meeting, text, "<p>Adopté</p>", go=second.public_id)
    go_to_item(item=meeting.agenda_items.get(position=3))

    write(client, meeting, text, "<p>Adopté</p>", go=second.public_id)

    assert current(meeting) == 3


def test_a_text_is_saved_by_closing_the_room(client, meeting):
    text = text_of(meeting, 1)

    answer = write(client, meeting, text, "<p>Adopté</p>", close="1")

    assert answer.url == url("minutes-detail", meeting)
    text.refresh_from_db()
    meeting.refresh_from_db()
    assert (text.body, meeting.is_held) == ("<p>Adopté</p>", True)


@pytest.mark.parametrize("button", ["go", "close"])
def test_a_text_saved_meanwhile_is_overwritten_by_nobody_who_goes_on(client, lead, meeting, button):
    text, second = text_of(meeting, 1), meeting.agenda_items.get(position=2)
    save(text, "<p>De l’équipe</p>")

    page = write(client, meeting, text, "<p>De la cheffe</p>", **{button: second.public_id})

    assert page.status_code == 409
    assert current(meeting) == 1
    assert "Rien n’est perdu, rien n’est encore enregistré." in said(page)
    assert (page.context["texts"].saved, page.context["texts"].typed) == (
        "<p>De l’équipe</p>",
        "<p>De la cheffe</p>",
    )
    # The rest of the room is there, and the page may be left: the words wait as a draft.
    assert 'id="presences"' in page.text
    assert MinutesDraft.objects.get().body == "<p>De la cheffe</p>"
    assert client.get(url("session-text", meeting, text.public_id)).url == url("session", meeting)
    assert client.get(url("session", meeting)).context["texts"].typed == "<p>De la cheffe</p>"
    merged = page.context["form"].initial
    write(client, meeting, text, merged["body"], revision=merged["revision"], go=second.public_id)
    assert current(meeting) == 2


def test_a_text_too_long_stays_in_the_room_and_so_does_its_writer(client, meeting):
    second = meeting.agenda_items.get(position=2)

    page = write(client, meeting, text_of(meeting, 1), f"<p>{'x' * 100_000}</p>", go=second.public_id)

    assert page.status_code == 422
    assert "trop long" in said(page)
    assert current(meeting) == 1


def test_the_text_of_an_item_that_the_room_has_left_is_named(client, meeting):
    text = text_of(meeting, 1)
    save(text, "<p>De l’équipe</p>")
    go_to_item(item=meeting.agenda_items.get(position=3))

    page = write(client, meeting, text, "<p>De la cheffe</p>")

    assert "Compte rendu du point 1\u00a0: Point 1" in unescape(page.text)
    assert "Point 3 sur 3" in said(page)


def test_what_another_person_typed_is_not_saved_and_nobody_goes_on(client, meeting):
    text, second = text_of(meeting, 1), meeting.agenda_items.get(position=2)

    page = client.post(
        url("session-text", meeting, text.public_id),
        typed("<p>Tapé</p>", writer=make_user().public_id, go=second.public_id),
        follow=True,
    )

    assert "par une autre personne" in said(page)
    assert (MinutesText.objects.get(pk=text.pk).body, current(meeting)) == ("", 1)


def test_a_draft_is_found_again_in_the_room_and_told_beside_its_item(client, lead, meeting):
    draft_of(text_of(meeting, 1), lead.user, "<p>Tapé</p>")
    draft_of(text_of(meeting, 3), make_member(candidacy=lead.candidacy).user, "<p>D’une autre</p>")

    page = client.get(url("session", meeting))
    assert page.context["form"].initial["body"] == "<p>Tapé</p>"
    assert "Vous retrouvez votre brouillon" in said(page)
    go_to_item(item=meeting.agenda_items.get(position=2))
    page = client.get(url("session", meeting))

    agenda = re.findall(r'<li class="session-agenda__item.*?</li>', page.text, re.DOTALL)
    assert ["brouillon" in line for line in agenda] == [True, False, False]
    minutes = said(client.get(url("minutes-detail", meeting)))
    assert minutes.count("Reprendre mon brouillon") == 1


def test_an_item_put_on_the_agenda_in_the_room_is_written_too(client, meeting):
    late = make_agenda_item(meeting=meeting, position=4, title="Point 4")

    page = client.post(url("session-item", meeting, late.public_id), follow=True)

    assert page.context["text"].agenda_item == late


def test_nothing_is_written_where_no_item_is_current_or_the_minutes_are_approved(client, lead, meeting):
    save(text_of(meeting, 1), "<p>Dit</p>")
    make_invitation(meeting=meeting, attendance="present")
    minutes = meeting.minutes
    hold_meeting(meeting=meeting)
    send_minutes(minutes=minutes, by=lead.user)
    approve_minutes(minutes=minutes, by=lead.user)
    assert "<textarea" not in client.get(url("session", meeting)).text
    ItemPassage.objects.filter(ended_at__isnull=True).delete()
    assert "<textarea" not in client.get(url("session", meeting)).text
    close_session(meeting=meeting)

    assert "<textarea" not in client.get(url("session", meeting)).text


def test_whoever_holds_the_room_without_writing_the_minutes_has_no_editor(client, meeting, monkeypatch):
    monkeypatch.setattr("committees.views.session.can_write_minutes", lambda user, meeting: False)

    assert "<textarea" not in client.get(url("session", meeting)).text


def test_the_sentences_that_are_ready_follow_the_voices(client, meeting):
    invitation = make_invitation(meeting=meeting, is_voting=True)
    text = text_of(meeting, 1)
    address = url("session-people", meeting)
    go_to_item(item=meeting.agenda_items.get(position=2))

    before = client.get(address, {"text": text.public_id}, headers=HTMX).text
    ticked = client.post(
        url("session-arrive", meeting, invitation.public_id),
        {"attendance": "present", "text": text.public_id},
        headers=HTMX,
    ).text

    assert "sur … voix" in before
    for part in (ticked, client.get(address, {"text": text.public_id}, headers=HTMX).text):
        assert re.search(r'id="phrases"[^>]* hx-swap-oob="true"', part)
        assert "sur 1 voix" in part
        # Those of the page that asks, whatever item another device went on to.
        assert "R1 présente le point." in part
    assert 'id="phrases"' not in client.get(address, headers=HTMX).text
    assert client.get(address, {"text": uuid4()}, headers=HTMX).status_code == 404


@pytest.mark.parametrize(
    ("name", "part", "fields"),
    [
        ("session-decide", "decider", {"wording": "Le comité retient."}),
        ("session-act", "agir", {"title": "Écrire à la Région"}),
    ],
)
def test_a_line_is_entered_without_leaving_the_page(client, meeting, name, part, fields):
    item = meeting.agenda_items.first()
    data = {"public_id": uuid4(), "item": item.public_id, "due_on": "", **fields}
    go_to_item(item=meeting.agenda_items.get(position=2))

    saved = client.post(url(name, meeting), data, headers=HTMX)
    refused = client.post(url(name, meeting), {**data, "owner": "Inconnu"}, headers=HTMX)

    [value] = fields.values()
    for answer in (saved, refused):
        assert answer.text.lstrip().startswith(f'<section class="panel" id="{part}"')
        assert "<html" not in answer.text
        assert re.search(r'id="messages"[^>]* hx-swap-oob="true"', answer.text)
        assert value in unescape(answer.text)
    assert (saved.status_code, refused.status_code) == (200, 422)
    assert "enregistrée" in said(saved)
    assert "Personne ne porte ce nom" in said(refused)
    # The next line belongs to the item that this page shows.
    assert str(item.public_id) in saved.text
    assert f'value="{data["public_id"]}"' not in saved.text


# --- what was typed into a text out of reach ----------------------------------------------------------


def member_lost(membership):
    membership.delete()


def role_lost(membership):
    membership.role = "elected"
    membership.save()


@pytest.mark.parametrize("name", ["minutes-text-edit", "session-text"])
@pytest.mark.parametrize(("happens", "status"), [(member_lost, 404), (role_lost, 403)])
def test_what_was_typed_out_of_reach_is_handed_back(client, lead, meeting, name, happens, status):
    text = text_of(meeting, 1)
    contact = make_contact(candidacy=lead.candidacy, user=lead.user)
    note_arrival(invitation=make_invitation(meeting=meeting, contact=contact), attendance="present")
    happens(lead)
    address = url(name, meeting, text.public_id)

    page = client.post(address, typed("<p>Adopté <script>x</script>à l’unanimité</p>"))

    assert page.status_code == status
    assert "<p>Adopté à l’unanimité</p>" in page.text
    assert "Vous ne pouvez plus écrire dans ce compte rendu." in said(page)
    assert "Point 1" not in said(page)
    assert MinutesText.objects.get(pk=text.pk).body == ""
    for data in (typed(""), typed("<p>Tapé</p>", writer=make_user().public_id)):
        assert "Vous ne pouvez plus écrire" not in said(client.post(address, data))
    assert client.get(address).status_code == status
