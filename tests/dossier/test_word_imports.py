"""Taking a Word document up: nothing is written before it was seen, nothing is lost, nothing is kept for long."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError, StaleRevisionError
from dossier import importing
from dossier.import_plan import Deed
from dossier.models import Picture, Section, WordImport
from dossier.services.imports import (
    PictureChoice,
    drop_import,
    preview_import,
    request_import,
    take_up_import,
)
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.writing import save_text
from dossier.tasks import tend_word_imports
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_member,
    make_organisation,
    make_picture,
    make_section,
    make_word_import,
)
from tests.word_documents import (
    a_bare_document,
    a_png,
    an_article,
    an_illustrated_outline,
    an_outline,
    bomb,
    drawing,
    paragraph,
)

Status = WordImport.Status
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


@pytest.fixture
def hand_in(django_capture_on_commit_callbacks):
    """Hand a document in as ``by``, and have the worker read it."""

    def handed_in(content, *, by, section=None, candidacy=None):
        with django_capture_on_commit_callbacks(execute=True):
            row = request_import(
                candidacy=candidacy or section.candidacy,
                section=section,
                file=BytesIO(content),
                filename="Notre texte.docx",
                by=by,
            )
        row.refresh_from_db()
        return row

    return handed_in


def take_up(row, by, *, seen=None, **choice):
    pictures = (
        {picture.public_id: PictureChoice(**choice) for picture in row.pictures.all()} if choice else {}
    )
    return take_up_import(word_import=row, seen=seen or preview_import(row).seen, pictures=pictures, by=by)


def stored_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def with_pictures(*contents, text=""):
    relations = "".join(
        f'<Relationship Id="i{n}" Type="{IMAGE}" Target="media/{n}.png"/>' for n in range(len(contents))
    )
    body = paragraph("Un texte.") + "".join(drawing(f'r:embed="i{n}"', text) for n in range(len(contents)))
    files = {f"word/media/{n}.png": content for n, content in enumerate(contents)}
    return a_bare_document(body, relations=relations, files=files)


# --- One section ------------------------------------------------------------------------------------


def test_nothing_is_written_before_the_preview_is_taken_up(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, body="<p>Ancien.</p>")

    row = hand_in(a_bare_document(paragraph("Nouveau.")), section=section, by=lead.user)

    section.refresh_from_db()
    assert (row.status, section.body, section.revision) == (Status.READY, "<p>Ancien.</p>", 0)
    plan = preview_import(row)
    assert [(text.html, text.deed) for text in plan.texts] == [("<p>Nouveau.</p>", Deed.REPLACE)]


def test_taking_up_makes_a_new_revision_and_forgets_the_document(
    hand_in, settings, django_capture_on_commit_callbacks
):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    save_text(section=section, body="<p>Ancien.</p>", expected_revision=0, by=lead.user)
    row = hand_in(a_bare_document(paragraph("Nouveau.")), section=section, by=lead.user)

    with django_capture_on_commit_callbacks(execute=True):
        take_up(row, lead.user)

    section.refresh_from_db()
    assert (section.body, section.revision) == ("<p>Nouveau.</p>", 2)
    revisions = section.revisions.order_by("number").values_list("body", "saved_by")
    assert list(revisions) == [("<p>Ancien.</p>", lead.user.pk), ("<p>Nouveau.</p>", lead.user.pk)]
    assert not WordImport.objects.exists()
    assert stored_files(settings) == []


def test_a_text_saved_since_the_preview_is_not_written_over(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(a_bare_document(paragraph("Du document.")), section=section, by=lead.user)
    seen = preview_import(row).seen
    save_text(section=section, body="<p>Entre-temps.</p>", expected_revision=0, by=lead.user)

    with pytest.raises(StaleRevisionError, match="a changé depuis cet aperçu"):
        take_up(row, lead.user, seen=seen)

    section.refresh_from_db()
    assert (section.body, section.revision) == ("<p>Entre-temps.</p>", 1)
    assert WordImport.objects.filter(pk=row.pk, status=Status.READY).exists()


def test_a_validated_section_takes_no_document(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, status=Section.Status.VALIDATED, body="<p>Fini.</p>")

    with pytest.raises(DomainError, match="validée"):
        hand_in(an_article(), section=section, by=lead.user)


def test_a_section_validated_meanwhile_keeps_its_text(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, body="<p>Fini.</p>")
    row = hand_in(a_bare_document(paragraph("Autre.")), section=section, by=lead.user)
    Section.objects.update(status=Section.Status.VALIDATED)

    assert preview_import(row).texts[0].deed == Deed.CLOSED
    take_up(row, lead.user)

    section.refresh_from_db()
    assert section.body == "<p>Fini.</p>"


def test_taking_up_twice_writes_once(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(a_bare_document(paragraph("Texte.")), section=section, by=lead.user)
    seen = preview_import(row).seen
    again = WordImport.objects.get(pk=row.pk)
    take_up(row, lead.user)

    with pytest.raises(DomainError, match="déjà été repris"):
        take_up(again, lead.user, seen=seen)

    assert section.revisions.count() == 1


def test_a_text_over_the_maximum_is_announced_and_refused(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(a_bare_document(paragraph("a" * MAX_BODY_CHARACTERS)), section=section, by=lead.user)

    assert preview_import(row).too_long
    with pytest.raises(DomainError, match="trop long pour une section"):
        take_up(row, lead.user)

    section.refresh_from_db()
    assert section.body == ""


def test_another_document_for_the_same_section_takes_the_place_of_the_first(
    hand_in, settings, django_capture_on_commit_callbacks
):
    lead, colleague = make_member(), None
    section = make_section(candidacy=lead.candidacy)
    colleague = make_member(candidacy=lead.candidacy, role="team")
    hand_in(an_article(), section=section, by=lead.user)
    others = hand_in(an_article(), section=section, by=colleague.user)

    second = hand_in(a_bare_document(paragraph("Mieux.")), section=section, by=lead.user)

    assert set(WordImport.objects.all()) == {others, second}


# --- Pictures ---------------------------------------------------------------------------------------


def test_a_picture_enters_the_dossier_described_and_credited(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(an_article(), section=section, by=lead.user)
    assert row.pictures.get().alternative_text == "Le parvis du musée."

    take_up(row, lead.user, is_kept=True, alternative_text="Le parvis au soir.", credit="Ville de Lens")

    picture = Picture.objects.get()
    section.refresh_from_db()
    assert (picture.alternative_text, picture.credit, picture.caption) == (
        "Le parvis au soir.",
        "Ville de Lens",
        "le parvis",
    )
    assert (
        f'<figure><img src="/c/{section.candidacy.slug}/dossier/images/{picture.public_id}/" alt="Le parvis au soir.">'
        "<figcaption>le parvis</figcaption></figure>"
    ) in section.body
    assert list(section.pictures.all()) == [picture]
    assert picture.file.name.startswith("pictures/")


def test_a_picture_left_aside_leaves_its_caption(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(an_article(), section=section, by=lead.user)

    take_up(row, lead.user, is_kept=False)

    section.refresh_from_db()
    assert not Picture.objects.exists()
    assert section.body.endswith("<p>le parvis</p>")
    assert "<img" not in section.body


def test_a_picture_without_description_or_credit_writes_nothing(hand_in, settings):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    row = hand_in(with_pictures(a_png(), a_png(colour=(1, 2, 3))), section=section, by=lead.user)
    before = stored_files(settings)
    first, second = row.pictures.order_by("number")
    choices = {
        first.public_id: PictureChoice(is_kept=True, alternative_text="Une image.", credit="Nous"),
        second.public_id: PictureChoice(is_kept=True),
    }

    with pytest.raises(Exception, match="Décrivez l’image"):
        take_up_import(word_import=row, seen=preview_import(row).seen, pictures=choices, by=lead.user)

    section.refresh_from_db()
    assert (section.body, Picture.objects.count()) == ("", 0)
    assert stored_files(settings) == before


def test_a_picture_that_the_dossier_has_already_is_shown_again_not_stored_again(hand_in):
    lead = make_member()
    known = make_picture(candidacy=lead.candidacy)
    section = make_section(candidacy=lead.candidacy)
    with known.file.open("rb") as file:
        row = hand_in(with_pictures(file.read()), section=section, by=lead.user)

    take_up(row, lead.user)

    section.refresh_from_db()
    assert list(Picture.objects.all()) == list(section.pictures.all()) == [known]


def test_a_partner_is_not_told_of_pictures_that_they_may_not_see(hand_in):
    organisation = make_organisation()
    known = make_picture(candidacy=organisation.candidacy)
    section = make_section(candidacy=organisation.candidacy, organisation=organisation)
    with known.file.open("rb") as file:
        row = hand_in(with_pictures(file.read()), section=section, by=make_partner(organisation=organisation))

    assert row.pictures.get().known is None


def test_a_picture_of_more_than_a_thousand_million_points_is_left_out_and_the_text_kept(hand_in):
    """A PNG whose header says 40,000 × 40,000: refused before any of it is decoded."""
    huge = bytearray(a_png())
    huge[16:24] = (40_000).to_bytes(4, "big") * 2
    section = make_section()

    lead = make_member(candidacy=section.candidacy)
    row = hand_in(with_pictures(bytes(huge), b"pas une image", a_png()), section=section, by=lead.user)

    assert row.status == Status.READY
    assert row.entries[0]["html"].startswith("<p>Un texte.</p>")
    assert [picture.number for picture in row.pictures.all()] == [3]
    assert len(row.notices) == 2
    assert all(notice.startswith("L’image") for notice in row.notices)


# --- A whole outline --------------------------------------------------------------------------------


def test_an_outline_becomes_parts_and_sections_with_their_texts(hand_in):
    lead = make_member()
    content = an_outline(
        ("Vision", "Ouverture.", [("Le fil", "Un fil."), ("Les axes", "")]), ("Budget", "", [])
    )

    row = hand_in(content, candidacy=lead.candidacy, by=lead.user)
    plan = preview_import(row)
    assert (plan.created, plan.replaced, Section.objects.count()) == (4, 0, 0)
    take_up(row, lead.user)

    rows = Section.objects.in_outline_order().values_list("title", "parent__title", "body", "revision")
    assert list(rows) == [
        ("Vision", None, "<p>Ouverture.</p>", 1),
        ("Le fil", "Vision", "<p>Un fil.</p>", 1),
        ("Les axes", "Vision", "", 0),
        ("Budget", None, "", 0),
    ]


def test_an_outline_meets_what_is_there_by_its_titles_and_never_removes(hand_in):
    lead = make_member()
    part = make_section(candidacy=lead.candidacy, title="La vision", body="<p>Tenue.</p>")
    same = make_section(candidacy=lead.candidacy, parent=part, title="Le fil", body="<p>Un fil.</p>")
    other = make_section(candidacy=lead.candidacy, parent=part, title="L’axe un", body="<p>Vieux.</p>")
    closed = make_section(
        candidacy=lead.candidacy,
        parent=part,
        title="Fini",
        body="<p>Fini.</p>",
        status=Section.Status.VALIDATED,
    )
    alone = make_section(candidacy=lead.candidacy, parent=part, title="Ailleurs", body="<p>Gardé.</p>")
    content = an_outline(
        (
            "LA VISION",
            "",
            [("Le fil", "Un fil."), ("L'axe un", "Neuf."), ("Fini", "Non."), ("Nouveau", "Oui.")],
        )
    )

    row = hand_in(content, candidacy=lead.candidacy, by=lead.user)
    deeds = [text.deed for text in preview_import(row).texts]
    take_up(row, lead.user)

    assert deeds == [Deed.EMPTY, Deed.SAME, Deed.REPLACE, Deed.CLOSED, Deed.CREATE]
    for section in (part, same, other, closed, alone):
        section.refresh_from_db()
    assert [s.body for s in (part, same, other, closed, alone)] == [
        "<p>Tenue.</p>",
        "<p>Un fil.</p>",
        "<p>Neuf.</p>",
        "<p>Fini.</p>",
        "<p>Gardé.</p>",
    ]
    assert Section.objects.get(title="Nouveau").parent == part
    assert [revision.body for revision in other.revisions.order_by("number")] == [
        "<p>Vieux.</p>",
        "<p>Neuf.</p>",
    ]


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_pictures_of_an_outline_that_are_kept_enter_the_dossier_with_their_texts(hand_in, is_kept):
    lead = make_member()
    part = make_section(candidacy=lead.candidacy, title="Vision")
    replaced = make_section(candidacy=lead.candidacy, parent=part, title="Le fil", body="<p>Vieux.</p>")
    row = hand_in(an_illustrated_outline("Le fil", "Les axes"), candidacy=lead.candidacy, by=lead.user)

    take_up(row, lead.user, is_kept=is_kept, alternative_text="Le parvis au soir.", credit="Ville de Lens")

    replaced.refresh_from_db()
    created = Section.objects.get(title="Les axes")
    assert Picture.objects.count() == 2 * is_kept
    for section in (replaced, created):
        assert section.body.startswith("<p>Un texte.</p>")
        assert section.body.count("<img") == section.pictures.count() == is_kept
        for picture in section.pictures.all():
            assert (picture.alternative_text, picture.credit) == ("Le parvis au soir.", "Ville de Lens")
            address = f"/c/{lead.candidacy.slug}/dossier/images/{picture.public_id}/"
            assert f'<img src="{address}" alt="Le parvis au soir.">' in section.body


def test_an_outline_without_parts_is_told_which_style_to_use(hand_in):
    lead = make_member()

    row = hand_in(a_bare_document(paragraph("Sans titre.")), candidacy=lead.candidacy, by=lead.user)

    assert row.status == Status.FAILED
    assert "Titre 1" in row.error


@pytest.mark.parametrize("count", [3, 30])
def test_planning_costs_the_same_for_any_number_of_sections(count, django_assert_num_queries):
    lead = make_member()
    for number in range(count):
        make_section(candidacy=lead.candidacy, title=f"Partie {number}", body="<p>x</p>")
    entries = [{"title": f"Partie {number}", "depth": 1, "html": "<p>y</p>"} for number in range(count)]
    row = make_word_import(candidacy=lead.candidacy, requested_by=lead.user, entries=entries)

    with django_assert_num_queries(1):
        assert preview_import(row).replaced == count


# --- Who, how long, and workers that die --------------------------------------------------------------


def test_only_who_handed_it_in_sees_a_document_and_only_while_they_write_there():
    organisation = make_organisation()
    partner = make_partner(organisation=organisation)
    section = make_section(candidacy=organisation.candidacy, organisation=organisation)
    row = make_word_import(section=section, requested_by=partner)
    lead = make_member(candidacy=organisation.candidacy)

    def seen_by(user):
        return WordImport.objects.visible_to(user).filter(pk=row.pk).exists()

    before = seen_by(partner), seen_by(lead.user)
    Section.objects.update(organisation=None)

    assert (before, seen_by(partner)) == ((True, False), False)


def test_a_document_is_dropped_with_its_files(hand_in, settings, django_capture_on_commit_callbacks):
    lead = make_member()
    row = hand_in(an_article(), section=make_section(candidacy=lead.candidacy), by=lead.user)
    assert len(stored_files(settings)) == 2

    with django_capture_on_commit_callbacks(execute=True):
        drop_import(word_import=row)

    assert not WordImport.objects.exists()
    assert stored_files(settings) == []


def test_a_document_is_forgotten_after_a_day(settings, django_capture_on_commit_callbacks):
    old, young = make_word_import(with_picture=True), make_word_import()
    now = timezone.now()
    WordImport.objects.filter(pk=old.pk).update(created_at=now - timedelta(hours=24, minutes=1))
    WordImport.objects.filter(pk=young.pk).update(created_at=now - timedelta(hours=23))

    with django_capture_on_commit_callbacks(execute=True):
        tend_word_imports()

    assert list(WordImport.objects.all()) == [young]
    assert len(stored_files(settings)) == 1


def test_a_bad_document_fails_with_its_reason_and_the_dossier_stays(hand_in):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, body="<p>Là.</p>")

    row = hand_in(bomb(60), section=section, by=lead.user)

    section.refresh_from_db()
    assert (row.status, section.body) == (Status.FAILED, "<p>Là.</p>")
    assert "trop volumineux" in row.error


def test_a_bug_is_told_in_french_and_still_reaches_the_log():
    row = make_word_import(status=Status.QUEUED)
    Path(row.file.path).unlink()

    with pytest.raises(OSError):
        importing.read_import(row.pk)

    row.refresh_from_db()
    assert row.status == Status.FAILED
    assert row.error.startswith("Une erreur inattendue")


def test_a_document_whose_worker_died_is_read_again_and_given_up_after_two_times():
    silent = timezone.now() - importing.SILENCE - timedelta(seconds=1)
    once = make_word_import(status=Status.RUNNING, attempt=1, alive_at=silent)
    twice = make_word_import(status=Status.RUNNING, attempt=2, alive_at=silent)
    make_word_import(status=Status.RUNNING, attempt=1)
    make_word_import(status=Status.READY, alive_at=silent)

    assert importing.take_back_abandoned() == [once.pk]

    twice.refresh_from_db()
    assert (twice.status, twice.error) == (
        Status.FAILED,
        "La lecture de ce document a été interrompue 2 fois.",
    )


def test_two_workers_never_read_the_same_document():
    row = make_word_import(status=Status.QUEUED)

    claims = [importing._claim(row.pk), importing._claim(row.pk)]

    assert [claim is not None for claim in claims] == [True, False]


def test_a_document_dropped_while_it_was_read_leaves_nothing(settings):
    section = make_section()
    row = make_word_import(
        section=section, status=Status.QUEUED, file=ContentFile(with_pictures(a_png()), name="x.docx")
    )
    claimed = importing._claim(row.pk)
    text = importing._read(claimed)
    row.delete()

    with pytest.raises(importing.ClaimLostError):
        importing._store(claimed, text)

    assert [path.name for path in stored_files(settings) if path.suffix == ".png"] == []


def test_the_database_holds_no_failure_without_its_reason():
    row = make_word_import(candidacy=make_candidacy())

    with pytest.raises(IntegrityError), transaction.atomic():
        WordImport.objects.filter(pk=row.pk).update(status=Status.FAILED)
