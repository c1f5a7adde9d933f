"""The list of the address book and its files."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from candidacy.models import Membership
from partners.models import Organisation
from tests.factories import make_contact, make_member, make_organisation, make_territory

Role = Membership.Role
Kind, Circle, Stage = Organisation.Kind, Organisation.Circle, Organisation.Stage


@pytest.fixture(params=[Role.LEAD, Role.TEAM])
def member(client, request):
    row = make_member(role=request.param)
    client.force_login(row.user)
    return row


def address(candidacy, name="organisation-list"):
    return reverse(f"partners:{name}", args=[candidacy.slug])


def names(response):
    return [line.name for line in response.context["lines"]]


@pytest.fixture
def book(member):
    """Three organisations that differ in everything, and a stranger's."""
    candidacy = member.candidacy
    lens = make_territory(candidacy=candidacy, name="Lens")
    lievin = make_territory(candidacy=candidacy, name="Liévin")
    venue = make_organisation(
        candidacy=candidacy,
        name="Zénith",
        kind=Kind.CULTURAL_VENUE,
        circle=Circle.FIRST,
        stage=Stage.ACTIVE,
        territory=lens,
    )
    school = make_organisation(
        candidacy=candidacy,
        name="École d’art",
        kind=Kind.EDUCATION,
        circle=Circle.SECOND,
        stage=Stage.CONTACTED,
        territory=lievin,
    )
    make_organisation(
        candidacy=candidacy, name="Atelier", kind=Kind.COLLECTIVE, circle=Circle.THIRD, stage=Stage.WITHDRAWN
    )
    make_contact(organisation=venue, last_name="Fontaine")
    make_contact(organisation=venue, last_name="Durand")
    make_contact(organisation=school, last_name="Morel")
    make_organisation(name="Ailleurs")
    return {"lens": lens, "lievin": lievin}


def test_the_list_holds_the_candidacys_own_by_name(client, member, book):
    assert names(client.get(address(member.candidacy))) == ["Atelier", "École d’art", "Zénith"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "ecole"}, ["École d’art"]),
        ({"q": "fontaine"}, ["Zénith"]),
        ({"q": "%"}, ["Atelier", "École d’art", "Zénith"]),
        ({"nature": "collective"}, ["Atelier"]),
        ({"cercle": "second"}, ["École d’art"]),
        ({"etape": "active"}, ["Zénith"]),
        ({"sans_contact": "on"}, ["Atelier"]),
        ({"etape": "active", "q": "atelier"}, []),
        ({"etape": "friend"}, ["Atelier", "École d’art", "Zénith"]),
        ({"commune": "not-a-number"}, ["Atelier", "École d’art", "Zénith"]),
    ],
)
def test_the_list_is_narrowed_by_the_address(client, member, book, asked, found):
    assert names(client.get(address(member.candidacy), asked)) == found


def test_the_list_is_narrowed_by_commune_of_the_candidacy_alone(client, member, book):
    url = address(member.candidacy)

    assert names(client.get(url, {"commune": str(book["lievin"].public_id)})) == ["École d’art"]
    assert len(names(client.get(url, {"commune": str(make_territory().public_id)}))) == 3


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("nom", "Atelier"),
        ("-nom", "Zénith"),
        ("nature", "Atelier"),
        ("cercle", "Zénith"),
        ("-cercle", "Atelier"),
        ("etape", "École d’art"),
        ("-etape", "Atelier"),
        ("commune", "Zénith"),
        ("-commune", "École d’art"),
        ("contacts", "Atelier"),
        ("-contacts", "Zénith"),
        ("password", "Atelier"),
        ("-", "Atelier"),
    ],
)
def test_the_list_is_sorted_by_the_address(client, member, book, sort, first):
    assert names(client.get(address(member.candidacy), {"tri": sort}))[0] == first


def test_the_column_that_sorts_says_so(client, member, book):
    page = client.get(address(member.candidacy), {"tri": "-etape", "q": "e"}).content.decode()

    assert page.count("aria-sort") == 1
    assert 'aria-sort="descending"' in page
    assert "tri=etape&amp;q=e" in page or "q=e&amp;tri=etape" in page


def test_an_empty_list_says_what_belongs_there(client, member):
    assert "Le carnet des partenaires se tient ici" in client.get(address(member.candidacy)).content.decode()

    make_organisation(candidacy=member.candidacy)
    page = client.get(address(member.candidacy), {"q": "zzz"}).content.decode()
    assert "Aucune structure ne répond" in page


def test_a_long_list_is_cut_into_pages_that_keep_the_filters(client, member):
    for _ in range(51):
        make_organisation(candidacy=member.candidacy, stage=Stage.MET)
    make_organisation(candidacy=member.candidacy)

    first = client.get(address(member.candidacy), {"etape": "met"})
    second = client.get(address(member.candidacy), {"etape": "met", "page": "2"})

    assert (len(names(first)), len(names(second))) == (50, 1)
    assert "etape=met&amp;page=2" in first.content.decode()


def test_htmx_gets_the_table_alone(client, member, book):
    part = client.get(address(member.candidacy), headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert "Zénith" in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_any_number_of_rows(client, member, count, django_assert_num_queries):
    for _ in range(count):
        organisation = make_organisation(
            candidacy=member.candidacy, territory=make_territory(candidacy=member.candidacy)
        )
        make_contact(organisation=organisation)
    url = address(member.candidacy)

    # session, user, candidacy, memberships, communes of the filter, total, rows
    with django_assert_num_queries(6):
        client.get(url)


# --- files -------------------------------------------------------------------------------------------


def csv_lines(response):
    return response.content.decode("utf-8-sig").splitlines()


def test_the_file_holds_what_the_list_shows_and_no_more(client, member, book):
    url = address(member.candidacy, "organisation-export")

    lines = csv_lines(client.get(url, {"etape": "active"}))
    everything = csv_lines(client.get(url))

    assert len(lines) == 2
    assert lines[1].startswith("Zénith;")
    assert "Fontaine" in lines[1]
    assert [line.split(";")[0] for line in everything[1:]] == ["Atelier", "École d’art", "Zénith"]


def test_the_workbook_holds_the_same_rows(client, member, book):
    response = client.get(address(member.candidacy, "organisation-export"), {"format": "xlsx", "tri": "-nom"})

    sheet = load_workbook(BytesIO(response.content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Zénith", "École d’art", "Atelier"]
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_internal_notes_are_in_no_file(client, member, file_format):
    organisation = make_organisation(candidacy=member.candidacy, notes="SECRET-A")
    make_contact(organisation=organisation, notes="SECRET-B")

    response = client.get(address(member.candidacy, "organisation-export"), {"format": file_format})

    content = response.content
    if file_format == "xlsx":
        rows = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
        content = "\n".join(str(row) for row in rows).encode()
    assert organisation.name.encode() in content
    assert b"SECRET" not in content


@pytest.mark.parametrize("name", ["=1+1", "+33", "-5", "@SUM(A1)", "\tx"])
def test_no_name_becomes_a_formula(client, member, name):
    organisation = make_organisation(candidacy=member.candidacy)
    Organisation.objects.filter(pk=organisation.pk).update(name=name)
    url = address(member.candidacy, "organisation-export")

    sheet = load_workbook(BytesIO(client.get(url, {"format": "xlsx"}).content)).active

    assert sheet["A2"].data_type != "f"
    assert csv_lines(client.get(url))[1].startswith(("'", "\"'"))


def test_a_format_that_does_not_exist_is_refused(client, member):
    url = address(member.candidacy, "organisation-export")

    assert client.get(url, {"format": "exe"}).status_code == 400


@pytest.mark.parametrize("count", [3, 30])
def test_the_file_costs_the_same_for_any_number_of_rows(client, member, count, django_assert_num_queries):
    for _ in range(count):
        organisation = make_organisation(
            candidacy=member.candidacy, territory=make_territory(candidacy=member.candidacy)
        )
        make_contact(organisation=organisation)
    url = address(member.candidacy, "organisation-export")

    # session, user, candidacy, memberships, communes of the filter, rows, contacts
    with django_assert_num_queries(6):
        client.get(url)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ELECTED, Role.OBSERVER])
def test_nobody_else_reads_the_address_book(client, role):
    member = make_member(role=role)
    make_organisation(candidacy=member.candidacy, name="Euralens")
    client.force_login(member.user)

    listed = client.get(address(member.candidacy))
    assert listed.status_code == (200 if role == Role.PARTNER else 403)
    assert "Euralens" not in listed.content.decode()
    assert client.get(address(member.candidacy, "organisation-export")).status_code == 403


def test_a_stranger_finds_nothing(client, member):
    client.force_login(make_member().user)

    assert client.get(address(member.candidacy)).status_code == 404
    assert client.get(address(member.candidacy, "organisation-export")).status_code == 404
