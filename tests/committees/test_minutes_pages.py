"""Writing the minutes on their pages: go from item to item, leave, come back, meet somebody else."""

from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from committees.minutes_page import read_minutes
from committees.models import MinutesDraft
from committees.services.approval import approve_minutes
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_decision,
    make_held_meeting,
    make_meeting,
    make_member,
    make_minutes,
    make_sent_minutes,
    make_user,
)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def meeting(lead):
    row = make_held_meeting(committee=make_committee(candidacy=lead.candidacy))
    make_agenda_item(meeting=row, title="Budget 2027")
    return row


def url(name, meeting, *ids):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def text_of(response):
    return unescape(response.content.decode())


def test_the_page_offers_to_begin_and_then_shows_a_place_for_each_item(client, meeting):
    assert "n’est pas commencé" in text_of(client.get(url("minutes-detail", meeting)))

    page = client.post(url("minutes-begin", meeting), follow=True)

    assert [row.title for row in page.context["sheet"].texts] == [
        "Ouverture de la séance",
        "1. Budget 2027",
        "Clôture de la séance",
    ]


def test_a_meeting_that_has_not_begun_says_so(client, lead, meeting):
    draft = make_meeting(committee=meeting.committee)

    page = client.post(url("minutes-begin", draft), follow=True)

    assert "à partir de l’ouverture" in text_of(page)


def test_decisions_stand_under_their_item(client, meeting):
    minutes = make_minutes(meeting=meeting)
    item = meeting.agenda_items.get()
    under, alone = make_decision(meeting=meeting, agenda_item=item), make_decision(meeting=meeting)

    sheet = client.get(url("minutes-detail", meeting)).context["sheet"]

    assert [row.decisions for row in sheet.texts] == [(), (under,), ()]
    assert sheet.other_decisions == (alone,)
    assert sheet.minutes == minutes


@pytest.mark.parametrize("items", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_items(client, meeting, items, django_assert_num_queries):
    for rank in range(items):
        make_decision(meeting=meeting, agenda_item=make_agenda_item(meeting=meeting, position=rank + 2))
    make_minutes(meeting=meeting)
    client.get(url("minutes-detail", meeting))

    with django_assert_num_queries(9):
        client.get(url("minutes-detail", meeting))


def test_saving_goes_to_the_page_or_to_the_next_item(client, meeting):
    first, second, last = (row.text for row in _rows(meeting))

    response = client.post(
        url("minutes-text-edit", meeting, first.public_id), _typed("<p>Ouvert</p>", next="1")
    )
    assert response.url == url("minutes-text-edit", meeting, second.public_id)
    response = client.post(url("minutes-text-edit", meeting, last.public_id), _typed("<p>Clos</p>", next="1"))
    assert response.url.startswith(url("minutes-detail", meeting))

    first.refresh_from_db()
    assert first.body == "<p>Ouvert</p>"


def test_a_draft_is_kept_found_again_and_given_up(client, lead, meeting):
    text = _rows(meeting)[0].text

    kept = client.post(url("minutes-draft-save", meeting, text.public_id), _typed("<p>Tapé</p>")).json()

    draft = MinutesDraft.objects.get()
    assert (str(draft.token), draft.author, draft.body) == (kept["draft"], lead.user, "<p>Tapé</p>")
    page = client.get(url("minutes-text-edit", meeting, text.public_id))
    assert page.context["form"].initial["body"] == "<p>Tapé</p>"
    assert "Vous retrouvez votre brouillon" in text_of(page)
    client.post(url("minutes-draft-discard", meeting, text.public_id))
    assert not MinutesDraft.objects.exists()


def test_a_draft_from_another_window_stays_where_it_is(client, meeting):
    text = _rows(meeting)[0].text
    client.post(url("minutes-draft-save", meeting, text.public_id), _typed("<p>Ici</p>", window=uuid4()))

    answer = client.post(
        url("minutes-draft-save", meeting, text.public_id), _typed("<p>Là</p>", window=uuid4())
    )

    draft = MinutesDraft.objects.get()
    assert (answer.status_code, answer.json()) == (409, {"reason": "elsewhere", "draft": str(draft.token)})
    assert draft.body == "<p>Ici</p>"


def test_what_somebody_else_typed_is_saved_in_nobodys_name(client, meeting):
    text = _rows(meeting)[0].text
    typed = _typed("<p>Tapé</p>", writer=make_user().public_id)

    assert client.post(url("minutes-draft-save", meeting, text.public_id), typed).status_code == 409
    page = client.post(url("minutes-text-edit", meeting, text.public_id), typed, follow=True)

    assert "par une autre personne" in text_of(page)
    text.refresh_from_db()
    assert (text.body, MinutesDraft.objects.count()) == ("", 0)


def test_a_text_saved_meanwhile_is_shown_beside_what_was_typed_and_both_are_joined(client, meeting):
    text = _rows(meeting)[0].text
    address = url("minutes-text-edit", meeting, text.public_id)
    client.post(address, _typed("<p>Le budget est présenté</p><p>Le comité demande une note</p>"))
    client.post(
        address,
        _typed(
            "<p>Le budget est présenté par la vice-présidente</p><p>Le comité demande une note</p>",
            revision=1,
        ),
    )

    page = client.post(
        address,
        _typed("<p>Le budget est présenté</p><p>Le comité demande une note de deux pages</p>", revision=1),
    )

    assert page.status_code == 409
    assert (
        page.context["form"].initial["body"]
        == "<p>Le budget est présenté par la vice-présidente</p><p>Le comité demande une note de deux pages</p>"
    )
    assert "Ce qui a été enregistré entre-temps" in text_of(page)
    text.refresh_from_db()
    assert (
        text.body == "<p>Le budget est présenté par la vice-présidente</p><p>Le comité demande une note</p>"
    )
    # The tab may be closed now: the words wait as a draft, and the page shows both texts again.
    again = client.get(address)
    assert (
        again.context["texts"].typed
        == "<p>Le budget est présenté</p><p>Le comité demande une note de deux pages</p>"
    )


def test_a_draft_that_the_approval_left_out_is_read_and_given_up(client, lead, meeting):
    minutes = make_sent_minutes(meeting=meeting)
    text, other = minutes.texts.get(place="opening"), minutes.texts.get(place="closing")
    address = url("minutes-text-edit", meeting, text.public_id)
    client.post(url("minutes-draft-save", meeting, text.public_id), _typed("<p>Jamais dit</p>", revision=1))
    approve_minutes(minutes=minutes, by=lead.user)

    page = client.get(address)
    later = client.post(url("minutes-draft-save", meeting, text.public_id), _typed("<p>Tard</p>", revision=1))
    saved = client.post(address, _typed("<p>Tard</p>", revision=1))

    assert address in client.get(url("minutes-detail", meeting)).text
    assert "Jamais dit" in page.text
    assert "La séance est ouverte." in page.text
    assert "<textarea" not in page.text
    assert (later.status_code, later.json()["reason"]) == (409, "approved")
    assert "vient d’être approuvé" in later.json()["message"]
    assert saved.status_code == 422
    assert "vient d’être approuvé" in text_of(saved)
    assert MinutesDraft.objects.get().body == "<p>Jamais dit</p>"
    assert client.get(url("minutes-text-edit", meeting, other.public_id)).status_code == 302
    client.post(url("minutes-draft-discard", meeting, text.public_id))
    assert client.get(address).status_code == 302
    assert address not in client.get(url("minutes-detail", meeting)).text


def test_nobody_is_shown_the_draft_that_somebody_else_left(client, lead, meeting):
    minutes = make_sent_minutes(meeting=meeting)
    writer = make_member(candidacy=lead.candidacy).user
    text = minutes.texts.get(place="opening")
    text.drafts.create(author=writer, body="<p>Jamais dit</p>", base_revision=1)
    approve_minutes(minutes=minutes, by=lead.user)

    pages = [
        client.get(url("minutes-detail", meeting)),
        client.get(url("minutes-text-edit", meeting, text.public_id), follow=True),
    ]

    for page in pages:
        assert "Jamais dit" not in page.text
        assert "brouillon" not in page.text


def test_a_text_too_long_is_handed_back(client, meeting):
    text = _rows(meeting)[0].text

    page = client.post(url("minutes-text-edit", meeting, text.public_id), _typed(f"<p>{'x' * 100_000}</p>"))

    assert page.status_code == 422
    assert "trop long" in text_of(page)


def _rows(meeting):
    return read_minutes(make_minutes(meeting=meeting)).texts


def _typed(body, **fields):
    return {"body": body, "revision": 0, **fields}
