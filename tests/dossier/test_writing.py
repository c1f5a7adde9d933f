import pytest

from core.errors import DomainError, StaleRevisionError
from dossier.models import Section
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.writing import save_text
from tests.dossier.payloads import MARKUP
from tests.factories import (
    make_candidacy,
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
