"""What two people, or two workers, do in the same instant. Each thread has a connection and a transaction of its own."""

import os
import signal
import sys
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen
from threading import Barrier, Thread
from time import monotonic, sleep
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.celery import app
from core.drafts import Seat
from core.errors import DomainError, StaleRevisionError
from dossier import building
from dossier.models import DossierExport, Section
from dossier.outline import read_outline
from dossier.places import Step
from dossier.services.drafts import save_draft
from dossier.services.editions import freeze_edition, print_version
from dossier.services.exports import request_export
from dossier.services.outline import Contract, create_section
from dossier.services.places import move_section, place_section
from dossier.services.presence import note_presence
from dossier.services.retirement import merge_sections
from dossier.services.states import change_status
from dossier.services.writing import save_text
from tests.factories import (
    make_candidacy,
    make_edition,
    make_export,
    make_member,
    make_section,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)


def run_together(*deeds):
    """Run ``deeds`` at once and return what each answered, or the error that stopped it."""
    start, answers = Barrier(len(deeds)), {}

    def run(number, deed):
        start.wait()
        try:
            answers[number] = deed()
        except StaleRevisionError as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [answers[number] for number in range(len(deeds))]


def test_of_ten_who_save_at_once_one_is_kept_and_nine_are_told():
    section, user = make_section(), make_user()

    answers = run_together(
        *(
            lambda text=f"<p>{n}</p>": save_text(section=section, body=text, expected_revision=0, by=user)
            for n in range(10)
        )
    )

    kept = [answer for answer in answers if isinstance(answer, Section)]
    told = [answer for answer in answers if isinstance(answer, StaleRevisionError)]
    section.refresh_from_db()
    assert (len(kept), len(told)) == (1, 9)
    assert (section.body, section.revision) == (kept[0].body, 1)
    assert section.revisions.get().body == section.body


def test_of_ten_who_save_at_once_over_http_nobody_loses_a_word(live_server):
    section = make_section(body="<p>Départ</p>")
    people = [make_member(candidacy=section.candidacy).user for _ in range(10)]
    address = reverse("dossier:section-edit", args=[section.candidacy.slug, section.public_id])

    def prepare(number, user):
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"].value
        data = urlencode({"body": f"<p>Texte {number}</p>", "revision": 0, "window": str(uuid4())}).encode()
        return session, data

    prepared = [prepare(number, user) for number, user in enumerate(people)]

    def send(session, data):
        token = "a" * 32
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "X-CSRFToken": token,
        }
        with closing(HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=60)) as server:
            server.request("POST", address, data, headers)
            answer = server.getresponse()
            answer.read()
        return answer.status

    statuses = run_together(*(lambda pair=pair: send(*pair) for pair in prepared))

    section.refresh_from_db()
    assert sorted(statuses) == [302] + [409] * 9
    kept = {section.body, *section.drafts.values_list("body", flat=True)}
    assert kept == {f"<p>Texte {number}</p>" for number in range(10)}
    assert (section.revision, section.drafts.count()) == (1, 9)


def test_of_ten_windows_of_one_person_that_save_a_draft_at_once_one_is_kept_and_nine_are_told():
    section, user = make_section(), make_user()

    answers = run_together(
        *(
            lambda text=f"<p>{n}</p>": save_draft(
                section=section, author=user, body=text, base_revision=0, seat=Seat(window=uuid4())
            )
            for n in range(10)
        )
    )

    told = [answer for answer in answers if isinstance(answer, StaleRevisionError)]
    assert len(told) == 9
    assert section.drafts.get().body in {f"<p>{n}</p>" for n in range(10)}


def test_ten_people_who_open_the_editor_at_once_are_all_there():
    section = make_section()
    people = [make_user() for _ in range(10)] * 2

    run_together(*(lambda user=user: note_presence(section=section, user=user) for user in people))

    assert section.presences.count() == 10


def test_a_save_waits_for_the_one_under_way_and_is_told():
    section, user = make_section(), make_user()
    answers = []

    def save_second():
        answers.extend(
            run_together(
                lambda: save_text(section=section, body="<p>Second</p>", expected_revision=0, by=user)
            )
        )

    second = Thread(target=save_second)
    with transaction.atomic():
        save_text(section=section, body="<p>Premier</p>", expected_revision=0, by=user)
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join(30)

    section.refresh_from_db()
    assert section.body == "<p>Premier</p>"
    assert [type(answer) for answer in answers] == [StaleRevisionError]


@pytest.fixture
def _no_worker():
    """Leave tasks in a broker that nobody empties, instead of running them at once."""
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


@pytest.mark.usefixtures("_no_worker")
def test_two_who_ask_for_the_pdf_at_once_get_the_same_one():
    candidacy, user = make_section().candidacy, make_user()

    first, second = run_together(*(lambda: request_export(candidacy=candidacy, by=user) for _ in range(2)))

    assert first == second
    assert candidacy.exports.get().status == DossierExport.Status.QUEUED


@pytest.mark.usefixtures("_no_worker")
def test_editions_frozen_at_once_have_their_own_numbers():
    candidacy, user = make_section(body="<p>Texte.</p>").candidacy, make_user()

    answers = run_together(
        *(lambda: freeze_edition(candidacy=candidacy, label="Relecture", by=user) for _ in range(5))
    )

    assert sorted(frozen.edition.number for frozen in answers) == [1, 2, 3, 4, 5]
    assert candidacy.editions.count() == 5
    assert sum(frozen.same_as is None for frozen in answers) == 1


@pytest.mark.usefixtures("_no_worker")
def test_a_version_asked_for_twice_at_once_is_printed_once():
    edition = make_edition(candidacy=make_section().candidacy, content=False)

    first, second = run_together(
        *(lambda: print_version(edition=edition, variant="public", by=edition.author) for _ in range(2))
    )

    assert first == second
    assert edition.printings.count() == 1


def test_of_ten_workers_one_takes_the_export():
    export = make_export(status=DossierExport.Status.QUEUED)

    claims = run_together(*(lambda: building._claim(export.pk) for _ in range(10)))

    export.refresh_from_db()
    assert sum(claim is not None for claim in claims) == 1
    assert export.attempt == 1


def test_sections_added_at_once_have_their_own_places():
    candidacy = make_candidacy()

    run_together(
        *(lambda: create_section(candidacy=candidacy, contract=Contract(title="Neuve")) for _ in range(5))
    )

    positions = candidacy.sections.values_list("position", flat=True)
    assert sorted(positions) == [1, 2, 3, 4, 5]
    assert len({entry.public_id for entry in read_outline(candidacy)}) == 5


def test_ten_moves_at_once_leave_an_outline_in_order():
    candidacy = make_candidacy()
    parts = [make_section(candidacy=candidacy, position=rank) for rank in (1, 2, 3)]
    sections = [make_section(candidacy=candidacy, parent=parts[0], position=rank) for rank in (1, 2, 3)]

    def unless_refused(deed):
        """What no longer makes sense after somebody else's move is refused: a part cannot enter a part."""
        with suppress(DomainError):
            deed()

    run_together(
        *(
            partial(unless_refused, partial(move_section, section=one, step=Step.DOWN))
            for one in [*parts, *sections]
        ),
        *(
            partial(unless_refused, partial(place_section, section=one, part=parts[2], before=sections[0]))
            for one in sections
        ),
        partial(unless_refused, partial(move_section, section=sections[0], step=Step.LEAVE)),
    )

    entries = read_outline(candidacy)
    assert {entry.pk for entry in entries} == {section.pk for section in [*parts, *sections]}
    assert len({entry.number for entry in entries}) == 6
    assert not candidacy.sections.filter(parent__parent__isnull=False).exists()
    for part_id in {None, *(part.pk for part in parts)}:
        positions = list(candidacy.sections.filter(parent=part_id).values_list("position", flat=True))
        assert len(set(positions)) == len(positions)


def test_of_two_who_move_a_section_on_at_once_one_wins_and_the_other_is_told():
    section = make_section(status=Section.Status.IN_REVIEW, body="<p>Un texte</p>")
    people = [make_member(candidacy=section.candidacy).user for _ in range(2)]
    targets = (Section.Status.VALIDATED, Section.Status.WRITING)

    answers = run_together(
        *(
            lambda person=person, target=target: change_status(
                section=section, target=target, by=person, seen=Section.Status.IN_REVIEW
            )
            for person, target in zip(people, targets, strict=True)
        )
    )

    section.refresh_from_db()
    (won,) = [answer for answer in answers if isinstance(answer, Section)]
    (told,) = [answer for answer in answers if isinstance(answer, StaleRevisionError)]
    logged = section.state_changes.get()
    assert (section.status, logged.target) == (won.status, won.status)
    assert str(logged.moved_by) in str(told)


def test_two_who_merge_a_section_at_once_append_its_text_once():
    candidacy, user = make_candidacy(), make_user()
    source = make_section(candidacy=candidacy, body="<p>Source</p>")
    targets = [make_section(candidacy=candidacy) for _ in range(2)]

    run_together(*(lambda goal=goal: _merge(source, goal, user) for goal in targets))

    for target in targets:
        target.refresh_from_db()
    source.refresh_from_db()
    assert sorted(target.body for target in targets) == ["", "<p>Source</p>"]
    assert source.merged_into.body == "<p>Source</p>"


def _merge(source, target, user):
    with suppress(DomainError):
        merge_sections(source=source, target=target, by=user)


WORKER = """
import sys
from pathlib import Path

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.MEDIA_ROOT, settings.CACHE_DIR = sys.argv[2], Path(sys.argv[3])
django.setup()

from dossier import building

building.build(int(sys.argv[4]))
"""


@pytest.fixture
def worker(settings, tmp_path):
    """Start processes that each build one export on the database and the files of the test."""
    started = []

    def start(export):
        name = connection.settings_dict["NAME"]
        places = (name, settings.MEDIA_ROOT, tmp_path / "cache", export.pk)
        process = Popen(
            [sys.executable, "-c", WORKER, *map(str, places)], cwd=settings.BASE_DIR, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_worker_that_is_killed_while_it_prints_leaves_the_former_pdf_and_its_export_to_the_next(
    client, settings, worker
):
    lead = make_member()
    make_section(candidacy=lead.candidacy, body="<p>" + "Un mot de plus. " * 10_000 + "</p>")
    good = make_export(candidacy=lead.candidacy, content=b"%PDF-1.7 the former one")
    export = make_export(candidacy=lead.candidacy, status=DossierExport.Status.QUEUED)

    process = worker(export)
    deadline = monotonic() + 30
    while "Mise en page" not in export.stage and monotonic() < deadline and process.poll() is None:
        sleep(0.05)
        export.refresh_from_db()
    process.kill()
    assert process.wait() == -signal.SIGKILL

    export.refresh_from_db()
    assert (export.status, "Mise en page" in export.stage) == (DossierExport.Status.RUNNING, True)
    client.force_login(lead.user)
    address = reverse("dossier:export-download", args=[lead.candidacy.slug, good.public_id])
    assert address in client.get(reverse("dossier:export-list", args=[lead.candidacy.slug])).text
    assert b"".join(client.get(address)) == b"%PDF-1.7 the former one"
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert stored == [Path(good.file.path)]
    assert building.take_back_abandoned() == []

    DossierExport.objects.filter(pk=export.pk).update(alive_at=timezone.now() - 2 * building.SILENCE)
    assert building.take_back_abandoned() == [export.pk]
    export.refresh_from_db()
    assert export.status == DossierExport.Status.QUEUED
