"""What an item of an agenda is about: sections and lines of the funding plan, each shown to whoever may see it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from committees.models import Meeting
from committees.services.agenda import add_agenda_item, edit_agenda_item
from core.errors import StaleRevisionError
from tests.factories import (
    make_agenda_item,
    make_committee,
    make_contact,
    make_expense_line,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_section,
)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def meeting(lead):
    return make_meeting(committee=make_committee(candidacy=lead.candidacy))


@pytest.fixture
def rows(lead):
    plan, funder = make_plan(candidacy=lead.candidacy), make_organisation(candidacy=lead.candidacy)
    return {
        "section": make_section(candidacy=lead.candidacy, organisation=funder, title="Gouvernance"),
        "income": make_income_line(plan=plan, funder=funder, label="Subvention de la Région"),
        "expense": make_expense_line(plan=plan, label="Achats de spectacles"),
    }


def named(rows):
    return [(kind, row.public_id) for kind, row in rows.items()]


def address(name, meeting, *ids):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *ids])


def concerned(response):
    return [[concern.label for concern in line.concerns] for line in response.context["agenda"].lines]


def test_the_form_offers_the_rows_of_the_candidacy_and_keeps_what_is_ticked(client, meeting, rows):
    make_section(title="Ailleurs")
    form = client.get(address("agenda-item-create", meeting)).context["form"]
    offered = {
        name: [label for _key, label in form.fields[name].choices]
        for name in form.fields
        if "concern" in name
    }
    data = {f"concern_{kind}": [str(key)] for kind, key in named(rows)}

    client.post(
        address("agenda-item-create", meeting),
        {"title": "Budget", "kind": "decision", "minutes": 20, "public_id": str(uuid4()), **data},
    )

    assert offered == {
        "concern_section": ["1 Gouvernance"],
        "concern_income": [f"{rows['income'].account} Subvention de la Région"],
        "concern_expense": [f"{rows['expense'].account} Achats de spectacles"],
    }
    item = meeting.agenda_items.get()
    assert sorted(item.concerns.values_list("kind", "target")) == sorted(named(rows))
    again = client.get(address("agenda-item-edit", meeting, item.public_id)).context["form"]
    assert again["concern_section"].value() == [str(rows["section"].public_id)]


def test_a_row_of_another_candidacy_cannot_be_ticked(client, meeting, rows):
    response = client.post(
        address("agenda-item-create", meeting),
        {"title": "x", "kind": "debate", "minutes": 5, "concern_section": [str(make_section().public_id)]},
    )

    assert response.status_code == 422
    assert not meeting.agenda_items.exists()


def test_the_page_leads_to_what_an_item_is_about(client, meeting, rows):
    add_agenda_item(meeting=meeting, title="Budget", concerns=named(rows))
    make_agenda_item(meeting=meeting, position=2)

    page = client.get(address("meeting-detail", meeting))

    assert concerned(page) == [["Gouvernance", "Subvention de la Région", "Achats de spectacles"], []]
    for row in rows.values():
        assert f"{row.public_id}/" in page.text


def test_somebody_invited_sees_what_is_theirs_and_no_more(client, meeting, rows):
    add_agenda_item(meeting=meeting, title="Budget", concerns=named(rows))
    Meeting.objects.update(status=Meeting.Status.CONVENED, convened_at=meeting.created_at)
    funder, other = rows["section"].organisation, make_organisation(candidacy=meeting.committee.candidacy)
    seen = {}
    for name, organisation in (("funder", funder), ("other", other)):
        user = make_member(candidacy=meeting.committee.candidacy, role="partner").user
        make_invitation(meeting=meeting, contact=make_contact(organisation=organisation, user=user))
        client.force_login(user)
        page = client.get(address("meeting-detail", meeting))
        seen[name] = concerned(page)
        assert "Achats de spectacles" not in page.text

    assert seen == {"funder": [["Gouvernance", "Subvention de la Région"]], "other": [[]]}


def test_what_is_gone_shows_nothing(client, meeting, rows):
    add_agenda_item(meeting=meeting, title="Budget", concerns=[("section", uuid4()), ("unknown", uuid4())])

    assert concerned(client.get(address("meeting-detail", meeting))) == [[]]


def test_changing_what_an_item_is_about_is_a_change_of_the_item(meeting, rows):
    item = add_agenda_item(meeting=meeting, title="Budget", concerns=named(rows))

    same = edit_agenda_item(item=item, expected_revision=9, concerns=named(rows), title="Budget")
    changed = edit_agenda_item(item=item, expected_revision=1, concerns=named(rows)[:1])

    assert (same.revision, changed.revision) == (1, 2)
    with pytest.raises(StaleRevisionError):
        edit_agenda_item(item=item, expected_revision=1, concerns=[])
    assert edit_agenda_item(item=item, expected_revision=2, title="Budget 2027").concerns.count() == 1


def test_the_agenda_costs_the_same_for_few_items_and_for_many(
    client, meeting, rows, django_assert_num_queries
):
    add_agenda_item(meeting=meeting, title="1", concerns=named(rows))
    for count in (0, 10):
        for _ in range(count):
            add_agenda_item(meeting=meeting, title="x", concerns=named(rows))
        # the person, the candidacy, the meeting, what is left to do, the roll; items, papers, concerns and one a kind of these
        with django_assert_num_queries(15):
            client.get(address("meeting-detail", meeting))
