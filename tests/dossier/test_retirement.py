"""Sections that leave the outline with their text: retired, merged, restored."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.drafts import Seat
from core.errors import DomainError
from dossier.assembly import read_dossier
from dossier.dashboard import read_dashboard
from dossier.models import Section, SectionDraft
from dossier.outline import read_outline
from dossier.progress import read_coverage, read_progress
from dossier.recent_changes import recent_changes
from dossier.services.drafts import save_draft
from dossier.services.outline import Contract, change_contract, remove_section
from dossier.services.retirement import merge_sections, restore_section, retire_section
from dossier.services.states import change_status
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_criterion,
    make_member,
    make_organisation,
    make_picture,
    make_section,
    make_user,
)

Status = Section.Status


def address(name, section):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id])


def titles(candidacy):
    return [entry.title for entry in read_outline(candidacy)]


def test_a_retired_section_keeps_its_text_and_says_when_who_and_why():
    section, lead = make_section(body="<p>Gardé</p>"), make_user()

    retire_section(section=section, reason=" Hors sujet ", by=lead)

    section.refresh_from_db()
    assert (section.body, section.retired_by, section.retirement_reason) == (
        "<p>Gardé</p>",
        lead,
        "Hors sujet",
    )
    assert section.retired_at is not None


def test_a_retirement_needs_its_reason():
    section = make_section()

    with pytest.raises(DomainError, match="Dites pourquoi"):
        retire_section(section=section, reason="  ", by=make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        Section.objects.filter(pk=section.pk).update(retired_at=timezone.now())


def test_a_retired_section_is_out_of_everything(client):
    lead = make_member()
    candidacy, organisation = lead.candidacy, make_organisation(candidacy=lead.candidacy)
    criterion = make_criterion(candidacy=candidacy)
    fields = {"organisation": organisation, "due_on": "2020-01-01", "body": "<p>Le texte</p>"}
    kept = make_section(candidacy=candidacy, title="Gardée", position=1, **fields)
    gone = make_section(candidacy=candidacy, title="Partie", position=2, **fields)
    for section in (kept, gone):
        section.criteria.add(criterion)
    retire_section(section=gone, reason="Doublon", by=lead.user)
    today, now = timezone.localdate(), timezone.now()

    assert titles(candidacy) == ["Gardée"]
    progress = read_progress(candidacy.sections.all(), today=today)
    assert (progress.total, progress.late, progress.words) == (1, 1, 2)
    assert [row.proofs for row in read_coverage(candidacy)] == [1]
    board = read_dashboard(candidacy, reader=lead.user, since=now, now=now, today=today)
    assert [late.section for late in board.late_sections] == [kept]
    assert [chapter.title for chapter in read_dossier(candidacy).chapters] == ["Gardée"]
    partner = make_partner(organisation=organisation)
    for person in (partner, lead.user):
        assert list(Section.objects.visible_to(person)) == [kept]
    client.force_login(partner)
    assert client.get(address("section-detail", gone)).status_code == 404
    client.force_login(lead.user)
    sheet = reverse("partners:organisation-detail", args=[candidacy.slug, organisation.public_id])
    assert "Partie" not in client.get(sheet).text
    assert client.get(address("section-detail", gone)).url == address("retired-section-detail", gone)


def test_nothing_is_done_to_a_retired_section():
    section, lead = make_section(), make_member()
    retire_section(section=section, reason="Doublon", by=lead.user)
    deeds = (
        lambda: save_text(section=section, body="<p>x</p>", expected_revision=0, by=lead.user),
        lambda: change_status(section=section, target=Status.WRITING, by=lead.user),
        lambda: change_contract(section=section, contract=Contract(title="x")),
        lambda: retire_section(section=section, reason="Encore", by=lead.user),
        lambda: remove_section(section=section),
    )

    for deed in deeds:
        with pytest.raises(DomainError, match="retirée du plan"):
            deed()


def test_the_others_are_told_of_a_retirement_and_of_a_return_and_led_to_where_the_section_is():
    reader, section = make_member(), make_section(title="Annexe")
    candidacy, by = section.candidacy, make_member(candidacy=section.candidacy).user
    since = timezone.now()

    def changes():
        found = recent_changes(candidacy, since=since, reader=reader.user, limit=9)
        return {(change.text, change.url) for change in found}

    save_text(section=section, body="<p>x</p>", expected_revision=0, by=by)
    retire_section(section=section, reason="x", by=by)
    assert changes() == {
        ("section retirée du plan", address("retired-section-detail", section)),
        ("passe à « en rédaction »", address("retired-section-detail", section)),
    }

    restore_section(section=section)
    assert ("section rétablie dans le plan", address("section-detail", section)) in changes()


def test_a_written_section_offers_its_ways_out_and_an_empty_one_its_removal(client):
    lead = make_member()
    organisation = make_organisation(candidacy=lead.candidacy)
    written = make_section(candidacy=lead.candidacy, organisation=organisation, body="<p>x</p>")
    empty = make_section(candidacy=lead.candidacy, organisation=organisation)
    client.force_login(lead.user)

    assert address("section-retire", written) in client.get(address("section-detail", written)).text
    assert address("section-remove", written) not in client.get(address("section-detail", written)).text
    assert address("section-remove", empty) in client.get(address("section-detail", empty)).text

    client.force_login(make_partner(organisation=organisation))
    page = client.get(address("section-detail", written)).text
    assert address("section-retire", written) not in page
    assert address("section-merge", written) not in page


def test_neither_a_part_with_sections_nor_a_frozen_section_is_retired():
    part = make_section()
    make_section(candidacy=part.candidacy, parent=part)
    frozen = make_section(status=Status.FROZEN)

    for section in (part, frozen):
        with pytest.raises(DomainError):
            retire_section(section=section, reason="x", by=make_user())


def test_restoring_brings_a_section_to_the_end_of_its_part():
    candidacy = make_candidacy()
    part = make_section(candidacy=candidacy, title="Partie", position=1)
    first = make_section(candidacy=candidacy, title="Un", parent=part, position=1)
    make_section(candidacy=candidacy, title="Deux", parent=part, position=2)
    retire_section(section=first, reason="Trop tôt", by=make_user())

    restored = restore_section(section=first)

    assert titles(candidacy) == ["Partie", "Deux", "Un"]
    assert (restored.retired_at, restored.retired_by, restored.retirement_reason) == (None, None, "")


def test_restoring_without_its_part_brings_it_among_the_parts():
    candidacy, lead = make_candidacy(), make_user()
    part = make_section(candidacy=candidacy, title="Partie", position=1)
    child = make_section(candidacy=candidacy, title="Dedans", parent=part, position=1)
    retire_section(section=child, reason="x", by=lead)
    remove_section(section=part)

    restore_section(section=child)

    assert [(entry.number, entry.title) for entry in read_outline(candidacy)] == [("1", "Dedans")]


def test_merging_appends_the_text_as_a_revision_and_keeps_the_contract_of_the_target():
    candidacy, lead = make_candidacy(), make_user()
    picture = make_picture(candidacy=candidacy)
    tag = f'<figure><img src="/c/{candidacy.slug}/dossier/images/{picture.public_id}/" alt="x"></figure>'
    target = make_section(candidacy=candidacy, title="Publics", limit_value=300)
    source = make_section(candidacy=candidacy, title="Écoles", limit_value=900)
    save_text(section=target, body="<p>Les publics.</p>", expected_revision=0, by=lead)
    save_text(section=source, body=f"<p>Les écoles.</p>{tag}", expected_revision=0, by=lead)

    kept = merge_sections(source=source, target=target, by=lead)

    source.refresh_from_db()
    assert kept.body.startswith("<p>Les publics.</p><p>Les écoles.</p>")
    assert (kept.revision, kept.revisions.count(), kept.limit_value) == (2, 2, 300)
    assert kept.revisions.get(number=2).saved_by == lead
    assert list(kept.pictures.all()) == [picture]
    assert (source.merged_into, source.retirement_reason) == (kept, "Fusionnée dans « Publics »")
    assert titles(candidacy) == ["Publics"]
    # Its own text and revisions stay with it.
    assert (source.revisions.count(), source.body.startswith("<p>Les écoles.")) == (1, True)


def test_merging_is_refused_where_a_word_could_be_lost_or_a_seal_broken():
    candidacy = make_candidacy()
    source = make_section(candidacy=candidacy, body="<p>Un</p>")
    part = make_section(candidacy=candidacy, body="<p>Partie</p>")
    make_section(candidacy=candidacy, parent=part)
    frozen = make_section(candidacy=candidacy, body="<p>x</p>", status=Status.FROZEN)
    validated = make_section(candidacy=candidacy, status=Status.VALIDATED)
    target = make_section(candidacy=candidacy)

    for origin, goal in (
        (source, source),
        (source, make_section()),
        (source, validated),
        (source, frozen),
        (frozen, target),
        (part, target),
    ):
        with pytest.raises(DomainError):
            merge_sections(source=origin, target=goal, by=make_user())

    assert not candidacy.sections.retired().exists()
    assert not candidacy.sections.filter(revision__gt=0).exists()


# --- Pages ------------------------------------------------------------------------------------------


def test_a_section_is_retired_listed_read_and_restored_in_the_browser(client):
    lead = make_member(user=make_user(first_name="Ana", last_name="Roy"))
    section = make_section(candidacy=lead.candidacy, title="Annexe", body="<p>Un texte à garder</p>")
    client.force_login(lead.user)
    retired_list = reverse("dossier:retired-section-list", args=[lead.candidacy.slug])
    assert "Aucune section n’est retirée." in client.get(retired_list).text

    missing = client.post(address("section-retire", section), {"reason": ""})
    assert missing.status_code == 422
    client.post(address("section-retire", section), {"reason": "Le jury n’en veut pas."})

    listed = client.get(retired_list).text
    assert all(told in listed for told in ("Annexe", "Ana Roy", "Le jury n’en veut pas."))
    assert "Un texte à garder" in client.get(address("retired-section-detail", section)).text
    outline = client.get(reverse("dossier:section-list", args=[lead.candidacy.slug]))
    assert retired_list in outline.text

    response = client.post(address("section-restore", section))
    assert response.url == address("section-detail", section)
    assert client.get(response.url).status_code == 200


def test_merging_in_the_browser_leads_to_the_text_and_leaves_a_pointer(client):
    lead = make_member()
    target = make_section(candidacy=lead.candidacy, title="Publics", position=1, body="<p>Un</p>")
    source = make_section(candidacy=lead.candidacy, title="Écoles", position=2, body="<p>Deux</p>")
    closed = make_section(candidacy=lead.candidacy, status=Status.FROZEN, position=3)
    client.force_login(lead.user)

    form = client.get(address("section-merge", source)).context["form"]
    assert [label for _value, label in form.fields["target"].choices][1:] == ["1 Publics"]
    refused = client.post(address("section-merge", source), {"target": closed.public_id})
    assert refused.status_code == 422
    response = client.post(address("section-merge", source), {"target": target.public_id})

    assert response.url == address("section-detail", target)
    pointer = client.get(address("retired-section-detail", source)).text
    assert "Son texte est dans 1 Publics" in pointer


def test_an_old_address_leads_a_partner_to_the_text_that_is_theirs_and_nowhere_else(client):
    organisation = make_organisation()
    candidacy, lead = organisation.candidacy, make_user()
    own, foreign = (make_section(candidacy=candidacy, organisation=owner) for owner in (organisation, None))
    merged, lost = (make_section(candidacy=candidacy, organisation=organisation) for _ in range(2))
    merge_sections(source=merged, target=own, by=lead)
    merge_sections(source=lost, target=foreign, by=lead)
    client.force_login(make_partner(organisation=organisation))

    assert client.get(address("section-detail", merged)).url == address("section-detail", own)
    assert client.get(address("section-detail", lost)).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_of_retired_sections_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    target = make_section(candidacy=lead.candidacy)
    for _ in range(count):
        section = make_section(
            candidacy=lead.candidacy, organisation=make_organisation(candidacy=lead.candidacy)
        )
        merge_sections(source=section, target=target, by=make_user())
    client.force_login(lead.user)

    # Session, user, memberships; count, rows.
    with django_assert_num_queries(5):
        client.get(reverse("dossier:retired-section-list", args=[lead.candidacy.slug]))


def test_what_was_typed_while_the_section_was_retired_is_handed_back(client):
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation)
    retire_section(section=section, reason="x", by=make_user())
    typed = {"body": "<p>Une heure de travail</p>", "revision": 0}
    client.force_login(make_partner(organisation=organisation))

    response = client.post(address("section-edit", section), typed)

    assert response.status_code == 409
    assert "<p>Une heure de travail</p>" in response.text
    assert client.get(address("section-edit", section)).status_code == 404
    client.force_login(make_partner(candidacy=section.candidacy))
    assert client.post(address("section-edit", section), typed).status_code == 404


# --- Drafts left behind -------------------------------------------------------------------------------


@pytest.fixture
def drafted():
    """A section, and two people who have each typed in it without saving."""
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation, body="<p>Un</p>")
    partner = make_partner(organisation=organisation)
    lead = make_member(candidacy=section.candidacy, user=make_user(first_name="Ana", last_name="Roy")).user
    for author, typed in ((partner, "Partenaire"), (lead, "Cheffe")):
        save_draft(
            section=section, author=author, body=f"<p>Tapé : {typed}</p>", base_revision=0, seat=Seat()
        )
    return section, partner, lead


@pytest.mark.parametrize("name", ["section-retire", "section-merge"])
def test_who_has_a_draft_is_named_before_the_section_leaves_the_outline(client, drafted, name):
    section, partner, lead = drafted
    client.force_login(lead)

    page = client.get(address(name, section)).text
    assert f"{partner}, Ana Roy ont commencé à écrire dans cette section" in page
    assert "Tapé" not in page
    SectionDraft.objects.exclude(author=partner).delete()
    assert f"{partner} a commencé à écrire dans cette section" in client.get(address(name, section)).text
    SectionDraft.objects.all().delete()
    assert "à écrire dans cette section" not in client.get(address(name, section)).text


def test_an_old_address_leads_the_author_to_the_draft_of_a_retired_section(client, drafted):
    section, partner, lead = drafted
    retire_section(section=section, reason="x", by=lead)
    client.force_login(partner)

    for name in ("section-detail", "section-edit"):
        assert client.get(address(name, section)).url == address("section-draft", section)
    page = client.get(address("section-draft", section)).text
    assert "Tapé : Partenaire" in page
    assert "Tapé : Cheffe" not in page
    assert "<p>Un</p>" not in page

    given_up = client.post(address("section-draft-discard", section), follow=True)
    assert "Le brouillon est abandonné" in given_up.text
    assert list(SectionDraft.objects.values_list("author", flat=True)) == [lead.pk]
    for name in ("section-detail", "section-draft"):
        assert client.get(address(name, section)).status_code == 404


def test_the_page_of_a_retired_section_leads_its_reader_to_their_own_draft(client, drafted):
    section, _partner, lead = drafted
    retire_section(section=section, reason="x", by=lead)
    client.force_login(lead)

    assert client.get(address("section-detail", section)).url == address("retired-section-detail", section)
    page = client.get(address("retired-section-detail", section)).text
    assert address("section-draft", section) in page
    assert "Tapé" not in page
    assert "Tapé : Cheffe" in client.get(address("section-draft", section)).text

    client.force_login(make_member(candidacy=section.candidacy).user)
    assert (
        address("section-draft", section) not in client.get(address("retired-section-detail", section)).text
    )
    assert client.get(address("section-draft", section)).status_code == 404


def test_the_draft_of_a_merged_section_names_what_took_its_text_to_who_reads_it(client, drafted):
    section, partner, lead = drafted
    target = make_section(candidacy=section.candidacy, organisation=section.organisation, title="Publics")
    merge_sections(source=section, target=target, by=lead)
    client.force_login(partner)

    assert client.get(address("section-detail", section)).url == address("section-draft", section)
    page = client.get(address("section-draft", section)).text
    assert "Tapé : Partenaire" in page
    assert address("section-detail", target) in page
    Section.objects.filter(pk=target.pk).update(organisation=None)
    assert "Publics" not in client.get(address("section-draft", section)).text


def test_who_lost_a_retired_section_does_not_read_their_draft_of_it(client, drafted):
    section, partner, lead = drafted
    retire_section(section=section, reason="x", by=lead)
    Section.objects.update(organisation=make_organisation(candidacy=section.candidacy))
    client.force_login(partner)

    assert client.get(address("section-draft", section)).status_code == 404
    assert client.post(address("section-draft-discard", section)).status_code == 404
    assert client.get(address("section-detail", section)).status_code == 404


def test_a_draft_is_gone_on_with_once_its_section_is_back(client, drafted):
    section, partner, lead = drafted
    restore_section(section=retire_section(section=section, reason="x", by=lead))
    client.force_login(partner)

    assert "Tapé : Partenaire" in client.get(address("section-edit", section)).text
