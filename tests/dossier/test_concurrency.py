"""What two people, or two workers, do in the same instant. Each thread has a connection and a transaction of its own."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from config.celery import app
from core.errors import StaleRevisionError
from dossier import building
from dossier.models import DossierExport, Section
from dossier.outline import read_outline
from dossier.services.exports import request_export
from dossier.services.outline import Contract, create_section
from dossier.services.writing import save_text
from tests.factories import make_candidacy, make_export, make_section, make_user

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
