"""What is typed and not saved yet: kept for its author, read by nobody else, ended by saving or giving up."""

from uuid import uuid4

import pytest
from django.urls import reverse

from core.drafts import Seat
from core.errors import DomainError, StaleRevisionError
from dossier.assembly import read_dossier
from dossier.models import Section, SectionDraft
from dossier.services.drafts import discard_draft, save_draft
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.outline import remove_section
from dossier.services.retirement import retire_section
from dossier.services.writing import save_text
from tests.access import ACCESS
from tests.dossier.people import make_partner
from tests.factories import make_member, make_organisation, make_reviewer, make_section, make_user
from tests.test_permissions import address, ask
from tests.world import make_world

SECRET = "Motsecret"


def url(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


def draft_of(section, author, body="<p>Tapé</p>", *, base_revision=0, seat=None):
    return save_draft(
        section=section, author=author, body=body, base_revision=base_revision, seat=seat or Seat()
    )


@pytest.fixture
def section():
    return make_section(body="<p>Départ</p>")


@pytest.fixture
def writer(section):
    return make_member(candidacy=section.candidacy).user


# --- The row ------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_text_and_what_it_began_with(section, writer):
    draft = draft_of(section, writer, "<p>Tapé</p><script>x</script>", base_revision=3)

    draft.refresh_from_db()
    assert (draft.body, draft.base_revision) == ("<p>Tapé</p>", 3)
    section.refresh_from_db()
    assert (section.body, section.revisions.count()) == ("<p>Départ</p>", 0)


def test_one_person_has_one_draft_of_a_section(section, writer):
    seat = Seat(window=uuid4())
    draft_of(section, writer, "<p>T</p>", seat=seat)
    draft_of(section, writer, "<p>Tapé</p>", seat=seat)
    draft_of(section, make_user())

    assert section.drafts.get(author=writer).body == "<p>Tapé</p>"
    assert section.drafts.count() == 2


def test_a_window_goes_on_though_it_never_heard_that_its_text_was_kept(section, writer):
    window = uuid4()
    draft_of(section, writer, "<p>Un</p>", seat=Seat(window=window))

    draft_of(section, writer, "<p>Un deux</p>", seat=Seat(window=window, seen=None))

    assert section.drafts.get().body == "<p>Un deux</p>"


def test_another_window_does_not_overwrite_a_draft_it_has_not_seen(section, writer):
    draft_of(section, writer, "<p>Au bureau</p>", seat=Seat(window=uuid4()))

    with pytest.raises(StaleRevisionError, match="autre fenêtre"):
        draft_of(section, writer, "<p>Chez moi</p>", seat=Seat(window=uuid4()))

    assert section.drafts.get().body == "<p>Au bureau</p>"


def test_a_window_that_has_read_the_draft_goes_on_with_it(section, writer):
    first = draft_of(section, writer, "<p>Au bureau</p>", seat=Seat(window=uuid4()))

    draft_of(section, writer, "<p>Au bureau, puis</p>", seat=Seat(window=uuid4(), seen=first.token))

    assert section.drafts.get().body == "<p>Au bureau, puis</p>"


def test_typing_back_to_the_saved_text_leaves_no_draft(section, writer):
    seat = Seat(window=uuid4())
    draft_of(section, writer, seat=seat)

    assert draft_of(section, writer, "<p>Départ</p>", seat=seat) is None
    assert not section.drafts.exists()


def test_saving_ends_the_draft_it_was_made_of(section, writer):
    seat = Seat(window=uuid4())
    draft_of(section, writer, seat=seat)
    other = draft_of(section, make_user())

    save_text(section=section, body="<p>Tapé</p>", expected_revision=0, by=writer, seat=seat)

    assert list(section.drafts.all()) == [other]


def test_saving_leaves_a_draft_that_another_window_wrote_since(section, writer):
    draft_of(section, writer, "<p>Au bureau</p>", seat=Seat(window=uuid4()))

    save_text(
        section=section, body="<p>Chez moi</p>", expected_revision=0, by=writer, seat=Seat(window=uuid4())
    )

    assert section.drafts.get().body == "<p>Au bureau</p>"


def test_giving_up_ends_ones_own_draft_alone(section, writer):
    draft_of(section, writer)
    other = draft_of(section, make_user())

    assert discard_draft(section=section, author=writer)
    assert list(section.drafts.all()) == [other]


def test_a_closed_section_still_takes_what_was_typed_meanwhile(section, writer):
    Section.objects.update(status=Section.Status.VALIDATED)

    assert draft_of(section, writer).body == "<p>Tapé</p>"


def test_a_text_too_long_for_a_section_is_refused_with_its_length(section, writer):
    with pytest.raises(DomainError, match="trop long"):
        draft_of(section, writer, f"<p>{'a ' * MAX_BODY_CHARACTERS}</p>")


def test_a_section_in_which_somebody_writes_is_not_removed(writer):
    section = make_section()
    draft_of(section, writer)

    with pytest.raises(DomainError, match="commencé à écrire"):
        remove_section(section=section)


# --- Who reads it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["lead", "team", "neighbour", "elected", "observer", "stranger"])
def test_nobody_reads_the_draft_of_somebody_else_on_any_page(client, reader):
    world = make_world()
    draft_of(world.objects["section"], world.people["partner"], f"<p>{SECRET}</p>")
    client.force_login(world.people[reader])

    told = [
        name
        for name, rule in ACCESS.items()
        if SECRET.encode() in ask(client, rule, address(name, rule, world)).getvalue()
    ]

    assert told == []
    assert not SectionDraft.objects.visible_to(world.people[reader]).exists()


def test_the_author_reads_their_draft(client):
    world = make_world()
    draft_of(world.objects["section"], world.people["partner"], f"<p>{SECRET}</p>")
    client.force_login(world.people["partner"])

    for name in ("section-edit", "section-draft"):
        assert SECRET in client.get(url(name, world.objects["section"])).text


def test_a_draft_is_not_printed(section, writer):
    draft_of(section, writer, f"<p>{SECRET}</p>")

    assert SECRET not in repr(read_dossier(section.candidacy))


def test_who_lost_the_section_no_longer_reads_their_draft_of_it(client):
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation)
    partner = make_partner(organisation=organisation)
    draft_of(section, partner)
    section.organisation = make_organisation(candidacy=section.candidacy)
    section.save()
    client.force_login(partner)

    assert not SectionDraft.objects.visible_to(partner).exists()
    assert client.get(url("section-draft", section)).status_code == 404


# --- The pages ------------------------------------------------------------------------------------------------------


def test_the_script_saves_and_is_told_when(client, section, writer):
    client.force_login(writer)

    answer = client.post(
        url("section-draft-save", section),
        {"body": "<p>Tapé</p>", "revision": 0, "window": uuid4(), "writer": writer.public_id},
    )

    draft = section.drafts.get()
    assert answer.json()["draft"] == str(draft.token)
    assert "\u00a0h\u00a0" in answer.json()["at"]


def test_a_text_typed_by_another_person_is_refused(client, section, writer):
    client.force_login(writer)
    typed = {"body": "<p>Tapé</p>", "revision": 0, "writer": make_user().public_id}

    draft = client.post(url("section-draft-save", section), typed)
    saved = client.post(url("section-edit", section), typed, follow=True)

    section.refresh_from_db()
    assert (draft.status_code, draft.json()["reason"]) == (409, "another")
    assert "sous un autre compte" in saved.text
    assert (section.body, SectionDraft.objects.count()) == ("<p>Départ</p>", 0)


def _leave_candidacy(section, partner):
    partner.memberships.all().delete()


def _give_to_others(section, partner):
    Section.objects.update(organisation=make_organisation(candidacy=section.candidacy))


def _leave_to_review(section, partner):
    """The section goes to others, and the person still reads it."""
    _give_to_others(section, partner)
    make_reviewer(section=section, contact=partner.contacts.get())
    Section.objects.update(status=Section.Status.IN_REVIEW)


def _retire_for_others(section, partner):
    _give_to_others(section, partner)
    retire_section(section=section, reason="x", by=make_user())


@pytest.mark.parametrize(
    ("happens", "status"),
    [(_leave_candidacy, 404), (_give_to_others, 404), (_leave_to_review, 403), (_retire_for_others, 404)],
)
def test_what_was_typed_comes_back_when_the_section_has_left_ones_reach(client, happens, status):
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation, title="Titre tu")
    partner = make_partner(organisation=organisation)
    happens(section, partner)
    client.force_login(partner)
    typed = {"body": "<p>Une heure de travail</p>", "revision": 0, "writer": partner.public_id}

    page = client.post(url("section-edit", section), typed)

    assert page.status_code == status
    assert "<p>Une heure de travail</p>" in page.text
    assert "Votre texte n’est pas enregistré." in page.text
    assert "Titre tu" not in page.text
    by_another = client.post(url("section-edit", section), typed | {"writer": make_user().public_id})
    assert "Une heure de travail" not in by_another.text
    assert client.post(url("section-draft-save", section), typed).status_code == status
    section.refresh_from_db()
    assert (section.body, section.drafts.count()) == ("", 0)


def test_the_editor_opens_on_the_draft_and_says_so(client, section, writer):
    draft_of(section, writer)
    client.force_login(writer)

    page = client.get(url("section-edit", section))

    assert page.context["form"]["body"].value() == "<p>Tapé</p>"
    assert "Vous retrouvez votre brouillon" in page.text
    assert "Reprendre le brouillon" in client.get(url("section-detail", section)).text


def test_the_draft_page_shows_what_it_changes(client, section, writer):
    draft_of(section, writer, "<p>Départ, puis arrivée</p>")
    client.force_login(writer)

    assert "<ins>" in client.get(url("section-draft", section)).text


def test_without_a_draft_its_page_leads_back(client, section, writer):
    client.force_login(writer)

    page = client.get(url("section-draft", section), follow=True)

    assert "pas de brouillon" in page.text


def test_giving_up_leads_back_to_the_saved_text(client, section, writer):
    draft_of(section, writer)
    client.force_login(writer)

    page = client.post(url("section-draft-discard", section), follow=True)

    assert "abandonné" in page.text
    assert not section.drafts.exists()


def test_a_draft_of_a_validated_section_is_still_read(client, section, writer):
    draft_of(section, writer)
    Section.objects.update(status=Section.Status.VALIDATED)
    client.force_login(writer)

    assert "Lire le brouillon" in client.get(url("section-detail", section)).text
    assert client.get(url("section-draft", section)).status_code == 200


def test_what_could_not_be_saved_is_kept_as_a_draft(client, section, writer):
    save_text(section=section, body="<p>Le leur</p>", expected_revision=0, by=make_user())
    client.force_login(writer)
    typed = {"body": "<p>Le mien</p>", "revision": 0, "window": uuid4()}

    assert client.post(url("section-edit", section), typed).status_code == 409
    assert section.drafts.get().body == "<p>Le mien</p>"

    Section.objects.update(status=Section.Status.VALIDATED)
    again = client.post(url("section-edit", section), typed | {"body": "<p>Le mien, encore</p>"})
    assert again.status_code == 422
    assert section.drafts.get().body == "<p>Le mien, encore</p>"


def test_a_draft_on_an_older_revision_opens_on_both_texts(client):
    section = make_section(body="<p>Un début.</p><p>Une fin.</p>")
    writer = make_member(candidacy=section.candidacy).user
    draft_of(section, writer, "<p>Un début.</p><p>Une fin heureuse.</p>")
    save_text(
        section=section, body="<p>Un beau début.</p><p>Une fin.</p>", expected_revision=0, by=make_user()
    )
    client.force_login(writer)

    page = client.get(url("section-edit", section))

    form = page.context["form"]
    assert page.status_code == 200
    assert form["body"].value() == "<p>Un beau début.</p><p>Une fin heureuse.</p>"
    assert form["revision"].value() == 1


def test_another_window_is_told_and_gets_the_draft_it_would_overwrite(client, section, writer):
    draft = draft_of(section, writer, seat=Seat(window=uuid4()))
    client.force_login(writer)

    answer = client.post(
        url("section-draft-save", section), {"body": "<p>Autre</p>", "revision": 0, "window": uuid4()}
    )

    assert (answer.status_code, answer.json()) == (409, {"reason": "elsewhere", "draft": str(draft.token)})


def test_a_request_that_says_nothing_is_refused_in_words(client, section, writer):
    client.force_login(writer)

    answer = client.post(url("section-draft-save", section), {"body": "<p>x</p>"})

    assert (answer.status_code, answer.json()["message"]) == (422, "Ce texte n’a pas pu être lu.")
