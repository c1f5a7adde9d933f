"""The lists of meetings, decisions and actions: narrowed, sorted, cut into pages, exported."""

import csv
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from committees.models import Meeting
from tests.factories import (
    make_action,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_member,
)

Status = Meeting.Status
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, acronym="COPIL", notice_days=7)


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def text_of(response):
    return unescape(response.content.decode())


def meeting_data(**fields):
    return {"day": "2026-03-14", "at": "14:30", "duration_minutes": "90", **fields}


@pytest.fixture
def decisions(lead, committee):
    other = make_committee(candidacy=lead.candidacy, acronym="COTECH")
    old = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=40))
    new = make_meeting(committee=other, status=Status.HELD, starts_at=NOW - timedelta(days=4))
    late = timezone.localdate() - timedelta(days=1)
    return {
        "late": make_decision(
            meeting=old,
            wording="Rénover la salle",
            due_on=late,
            owner=make_contact(candidacy=lead.candidacy),
        ),
        "applied": make_decision(meeting=old, wording="Louer la salle", status="applied", due_on=late),
        "new": make_decision(meeting=new, wording="Écrire au préfet"),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["new", "applied", "late"]),
        ("tri=date", ["late", "applied", "new"]),
        ("tri=-date", ["new", "applied", "late"]),
        ("tri=nonsense", ["new", "applied", "late"]),
        ("etat=applied", ["applied"]),
        ("etat=nonsense", ["new", "applied", "late"]),
        ("retard=on", ["late"]),
        ("manque=on", ["new"]),
        ("q=salle", ["applied", "late"]),
        ("comite=nonsense", ["new", "applied", "late"]),
        ("page=99", ["new", "applied", "late"]),
    ],
)
def test_the_register_narrows_and_sorts_by_its_address(client, lead, decisions, query, names):
    page = client.get(url("decision-list", lead.candidacy) + "?" + query).context["page"]

    assert [decision.pk for decision in page] == [decisions[name].pk for name in names]


def test_the_register_narrows_to_a_committee(client, lead, decisions):
    committee = decisions["new"].meeting.committee

    page = client.get(url("decision-list", lead.candidacy) + f"?comite={committee.public_id}").context["page"]

    assert [decision.pk for decision in page] == [decisions["new"].pk]


def test_links_of_the_register_keep_its_filters(client, lead, decisions):
    text = text_of(client.get(url("decision-list", lead.candidacy) + "?q=salle"))

    assert "?q=salle&tri=echeance" in text
    assert "export/?q=salle&format=xlsx" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("etat=toutes", 2), ("etat=done", 1), ("etat=done&retard=on", 0), ("manque=on", 1)],
)
def test_the_list_of_actions_shows_what_is_open_unless_asked(client, lead, query, count):
    make_action(candidacy=lead.candidacy)
    make_action(candidacy=lead.candidacy, status="done", closed_on=NOW.date())

    assert (
        client.get(url("action-list", lead.candidacy) + "?" + query).context["page"].paginator.count == count
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Demain", "Après"]),
        ("quand=passees", ["Hier", "Avant"]),
        ("quand=toutes&tri=-date", ["Après", "Demain", "Hier", "Avant"]),
        ("quand=passees&tri=date", ["Avant", "Hier"]),
        ("etat=draft", ["Demain"]),
    ],
)
def test_meetings_are_listed_by_period(client, lead, committee, query, titles):
    for days, title, status in (
        (-9, "Avant", Status.HELD),
        (-1, "Hier", Status.CANCELLED),
        (1, "Demain", Status.DRAFT),
        (9, "Après", Status.CONVENED),
    ):
        make_meeting(committee=committee, title=title, status=status, starts_at=NOW + timedelta(days=days))

    page = client.get(url("meeting-list", lead.candidacy) + "?" + query).context["page"]

    assert [meeting.title for meeting in page] == titles


def test_the_team_finds_the_meetings_it_is_called_to(client, lead, committee):
    mine = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_invitation(meeting=mine, contact=make_contact(candidacy=lead.candidacy, user=lead.user))

    page = client.get(url("meeting-list", lead.candidacy) + "?miennes=on").context["page"]

    assert list(page) == [mine]


def test_a_long_list_is_cut_into_pages(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD)
    for n in range(51):
        make_decision(meeting=meeting, number=f"COPIL-2026-03-D{n}")

    first = client.get(url("decision-list", lead.candidacy)).context["page"]
    last = client.get(url("decision-list", lead.candidacy) + "?page=2").context["page"]

    assert (len(first), len(last)) == (50, 1)


def test_an_export_follows_the_filters_and_guards_its_cells(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=1))
    make_decision(meeting=meeting, number="COPIL-2026-03-D1", wording='=HYPERLINK("http://evil.example")')
    make_decision(meeting=meeting, number="COPIL-2026-03-D2", wording="Autre", status="applied")
    address = url("decision-export", lead.candidacy) + "?etat=open&format="

    as_csv = client.get(address + "csv")
    as_xlsx = client.get(address + "xlsx")

    rows = list(csv.reader(StringIO(as_csv.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row[0] for row in rows] == ["Numéro", "COPIL-2026-03-D1"]
    assert rows[1][3] == '\'=HYPERLINK("http://evil.example")'
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx.content)).active
    assert sheet.max_row == 2
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_the_meetings_export_counts_answers(client, lead, committee):
    meeting = make_meeting(committee=committee, status=Status.CONVENED, starts_at=NOW + timedelta(days=9))
    make_invitation(meeting=meeting, answer="present", answered_at=NOW)
    make_invitation(meeting=meeting)

    content = client.get(url("meeting-export", lead.candidacy) + "?format=csv").content.decode("utf-8-sig")

    (row,) = list(csv.reader(StringIO(content), delimiter=";"))[1:]
    assert row[6:] == ["2", "1", "0", "0", "0", "1"]
