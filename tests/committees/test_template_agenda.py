"""The agenda that every meeting of a committee begins with."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from committees.models import AgendaItem, TemplateItem
from committees.services.meetings import create_meeting
from committees.services.template_agenda import edit_template_item, move_template_item, remove_template_item
from tests.factories import make_committee, make_member, make_template_item


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, default_minutes=60)


def url(name, committee, *ids):
    return reverse(f"committees:{name}", args=[committee.candidacy.slug, committee.public_id, *ids])


def titles(items):
    return [(item.position, item.title) for item in items.all()]


def fill(committee, *names):
    return [
        make_template_item(committee=committee, position=position, title=title)
        for position, title in enumerate(names, start=1)
    ]


def draft(committee):
    return create_meeting(committee=committee, starts_at=timezone.now() + timedelta(days=20))


def test_a_meeting_begins_with_a_copy_of_the_template():
    committee = make_committee()
    make_template_item(
        committee=committee,
        position=1,
        title="Suites données",
        kind="debate",
        rapporteur="Karim Benali",
        minutes=15,
        details="Relevé de décisions",
    )
    make_template_item(committee=committee, position=2, title="Questions diverses")
    make_template_item(title="D’un autre comité")

    meeting = draft(committee)

    assert titles(meeting.agenda_items) == [(1, "Suites données"), (2, "Questions diverses")]
    first = meeting.agenda_items.first()
    assert (first.kind, first.rapporteur, first.minutes, first.details) == (
        "debate",
        "Karim Benali",
        15,
        "Relevé de décisions",
    )


def test_a_change_of_the_template_reaches_no_meeting_in_preparation():
    committee = make_committee()
    (item,) = fill(committee, "Suites données")
    meeting = draft(committee)

    edit_template_item(item=item, expected_revision=1, title="Suites")

    assert titles(meeting.agenda_items) == [(1, "Suites données")]
    assert titles(draft(committee).agenda_items) == [(1, "Suites")]


def test_the_same_form_sent_twice_makes_one_meeting_with_one_agenda():
    committee = make_committee()
    fill(committee, "Suites données")
    fields = {"public_id": uuid4(), "starts_at": timezone.now() + timedelta(days=20)}

    for _ in range(2):
        create_meeting(committee=committee, **fields)

    assert AgendaItem.objects.count() == 1


def test_items_are_added_at_the_end_once(client, committee):
    fill(committee, "Suites données")
    data = {"public_id": str(uuid4()), "title": "Budget", "kind": "decision", "minutes": "20"}

    for _ in range(2):
        response = client.post(url("template-item-create", committee), data)
        assert response.headers["Location"] == url("template-agenda", committee)

    assert titles(committee.template_items) == [(1, "Suites données"), (2, "Budget")]


def test_another_item_can_follow(client, committee):
    data = {"public_id": str(uuid4()), "title": "Budget", "kind": "decision", "minutes": "20", "another": "1"}

    response = client.post(url("template-item-create", committee), data)

    assert response.headers["Location"] == url("template-item-create", committee)


def test_a_stale_form_overwrites_nothing(client, committee):
    (item,) = fill(committee, "Suites données")
    edit_template_item(item=item, expected_revision=1, title="Suites")
    data = {"revision": "1", "title": "Relevé", "kind": "debate", "minutes": "20"}

    response = client.post(url("template-item-edit", committee, item.public_id), data)

    assert response.status_code == 409
    assert titles(committee.template_items) == [(1, "Suites")]


def test_items_change_places_and_stay_at_either_end():
    committee = make_committee()
    first, second, third = fill(committee, "Un", "Deux", "Trois")

    move_template_item(item=third, direction="up")
    assert titles(committee.template_items) == [(1, "Un"), (2, "Trois"), (3, "Deux")]
    move_template_item(item=first, direction="up")
    move_template_item(item=second, direction="down")
    assert titles(committee.template_items) == [(1, "Un"), (2, "Trois"), (3, "Deux")]
    move_template_item(item=first, direction="down")
    assert titles(committee.template_items) == [(1, "Trois"), (2, "Un"), (3, "Deux")]


def test_moving_brings_back_the_agenda_alone_for_htmx_and_the_page_otherwise(client, committee):
    _first, second = fill(committee, "Un", "Deux")
    address = url("template-item-move", committee, second.public_id)

    part = client.post(address, {"direction": "up"}, headers={"HX-Request": "true"})
    page = client.post(address, {"direction": "down"})

    assert part.text.lstrip().startswith("<section")
    assert part.text.index("Deux") < part.text.index("Un</h2>")
    assert page.headers["Location"] == url("template-agenda", committee)
    assert client.post(address, {"direction": "sideways"}).status_code == 400


def test_an_item_that_is_removed_closes_the_gap():
    committee = make_committee()
    first, _second = fill(committee, "Un", "Deux")

    remove_template_item(item=first)

    assert titles(committee.template_items) == [(1, "Deux")]
    remove_template_item(item=TemplateItem.objects.get())
    assert titles(committee.template_items) == []


def test_the_page_says_by_how_much_the_usual_duration_is_exceeded(client, committee):
    make_template_item(committee=committee, minutes=50)
    make_template_item(committee=committee, position=2, minutes=25)

    page = " ".join(client.get(url("template-agenda", committee)).text.split())

    assert "75 minutes prévues pour une durée habituelle de 60 minutes : <strong>15 minutes de trop" in page


def test_the_page_of_the_committee_names_the_items(client, committee):
    fill(committee, "Suites données")

    page = client.get(
        reverse("committees:committee-detail", args=[committee.candidacy.slug, committee.public_id])
    )

    assert "<li>Suites données</li>" in page.text


def test_the_page_costs_the_same_for_3_and_for_30_rows(client, committee, django_assert_max_num_queries):
    counts = []
    for rows in (3, 30):
        fill(committee, *map(str, range(rows)))
        with django_assert_max_num_queries(20) as captured:
            client.get(url("template-agenda", committee))
        counts.append(len(captured))

    assert counts[0] == counts[1]
