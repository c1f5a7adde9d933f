import pytest

from candidacy.models import Membership
from core.errors import DomainError, StaleRevisionError
from dossier.models import Section
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.writing import change_status, save_text
from dossier.workflow import MOVES
from tests.dossier.payloads import MARKUP
from tests.factories import (
    make_candidacy,
    make_contact,
    make_member,
    make_organisation,
    make_picture,
    make_section,
    make_user,
)

Status = Section.Status


def picture_tag(picture, *, slug=None):
    slug = slug or picture.candidacy.slug
    return f'<figure><img src="/c/{slug}/dossier/images/{picture.public_id}/" alt="x"></figure>'


def test_saving_makes_a_revision_that_says_who():
    section, user = make_section(), make_user()

    saved = save_text(section=section, body="<p>Bonjour</p>", expected_revision=0, by=user)

    assert (saved.body, saved.revision, saved.word_count) == ("<p>Bonjour</p>", 1, 1)
    revision = section.revisions.get()
    assert (revision.number, revision.body, revision.saved_by) == (1, "<p>Bonjour</p>", user)


def test_saving_the_same_text_makes_no_revision_whatever_it_was_read_at():
    section, user = make_section(), make_user()
    save_text(section=section, body="<p>Un</p>", expected_revision=0, by=user)

    again = save_text(section=section, body="<p>Un</p>", expected_revision=0, by=user)

    assert again.revision == 1
    assert section.revisions.count() == 1


def test_a_text_that_cleans_to_what_is_there_makes_no_revision():
    section, user = make_section(), make_user()
    save_text(section=section, body="<p>Un</p>", expected_revision=0, by=user)

    again = save_text(section=section, body="<p>Un</p><script>x</script>", expected_revision=1, by=user)

    assert again.revision == 1


def test_a_text_written_on_an_older_revision_changes_nothing():
    section, user = make_section(), make_user()
    save_text(section=section, body="<p>Le leur</p>", expected_revision=0, by=user)

    with pytest.raises(StaleRevisionError):
        save_text(section=section, body="<p>Le mien</p>", expected_revision=0, by=user)

    section.refresh_from_db()
    assert (section.body, section.revision) == ("<p>Le leur</p>", 1)
    assert section.revisions.count() == 1


def test_a_text_that_came_from_elsewhere_is_recorded_before_it_is_replaced():
    section = make_section(body="<p>Importé</p>")

    save_text(section=section, body="<p>Repris</p>", expected_revision=0, by=make_user())

    kept = section.revisions.order_by("number").values_list("number", "body")
    assert list(kept) == [(0, "<p>Importé</p>"), (1, "<p>Repris</p>")]


def test_a_validated_section_is_closed():
    section = make_section(body="<p>Relu</p>", status=Status.VALIDATED)

    with pytest.raises(DomainError, match="validée"):
        save_text(section=section, body="<p>Changé</p>", expected_revision=0, by=make_user())

    section.refresh_from_db()
    assert section.body == "<p>Relu</p>"


def test_the_first_text_of_an_ordered_section_begins_its_writing():
    section = make_section(status=Status.ORDERED)

    saved = save_text(section=section, body="<p>Début</p>", expected_revision=0, by=make_user())

    assert saved.status == Status.WRITING
    assert list(section.history.order_by("history_id").values_list("status", flat=True)) == [
        Status.ORDERED,
        Status.WRITING,
    ]


def test_saving_a_text_writes_no_history_of_the_contract():
    section = make_section(status=Status.WRITING)

    save_text(section=section, body="<p>Suite</p>", expected_revision=0, by=make_user())

    assert section.history.count() == 1


def test_a_text_too_long_for_the_press_is_refused():
    section = make_section()

    with pytest.raises(DomainError, match="trop long"):
        save_text(
            section=section, body=f"<p>{'a ' * MAX_BODY_CHARACTERS}</p>", expected_revision=0, by=make_user()
        )


@pytest.mark.parametrize("payload", MARKUP)
def test_what_runs_is_never_stored(payload):
    section = make_section()

    saved = save_text(section=section, body=f"<p>avant</p>{payload}", expected_revision=0, by=make_user())

    for forbidden in (
        "<script",
        "<svg",
        "<iframe",
        "<form",
        "onerror",
        "onclick",
        "javascript:",
        "evil",
        "hx-",
    ):
        assert forbidden not in saved.body.lower()
    assert section.revisions.get().body == saved.body


def test_the_pictures_of_a_text_are_those_it_shows():
    candidacy = make_candidacy()
    kept, dropped, unnamed = (make_picture(candidacy=candidacy) for _ in range(3))
    section, user = make_section(candidacy=candidacy), make_user()
    save_text(section=section, body=picture_tag(kept) + picture_tag(dropped), expected_revision=0, by=user)

    save_text(section=section, body=picture_tag(kept), expected_revision=1, by=user)

    assert list(section.pictures.all()) == [kept]
    assert unnamed not in section.pictures.all()


def test_a_text_does_not_open_the_pictures_of_another_candidacy():
    section, foreign = make_section(), make_picture()
    body = picture_tag(foreign) + picture_tag(foreign, slug=section.candidacy.slug)

    save_text(section=section, body=body, expected_revision=0, by=make_user())

    assert section.pictures.count() == 0


# --- States -----------------------------------------------------------------------------------------


def make_writer(section):
    """Make a partner whose organisation writes ``section``."""
    member = make_member(candidacy=section.candidacy, role=Membership.Role.PARTNER)
    make_contact(organisation=section.organisation, user=member.user)
    return member.user


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.source}-{move.target}")
def test_staff_take_every_way(move):
    section = make_section(status=move.source, body="<p>Un texte</p>")
    team = make_member(candidacy=section.candidacy, role=Membership.Role.TEAM).user

    moved = change_status(section=section, target=move.target, by=team, note=" Merci ")

    assert (moved.status, moved.status_note) == (move.target, "Merci")


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.source}-{move.target}")
def test_writers_hand_in_and_take_back_but_do_not_judge(move):
    section = make_section(status=move.source, body="<p>Un texte</p>")
    section.organisation = make_organisation(candidacy=section.candidacy)
    section.save()
    writer = make_writer(section)

    if move.is_for_writers:
        assert change_status(section=section, target=move.target, by=writer).status == move.target
    else:
        with pytest.raises(DomainError):
            change_status(section=section, target=move.target, by=writer)
        section.refresh_from_db()
        assert section.status == move.source


def test_a_state_cannot_be_skipped():
    section = make_section(status=Status.WRITING, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError, match="en rédaction"):
        change_status(section=section, target=Status.VALIDATED, by=lead)


def test_going_where_one_stands_is_no_error_and_leaves_no_trace():
    section = make_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy).user

    change_status(section=section, target=Status.IN_REVIEW, by=lead)

    assert section.history.count() == 1


@pytest.mark.parametrize(
    ("source", "target"), [(Status.WRITING, Status.IN_REVIEW), (Status.IN_REVIEW, Status.VALIDATED)]
)
def test_an_empty_text_is_neither_handed_in_nor_validated(source, target):
    section = make_section(status=source)
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError, match="Rien n’est encore écrit"):
        change_status(section=section, target=target, by=lead)


def test_a_chapter_of_live_data_and_a_part_may_stay_without_text():
    candidacy = make_candidacy()
    lead = make_member(candidacy=candidacy).user
    plan = make_section(candidacy=candidacy, kind=Section.Kind.FUNDING_PLAN, status=Status.IN_REVIEW)
    part = make_section(candidacy=candidacy, status=Status.IN_REVIEW)
    make_section(candidacy=candidacy, parent=part)

    for section in (plan, part):
        assert change_status(section=section, target=Status.VALIDATED, by=lead).status == Status.VALIDATED
