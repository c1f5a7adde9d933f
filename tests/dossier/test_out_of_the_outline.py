"""What a retired section takes along, and what those named to review reach of a section."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from dossier.audiences import audiences_open_to, readers_of_thread
from dossier.criteria import read_matrix
from dossier.models import Audience, CommentThread, LiveFigure, Picture, Section, WordImport
from dossier.permissions import can_upload_pictures
from dossier.recent_changes import recent_changes
from dossier.services.comments import answer_thread, open_thread
from dossier.services.proofs import add_proof
from dossier.services.retirement import restore_section, retire_section
from dossier.workflow import Hat
from tests.dossier.people import make_partner
from tests.dossier.test_states import make_owned_section, somebody
from tests.factories import (
    make_criterion,
    make_live_figure,
    make_member,
    make_picture,
    make_proof,
    make_section,
    make_thread,
    make_word_import,
)

Status = Section.Status


@pytest.fixture
def section():
    return make_owned_section(title="La vision", status=Status.IN_REVIEW, body="<p>Le texte</p>", revision=1)


@pytest.fixture
def lead(section):
    return make_member(candidacy=section.candidacy).user


@pytest.fixture
def reviewer(section):
    return somebody(Hat.REVIEWER, section)


def address(name, thing, *more):
    return reverse(f"dossier:{name}", args=[thing.candidacy.slug, thing.public_id, *more])


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("status", Status)
def test_a_reviewer_reads_the_threads_of_all_readers_once_the_text_is_handed_in(
    section, reviewer, status, audience
):
    Section.objects.filter(pk=section.pk).update(status=status)
    section.refresh_from_db()
    thread = make_thread(section=section, audience=audience)
    reads = status in Section.HANDED_IN and audience == Audience.READERS

    assert CommentThread.objects.visible_to(reviewer).exists() == reads
    assert (reviewer in readers_of_thread(thread)) == reads


def test_a_reviewer_comments_to_all_readers_and_never_to_a_structure_that_is_not_theirs(
    client, section, reviewer
):
    client.force_login(reviewer)

    assert audiences_open_to(reviewer, section) == (Audience.READERS,)
    assert client.get(address("section-detail", section)).context["can_comment"]
    thread = open_thread(section=section, by=reviewer, audience=Audience.READERS, body="À préciser.")
    assert list(CommentThread.objects.visible_to(reviewer)) == [thread]
    with pytest.raises(DomainError, match="ne peut être ouvert"):
        open_thread(section=section, by=reviewer, audience=Audience.PARTNER, body="À préciser.")


def test_a_reviewer_is_named_with_the_structure_they_speak_for(section, reviewer):
    thread = make_thread(section=section)
    (named,) = readers_of_thread(thread).filter(pk=reviewer.pk)

    assert named.organisation_name == reviewer.contacts.get().organisation.label
    reviewer.memberships.all().delete()
    assert reviewer not in readers_of_thread(thread)


def test_a_reviewer_sees_the_pictures_of_the_text_and_changes_none(client, section, reviewer):
    picture = make_picture(candidacy=section.candidacy, uploaded_for=section)
    section.pictures.add(picture)
    client.force_login(reviewer)

    page = client.get(reverse("dossier:picture-list", args=[section.candidacy.slug]))

    (row,) = page.context["rows"]
    assert (row["picture"], row["may_edit"]) == (picture, False)
    assert client.get(address("picture-edit", picture)).status_code == 403
    assert not can_upload_pictures(reviewer, section.candidacy)


def test_a_retired_section_takes_its_threads_along_and_brings_them_back(client, section, lead):
    writer = somebody(Hat.WRITER, section)
    thread = make_thread(section=section, author=writer)
    retired = retire_section(section=section, reason="Doublon", by=lead)
    thread.section.refresh_from_db()

    for person in (lead, writer):
        assert not CommentThread.objects.visible_to(person).exists()
    assert not readers_of_thread(thread).exists()
    with pytest.raises(DomainError, match="retirée du plan"):
        answer_thread(thread=thread, by=lead, body="Oui.", audience_seen=thread.audience)
    with pytest.raises(DomainError, match="retirée du plan"):
        open_thread(section=section, by=lead, audience=Audience.READERS, body="Oui.")
    restore_section(section=retired)
    assert list(CommentThread.objects.visible_to(writer)) == [thread]


def test_a_retired_section_proves_nothing_and_takes_no_proof(client, section, lead):
    kept = make_proof(section=make_section(candidacy=section.candidacy))
    make_proof(section=section, criterion=kept.criterion)
    retire_section(section=section, reason="Doublon", by=lead)
    client.force_login(lead)

    (case,) = read_matrix(section.candidacy).cases
    assert [row.proof for row in case.proofs] == [kept]
    assert client.get(reverse("dossier:criteria-matrix", args=[section.candidacy.slug])).status_code == 200
    with pytest.raises(DomainError, match="retirée du plan"):
        add_proof(section=section, criterion=make_criterion(candidacy=section.candidacy))


@pytest.mark.parametrize("name", ["picture-list", "live-figure-list", "live-figure-export"])
def test_lists_of_what_texts_show_leave_retired_sections_out(client, section, lead, name):
    section.pictures.add(make_picture(candidacy=section.candidacy))
    section.live_figures.add(make_live_figure(candidacy=section.candidacy))
    retire_section(section=section, reason="Doublon", by=lead)
    client.force_login(lead)

    page = client.get(reverse(f"dossier:{name}", args=[section.candidacy.slug]))

    assert page.status_code == 200
    if page.context:
        assert [row["sections"] for row in page.context["rows"]] == [[]]


def test_the_structure_of_a_retired_section_keeps_neither_its_pictures_nor_its_figures(section, lead):
    writer = somebody(Hat.WRITER, section)
    section.pictures.add(make_picture(candidacy=section.candidacy))
    section.live_figures.add(make_live_figure(candidacy=section.candidacy))
    make_picture(candidacy=section.candidacy, uploaded_for=section)
    make_word_import(section=section, requested_by=writer)
    mine = [rows.objects.visible_to(writer) for rows in (Picture, LiveFigure, WordImport)]

    assert [rows.count() for rows in mine] == [2, 1, 1]
    retire_section(section=section, reason="Doublon", by=lead)
    assert [rows.count() for rows in mine] == [0, 0, 0]


def test_news_tell_that_a_section_left_and_came_back_and_lead_to_it(section, lead):
    reader, since = make_member(candidacy=section.candidacy).user, timezone.now()

    def told():
        (change,) = recent_changes(section.candidacy, since=since, reader=reader, limit=1)
        return change.text, change.url

    retired = retire_section(section=section, reason="Doublon", by=lead)
    assert told() == ("section retirée du plan", address("retired-section-detail", section))
    restore_section(section=retired)
    assert told() == ("section rétablie dans le plan", address("section-detail", section))


def test_a_retired_text_is_shown_with_what_it_names(client, section, lead):
    figure = make_live_figure(candidacy=section.candidacy)
    body = f'<p><span data-live-figure="{figure.public_id}"></span></p>'
    Section.objects.filter(pk=section.pk).update(body=body)
    retire_section(section=section, reason="Doublon", by=lead)
    client.force_login(lead)

    assert 'class="live-figure"' in client.get(address("retired-section-detail", section)).text
    client.force_login(make_partner(organisation=section.organisation))
    handed_back = client.post(address("section-edit", section), {"body": body, "revision": 1})
    assert handed_back.status_code == 409
    assert 'class="live-figure"' in handed_back.text
    typed = {"body": body, "revision": 1, "writer": lead.public_id}
    assert client.post(address("section-edit", section), typed).status_code == 404
