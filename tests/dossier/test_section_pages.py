from html.parser import HTMLParser

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from candidacy.models import Membership
from dossier import history_triggers
from dossier.models import Section, SectionRevision
from dossier.services.writing import save_text
from tests.dossier.payloads import MARKUP, TEMPLATES
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_comment,
    make_criterion,
    make_member,
    make_organisation,
    make_section,
    make_thread,
)

Role = Membership.Role
Status = Section.Status


def address(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


def make_own_section(**fields):
    """Make a section with the partner who writes it."""
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation, **fields)
    return section, make_partner(organisation=organisation)


# --- Reading ----------------------------------------------------------------------------------------


def test_a_section_is_read_with_what_is_asked_and_its_contract(client):
    section, partner = make_own_section(
        title="Vision", body="<p>Notre vision</p>", brief="Une idée tenue.", limit_value=600
    )
    section.criteria.add(
        make_criterion(candidacy=section.candidacy, title="Innovation", prompts=["Quoi de neuf ?"])
    )
    client.force_login(partner)

    page = client.get(address("section-detail", section)).text

    for told in ("Notre vision", "Une idée tenue.", "Innovation", "Quoi de neuf ?", "sur 600"):
        assert told in page
    assert "Invite de travail" in page
    assert "intitulé de travail" in page
    assert "officiel" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_reading_costs_the_same_for_any_number_of_sections(client, count, django_assert_num_queries):
    lead = make_member()
    sections = [make_section(candidacy=lead.candidacy, body="<p>x</p>") for _ in range(count)]
    for number in range(1, count + 1):
        SectionRevision.objects.create(section=sections[1], number=number, saved_by=lead.user)
        thread = make_thread(section=sections[1], quote="x")
        make_comment(thread=thread, told=[lead.user])
    client.force_login(lead.user)

    # Session, user, memberships; section, proofs and criteria, draft, outline, visible ones, revisions; threads counted
    # and read, their comments, authors' and told people, events; people who may be told; reviewer or not, sections
    # inside, reviewers, expected proofs, dates, passages.
    with django_assert_num_queries(17):
        response = client.get(address("section-detail", sections[1]))

    assert (response.context["before"].title, response.context["after"].title) == (
        sections[0].title,
        sections[2].title,
    )


def test_a_wide_table_is_scrolled_by_keyboard(client):
    section, partner = make_own_section(body="<table><tbody><tr><td>1</td></tr></tbody></table>")
    client.force_login(partner)

    assert '<table tabindex="0">' in client.get(address("section-detail", section)).text


def test_the_neighbours_of_a_partner_are_their_own_sections(client):
    section, partner = make_own_section(position=2)
    make_section(candidacy=section.candidacy, position=1, title="D’un autre")
    mine = make_section(
        candidacy=section.candidacy, organisation=section.organisation, position=3, title="La suivante"
    )
    client.force_login(partner)

    response = client.get(address("section-detail", section))

    assert (response.context["before"], response.context["after"].pk) == (None, mine.pk)
    assert "D’un autre" not in response.text


def test_the_section_of_another_organisation_does_not_exist_for_a_partner(client):
    candidacy = make_candidacy()
    section = make_section(candidacy=candidacy, organisation=make_organisation(candidacy=candidacy))
    client.force_login(make_partner(candidacy=candidacy))

    reads = [client.get(address(name, section)) for name in ("section-detail", "section-edit")]
    writes = [
        client.post(address("section-edit", section), {"body": "<p>x</p>", "revision": 0}),
        client.post(address("section-status", section), {"status": "writing"}),
    ]

    assert {response.status_code for response in reads + writes} == {404}
    section.refresh_from_db()
    assert (section.body, section.status) == ("", Status.ORDERED)


def test_a_section_is_not_found_under_another_candidacy(client):
    lead, section = make_member(), make_section()
    make_member(candidacy=section.candidacy, user=lead.user)
    client.force_login(lead.user)

    response = client.get(reverse("dossier:section-detail", args=[lead.candidacy.slug, section.public_id]))

    assert response.status_code == 404


def test_a_partner_who_left_reads_nothing(client):
    section, partner = make_own_section()
    partner.memberships.all().delete()
    client.force_login(partner)

    assert client.get(address("section-detail", section)).status_code == 404


def test_an_old_revision_is_read_as_it_was(client):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    for number, text in enumerate(("Premier", "Deuxième", "Troisième")):
        save_text(section=section, body=f"<p>{text}</p>", expected_revision=number, by=lead.user)
    client.force_login(lead.user)

    response = client.get(address("section-revision", section, 2))

    assert "Deuxième" in response.text
    assert "Troisième" not in response.text
    assert (response.context["older"].number, response.context["newer"].number) == (1, 3)


def test_a_partner_reads_nothing_of_the_drafts_that_another_organisation_wrote(client):
    section, partner = make_own_section()
    theirs = section.organisation
    former = make_organisation(candidacy=section.candidacy)
    lead = make_member(candidacy=section.candidacy).user
    for number, (writes, organisation) in enumerate(
        [("Premier", theirs), ("Autre", former), ("Encore", former), ("Repris", theirs), ("Mien", theirs)]
    ):
        if section.organisation != organisation:
            section.organisation = organisation
            section.save()
        if writes == "Repris":
            client.force_login(partner)
            page = client.get(address("section-history", section)).context["page"]
            assert [row.number for row in page] == [3]
        section = save_text(section=section, body=f"<p>{writes}</p>", expected_revision=number, by=lead)

    listed = [row.number for row in client.get(address("section-history", section)).context["page"]]
    beside = [row.number for row in client.get(address("section-detail", section)).context["revisions"]]
    statuses = [client.get(address("section-revision", section, n)).status_code for n in range(1, 6)]
    first = client.get(address("section-revision", section, 4))

    assert listed == beside == [5, 4]
    assert statuses == [404, 404, 404, 200, 200]
    assert (first.context["older"], first.context["newer"].number) == (None, 5)

    client.force_login(lead)
    assert len(client.get(address("section-history", section)).context["page"]) == 5
    assert client.get(address("section-revision", section, 2)).status_code == 200


def test_a_partner_reads_all_the_revisions_of_a_section_that_was_always_theirs(client):
    section, partner = make_own_section()
    for number in range(3):
        save_text(section=section, body=f"<p>{number}</p>", expected_revision=number, by=partner)
    client.force_login(partner)

    page = client.get(address("section-history", section)).context["page"]

    assert [row.number for row in page] == [3, 2, 1]


def test_the_revision_of_another_section_is_not_found(client):
    lead = make_member()
    section, other = (make_section(candidacy=lead.candidacy) for _ in range(2))
    save_text(section=other, body="<p>x</p>", expected_revision=0, by=lead.user)
    client.force_login(lead.user)

    assert client.get(address("section-revision", section, 1)).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_history_costs_the_same_for_any_number_of_revisions(client, count, django_assert_num_queries):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    for number in range(1, count + 1):
        SectionRevision.objects.create(section=section, number=number, saved_by=lead.user)
    client.force_login(lead.user)

    # Session, user, candidacy, memberships; section, criteria, outline, visible ones, count, revisions.
    with django_assert_num_queries(8):
        response = client.get(address("section-history", section))

    assert len(response.context["page"].object_list) == count


# --- Writing ----------------------------------------------------------------------------------------


def test_a_partner_writes_and_hands_in(client):
    section, partner = make_own_section()
    client.force_login(partner)

    saved = client.post(address("section-edit", section), {"body": "<p>Voici</p>", "revision": 0})
    client.post(address("section-status", section), {"status": "in_review"})

    section.refresh_from_db()
    assert saved.url == address("section-detail", section)
    assert (section.body, section.revision, section.status) == ("<p>Voici</p>", 1, Status.IN_REVIEW)


def test_a_partner_validates_nothing_even_their_own(client):
    section, partner = make_own_section(status=Status.IN_REVIEW, body="<p>Voici</p>")
    client.force_login(partner)

    response = client.post(address("section-status", section), {"status": "validated"})

    section.refresh_from_db()
    assert (response.status_code, section.status) == (403, Status.IN_REVIEW)


def test_nothing_beside_the_text_can_be_changed_by_writing(client):
    section, partner = make_own_section(title="Titre", limit_value=600)
    other = make_organisation(candidacy=section.candidacy)
    client.force_login(partner)

    client.post(
        address("section-edit", section),
        {
            "body": "<p>Voici</p>",
            "revision": 0,
            "title": "Pris",
            "status": "validated",
            "organisation": other.pk,
            "limit_value": 9,
            "candidacy": other.candidacy.pk,
        },
    )

    section.refresh_from_db()
    assert (section.title, section.status, section.limit_value) == ("Titre", Status.WRITING, 600)
    assert section.organisation != other


def test_a_stale_save_shows_both_texts_and_a_second_one_decides(client):
    section, partner = make_own_section(body="<p>Départ</p>")
    lead = make_member(candidacy=section.candidacy).user
    save_text(section=section, body="<p>Celui de la cheffe</p>", expected_revision=0, by=lead)
    client.force_login(partner)

    conflict = client.post(address("section-edit", section), {"body": "<p>Le mien</p>", "revision": 0})
    section.refresh_from_db()
    kept = (section.body, section.revision)
    form = conflict.context["form"]
    decided = client.post(
        address("section-edit", section), {"body": form["body"].value(), "revision": form["revision"].value()}
    )

    assert conflict.status_code == 409
    assert kept == ("<p>Celui de la cheffe</p>", 1)
    assert "Celui de la cheffe" in conflict.text
    assert "&lt;p&gt;Celui de la cheffe&lt;/p&gt;&lt;p&gt;Le mien&lt;/p&gt;" in conflict.text
    assert str(lead) in conflict.text
    section.refresh_from_db()
    assert decided.status_code == 302
    assert (section.body, section.revision) == ("<p>Celui de la cheffe</p><p>Le mien</p>", 2)
    assert section.revisions.get(number=1).body == "<p>Celui de la cheffe</p>"


def test_a_text_typed_while_the_section_was_validated_is_not_lost(client):
    section, partner = make_own_section(body="<p>Relu</p>", status=Status.VALIDATED)
    client.force_login(partner)

    response = client.post(address("section-edit", section), {"body": "<p>Tapé</p>", "revision": 0})

    section.refresh_from_db()
    assert (response.status_code, section.body) == (422, "<p>Relu</p>")
    assert "&lt;p&gt;Tapé&lt;/p&gt;" in response.text
    assert "vient d’être validée" in response.text


def test_a_closed_section_opens_no_editor(client):
    section, partner = make_own_section(body="<p>Relu</p>", status=Status.VALIDATED)
    client.force_login(partner)

    edit = client.get(address("section-edit", section))
    detail = client.get(address("section-detail", section))

    assert edit.url == address("section-detail", section)
    assert address("section-edit", section) not in detail.text


def test_a_post_without_its_revision_keeps_the_text(client):
    section, partner = make_own_section()
    client.force_login(partner)

    response = client.post(address("section-edit", section), {"body": "<p>Tapé</p>"})

    assert response.status_code == 422
    assert "&lt;p&gt;Tapé&lt;/p&gt;" in response.text


def test_a_reason_for_sending_back_is_read_by_the_writer(client):
    section, partner = make_own_section(body="<p>Voici</p>", status=Status.IN_REVIEW)
    lead = make_member(candidacy=section.candidacy).user
    client.force_login(lead)
    client.post(
        address("section-status", section), {"status": "writing", "note": "Précisez le nombre de classes."}
    )

    client.force_login(partner)
    page = client.get(address("section-detail", section)).text

    assert "Précisez le nombre de classes." in page


# --- Text that would be a program -------------------------------------------------------------------


class _Reader(HTMLParser):
    """Collect the tags and attributes that a browser would find in the article of a page."""

    def __init__(self, page):
        super().__init__()
        self.depth = 0
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if self.depth or dict(attributes).get("class", "").endswith("prose"):
            self.found.append((tag, dict(attributes)))
            self.depth += tag not in {"img", "br", "hr"}

    def handle_endtag(self, tag):
        self.depth -= bool(self.depth)


SAFE_TAGS = {
    "article",
    "div",
    "p",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "br",
    "strong",
    "em",
    "sub",
    "sup",
    "a",
    "figure",
    "img",
    "ins",
    "del",
}
SAFE_ATTRIBUTES = {
    "class",
    "lang",
    "tabindex",
    "role",
    "aria-labelledby",
    "href",
    "title",
    "rel",
    "src",
    "alt",
}


@pytest.mark.parametrize("payload", MARKUP)
def test_no_page_shows_what_would_run(client, payload):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    # As if it had come in by a way that does not clean: reading cleans again.
    Section.objects.filter(pk=section.pk).update(body=f"<p>avant</p>{payload}", revision=1)
    SectionRevision.objects.create(section=section, number=1)
    history_triggers.remove_triggers(using=connection.alias)
    QuerySet(SectionRevision).update(body=f"<p>avant</p>{payload}")
    client.force_login(lead.user)

    pages = [
        client.get(address("section-detail", section)),
        client.get(address("section-revision", section, 1)),
        client.get(address("section-edit", section)),
        client.post(address("section-edit", section), {"body": f"<p>tapé</p>{payload}", "revision": 0}),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200, 409]
    for page in pages:
        found = _Reader(page.text).found
        assert found or page is pages[2]
        for tag, attributes in found:
            assert tag in SAFE_TAGS
            assert set(attributes) <= SAFE_ATTRIBUTES
            assert "script:" not in attributes.get("href", "")
        assert "<script>alert" not in page.text
        assert "<svg onload" not in page.text


@pytest.mark.parametrize("text", TEMPLATES)
def test_the_languages_of_programs_are_shown_as_they_were_typed(client, text):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, title=text, brief=text, body=f"<p>{text}</p>")
    client.force_login(lead.user)

    page = client.get(address("section-detail", section)).text

    assert page.count(text) >= 3


def test_the_meter_of_a_part_counts_its_sections_where_it_is_read_and_where_it_is_written(client):
    lead = make_member()
    part = make_section(candidacy=lead.candidacy, body="<p>Deux mots</p>", limit_value=4, limit_unit="words")
    make_section(candidacy=lead.candidacy, parent=part, body="<p>Et trois autres</p>")
    client.force_login(lead.user)

    read = client.get(address("section-detail", part)).text
    written = client.get(address("section-edit", part)).text

    assert "5 mots" in read
    assert "sur 4, 1 de trop" in read
    assert "Sections de la partie comprises." in read
    assert "sur 4, 1 de trop" in written
    assert 'data-elsewhere="3"' in written
