"""Printing as a job: asked once, taken once, stopped, resumed when its worker died, never half stored."""

import stat
import sys
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError
from core.pdf import Measures, Notice, PrintedFile, RenderedPdf
from dossier import building
from dossier.models import DossierExport
from dossier.rendering import build_dossier_pdf
from dossier.services.exports import cancel_export, request_export
from dossier.tasks import resume_exports
from tests.factories import make_candidacy, make_export, make_section, make_user

Status = DossierExport.Status


def make_rendered(content=b"%PDF-1.7 tout neuf", notices=()):
    home = TemporaryDirectory()
    made = Path(home.name) / "made.pdf"
    made.write_bytes(content)
    return RenderedPdf(
        file=PrintedFile(made, home),
        byte_count=len(content),
        sha256=sha256(content).hexdigest(),
        page_count=12,
        first_pages={},
        notices=tuple(notices),
        measures=Measures(1, 0, 1, 0.1, 1),
    )


def make_silent(**fields):
    """Make an export of which no worker has spoken for long enough."""
    return make_export(alive_at=timezone.now() - building.SILENCE - timedelta(seconds=1), **fields)


def stored_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# --- Asking -----------------------------------------------------------------------------------------


def test_asking_twice_prints_once(django_capture_on_commit_callbacks):
    section, user = make_section(), make_user()

    with django_capture_on_commit_callbacks() as callbacks:
        first = request_export(candidacy=section.candidacy, by=user)
        second = request_export(candidacy=section.candidacy, by=make_user())

    assert second == first
    assert (first.status, first.requested_by) == (Status.QUEUED, user)
    assert len(callbacks) == 1


def test_a_finished_printing_does_not_stand_in_the_way():
    done = make_export()
    make_section(candidacy=done.candidacy)

    assert request_export(candidacy=done.candidacy, by=make_user()) != done


def test_an_empty_dossier_is_not_printed():
    with pytest.raises(DomainError, match="pas encore de section"):
        request_export(candidacy=make_candidacy(), by=make_user())


def test_the_database_holds_one_unfinished_printing_a_candidacy():
    queued = make_export(status=Status.QUEUED)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_export(candidacy=queued.candidacy, status=Status.RUNNING)


# --- Building ---------------------------------------------------------------------------------------


def test_a_queued_export_becomes_a_stored_pdf_with_its_digest():
    export = make_export(status=Status.QUEUED)
    make_section(candidacy=export.candidacy, title="Vision", body="<p>Un texte.</p>")

    assert building.build(export.pk)

    export.refresh_from_db()
    content = export.file.read()
    export.file.close()
    assert content.startswith(b"%PDF-")
    assert (export.status, export.progress, export.error) == (Status.DONE, 100, "")
    assert (export.sha256, export.byte_count) == (sha256(content).hexdigest(), len(content))
    assert export.page_count >= 3
    assert export.started_at <= export.finished_at


def test_what_has_not_changed_is_neither_painted_nor_stored_again(settings, monkeypatch):
    section = make_section(title="Vision", body="<p>Un texte.</p>")
    painted = []

    def print_it(*args, **options):
        rendered = build_dossier_pdf(*args, **options)
        painted.append(rendered.measures.pieces_painted)
        return rendered

    monkeypatch.setattr(building, "build_dossier_pdf", print_it)
    first, second, third = (make_export(candidacy=section.candidacy, status=Status.CANCELLED) for _ in "123")

    def printed(export):
        DossierExport.objects.filter(pk=export.pk).update(status=Status.QUEUED)
        assert building.build(export.pk)
        export.refresh_from_db()
        return export.file.name

    names = [printed(first), printed(second)]
    [stored] = stored_files(settings)
    stored.write_bytes(b"cut short")
    names.append(printed(third))

    assert painted[0] > 0
    assert painted[1:] == [0, 0]
    assert names[1] == names[0] != names[2]
    assert sha256(Path(third.file.path).read_bytes()).hexdigest() == third.sha256


def test_the_printed_file_is_moved_to_where_it_is_kept(settings):
    rendered = make_rendered()
    made = Path(rendered.file.name)
    number = made.stat().st_ino
    export = make_export(status=Status.QUEUED)

    building._store(building._claim(export.pk), rendered)

    [stored] = stored_files(settings)
    export.refresh_from_db()
    assert stored == Path(export.file.path)
    assert stored.stat().st_ino == number
    assert stat.S_IMODE(stored.stat().st_mode) == settings.FILE_UPLOAD_PERMISSIONS
    assert stored.read_bytes() == rendered.content
    rendered.file.close()
    assert not made.parent.exists()


def test_a_storage_elsewhere_copies_the_printed_file(monkeypatch):
    elsewhere = InMemoryStorage()
    monkeypatch.setattr(DossierExport._meta.get_field("file"), "storage", elsewhere)
    rendered = make_rendered()
    export = make_export(status=Status.QUEUED)

    building._store(building._claim(export.pk), rendered)

    export.refresh_from_db()
    with elsewhere.open(export.file.name) as stored:
        assert stored.read() == rendered.content


def test_a_print_that_is_taken_over_leaves_the_file_that_it_shares(settings):
    rendered = make_rendered()
    before = make_export(status=Status.RUNNING, attempt=1)
    building._store(building._Claim(before), rendered)
    late = make_export(candidacy=before.candidacy, status=Status.RUNNING, attempt=1)
    DossierExport.objects.filter(pk=late.pk).update(attempt=2)

    with pytest.raises(building.ClaimLostError):
        building._store(building._Claim(late), rendered)

    assert len(stored_files(settings)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_the_memory_that_the_operator_allows_is_all_there_is(settings):
    settings.PDF_MEMORY_BYTES = 1024 * 1024
    export = make_export(status=Status.QUEUED)
    make_section(candidacy=export.candidacy, title="Vision", body="<p>Un texte.</p>")

    assert not building.build(export.pk)

    export.refresh_from_db()
    assert export.status == Status.FAILED
    assert export.error.replace("\u00a0", " ") == (
        "Le document n’a pas pu être mis en page : Couverture (la mise en page demandait trop de mémoire)."
    )


def test_only_a_waiting_export_is_built():
    for status in (Status.RUNNING, Status.DONE, Status.FAILED):
        assert not building.build(make_export(status=status).pk)
    assert not building.build(0)


def test_two_workers_never_take_the_same_export():
    export = make_export(status=Status.QUEUED)

    claims = [building._claim(export.pk), building._claim(export.pk)]

    assert [claim is not None for claim in claims] == [True, False]


def test_a_refusal_of_the_press_is_told_and_the_last_good_pdf_stays(settings):
    settings.PDF_WALL_SECONDS = 0
    good = make_export()
    export = make_export(candidacy=good.candidacy, status=Status.QUEUED)
    make_section(candidacy=good.candidacy, title="Chapitre lent", body="<p>Un texte.</p>")

    assert not building.build(export.pk)

    export.refresh_from_db()
    assert export.status == Status.FAILED
    assert export.error.startswith("La mise en page a dépassé la durée permise. En cours à ce moment")
    assert "Chapitre lent" in export.error
    good.refresh_from_db()
    assert good.is_done
    assert default_storage.exists(good.file.name)


def test_a_bug_is_told_in_french_and_still_reaches_the_log(settings, tmp_path):
    settings.CACHE_DIR = tmp_path / "a file where a folder should be"
    settings.CACHE_DIR.touch()
    export = make_export(status=Status.QUEUED)

    with pytest.raises(OSError):
        building.build(export.pk)

    export.refresh_from_db()
    assert export.status == Status.FAILED
    assert export.error.startswith("Une erreur inattendue")


def test_notices_are_kept_for_the_lead():
    claim = building._claim(make_export(status=Status.QUEUED).pk)

    building._store(claim, make_rendered(notices=[Notice("a", "missing_picture", "Image absente.")]))

    claim.export.refresh_from_db()
    assert claim.export.notices == ["Image absente."]
    assert claim.export.page_count == 12


def test_progress_is_written_at_each_stage_and_at_most_once_a_second_within_one(django_assert_num_queries):
    claim = building._claim(make_export(status=Status.QUEUED).pk)

    with django_assert_num_queries(2):
        claim.report("Mise en page", 10)
        claim.report("Mise en page", 20)
        claim.report("Assemblage", 120)

    claim.export.refresh_from_db()
    assert (claim.export.stage, claim.export.progress) == ("Assemblage", 99)


# --- Workers that die -------------------------------------------------------------------------------


def test_an_export_whose_worker_died_is_taken_up_again():
    export = make_silent(status=Status.RUNNING, attempt=1, progress=40)

    assert building.take_back_abandoned() == [export.pk]

    export.refresh_from_db()
    assert (export.status, export.progress) == (Status.QUEUED, 0)
    assert building._claim(export.pk).export.attempt == 2


def test_an_export_whose_message_was_lost_is_sent_again_once_a_silence():
    export = make_silent(status=Status.QUEUED)

    assert building.take_back_abandoned() == [export.pk]
    assert building.take_back_abandoned() == []


def test_an_export_that_gives_signs_of_life_is_left_alone():
    make_export(status=Status.RUNNING, attempt=1)
    make_export(status=Status.QUEUED)
    make_silent(status=Status.DONE)
    make_silent(status=Status.FAILED)

    assert building.take_back_abandoned() == []


def test_an_export_that_brings_every_worker_down_is_given_up_with_its_reason():
    export = make_silent(status=Status.RUNNING, attempt=building.MAX_ATTEMPTS)

    assert building.take_back_abandoned() == []

    export.refresh_from_db()
    assert (export.status, export.error) == (
        Status.FAILED,
        "La production du PDF a été interrompue 3 fois.",
    )


def test_a_worker_given_up_for_dead_can_neither_speak_nor_store(settings):
    export = make_export(status=Status.QUEUED)
    late = building._claim(export.pk)
    DossierExport.objects.update(alive_at=timezone.now() - building.SILENCE - timedelta(seconds=1))
    building.take_back_abandoned()
    current = building._claim(export.pk)

    with pytest.raises(building.ClaimLostError):
        late.report("Assemblage", 90)
    with pytest.raises(building.ClaimLostError):
        building._store(late, make_rendered())
    late.fail("trop tard")

    export.refresh_from_db()
    assert (export.status, export.attempt, export.error) == (Status.RUNNING, current.export.attempt, "")
    assert stored_files(settings) == []


def test_the_tick_builds_what_was_abandoned():
    export = make_silent(status=Status.RUNNING, attempt=1)
    make_section(candidacy=export.candidacy, body="<p>Un texte.</p>")

    resume_exports()

    export.refresh_from_db()
    assert (export.status, export.attempt) == (Status.DONE, 2)


# --- Stopping ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
def test_a_printing_that_has_not_ended_is_stopped(status):
    export = make_export(status=status)

    assert cancel_export(export=export)

    export.refresh_from_db()
    assert export.status == Status.CANCELLED
    assert not building.build(export.pk)


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_what_has_ended_is_not_stopped(status):
    export = make_export(status=status)

    assert not cancel_export(export=export)

    export.refresh_from_db()
    assert export.status == status


def test_the_worker_stops_within_seconds_and_the_last_good_pdf_stays(monkeypatch):
    good = make_export()
    export = make_export(candidacy=good.candidacy, status=Status.QUEUED)
    make_section(candidacy=good.candidacy, body="<p>" + "Un mot de plus. " * 30_000 + "</p>")
    monkeypatch.setattr(building, "_SECONDS_BETWEEN_LOOKS", 0.1)
    stages = []
    write = building._Claim.report

    def stop_on_the_way(claim, stage, percent):
        write(claim, stage, percent)
        stages.append(stage)
        if "Mise en page" in stage:
            cancel_export(export=export)

    monkeypatch.setattr(building._Claim, "report", stop_on_the_way)
    began = time.monotonic()

    assert not building.build(export.pk)

    export.refresh_from_db()
    good.refresh_from_db()
    assert time.monotonic() - began < 20
    assert "Assemblage du fichier" not in stages
    assert (export.status, good.is_done) == (Status.CANCELLED, True)
    assert default_storage.exists(good.file.name)
