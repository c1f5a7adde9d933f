"""Two senders, a killed one, a broker that forgets: what the mail server accepted and recorded leaves once."""

import signal
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from committees.models import Meeting
from committees.services.reminders import replan_meeting
from core.errors import DomainError
from notifications.delivery import deliver_due
from notifications.models import OutboundAttachment, OutboundMessage
from notifications.services import advance_message, cancel_message
from notifications.statements import leaving
from tests.factories import make_committee, make_invitation, make_meeting, make_member
from tests.notifications.installation import Installation
from tests.notifications.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)

#: On SQLite one process sends at a time, and threads on its in-memory test database cannot wait for one another.
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that lock")

Status = OutboundMessage.Status


class SecondSender(threading.Thread):
    """Another worker: a thread with a database connection of its own."""

    def __init__(self, work=deliver_due):
        super().__init__(daemon=True)
        self.work = work
        self.result = self.error = None

    def run(self):
        try:
            self.result = self.work()
        except Exception as error:  # noqa: BLE001 -- raised again by finish(), in the test's own thread
            self.error = error
        finally:
            connections.close_all()

    def finish(self, seconds=20):
        self.join(seconds)
        assert not self.is_alive()
        if self.error:
            raise self.error
        return self.result


class Pause:
    """Hold the server's answer to the first message until the test has seen what others do meanwhile."""

    def __init__(self, server):
        self.reached, self.over = threading.Event(), threading.Event()
        server.on_message = self

    def __call__(self, message):
        if not self.reached.is_set():
            self.reached.set()
            self.over.wait(20)


def test_two_workers_never_send_the_same_row(plan_note, mail_server):
    row = plan_note()
    pause = Pause(mail_server)
    first = SecondSender()
    first.start()
    assert pause.reached.wait(10)

    second = SecondSender()
    second.start()
    assert second.finish() == {}
    pause.over.set()

    assert first.finish() == {Status.SENT: 1}
    assert mail_server.counted == {row.message_id: 1}


@on_postgresql
def test_two_workers_share_the_work(plan_note, mail_server):
    rows = [plan_note() for _ in range(3)]
    pause = Pause(mail_server)
    first = SecondSender()
    first.start()
    assert pause.reached.wait(10)

    assert deliver_due() == {Status.SENT: 2}
    pause.over.set()

    assert first.finish() == {Status.SENT: 1}
    assert mail_server.counted == dict.fromkeys((row.message_id for row in rows), 1)


def test_many_senders_at_once_send_each_row_once(plan_note, mail_server):
    rows = [plan_note() for _ in range(40)]
    mail_server.on_message = lambda message: time.sleep(0.005)
    senders = [SecondSender() for _ in range(4)]

    for sender in senders:
        sender.start()
    for sender in senders:
        sender.finish()

    assert mail_server.counted == dict.fromkeys((row.message_id for row in rows), 1)


def test_the_site_can_write_while_the_mail_server_takes_its_time(plan_note, mail_server):
    plan_note()
    pause = Pause(mail_server)
    sender = SecondSender()
    sender.start()
    assert pause.reached.wait(10)

    started = time.monotonic()
    plan_note()
    waited = time.monotonic() - started
    pause.over.set()

    sender.finish()
    assert waited < 2


def test_what_is_leaving_is_recorded_as_sent_whatever_is_asked_meanwhile(plan_note, mail_server):
    row = plan_note()
    pause = Pause(mail_server)
    sender = SecondSender()
    sender.start()
    assert pause.reached.wait(10)

    # PostgreSQL knows that the row is held and says so; SQLite lets the truth be written afterwards.
    if connection.vendor == "postgresql":
        with pytest.raises(DomainError, match="en train de partir"):
            cancel_message(row, "Trop tard.")
        with pytest.raises(DomainError, match="en train de partir"):
            advance_message(row)
    else:
        cancel_message(row, "Trop tard.")
    pause.over.set()
    sender.finish()

    row.refresh_from_db()
    assert (row.status, row.reason, row.cancelled_by) == (Status.SENT, "", "")
    assert mail_server.counted == {row.message_id: 1}


def test_a_refusal_does_not_bring_back_what_a_person_cancelled_meanwhile(plan_note, mail_server):
    row = plan_note()
    reached, over = threading.Event(), threading.Event()

    def refuse(message):
        reached.set()
        over.wait(20)
        return "451 4.3.0 later"

    mail_server.on_message = refuse
    sender = SecondSender()
    sender.start()
    assert reached.wait(10)
    if connection.vendor == "sqlite":
        cancel_message(row, "Finalement non.")
    over.set()
    sender.finish()

    row.refresh_from_db()
    expected = Status.CANCELLED if connection.vendor == "sqlite" else Status.PLANNED
    assert row.status == expected


@on_postgresql
def test_planning_the_same_row_at_once_makes_one(plan_note):
    same = {"about": plan_note().about, "recipient_key": "personne", "rule": "J-1"}
    second = SecondSender(lambda: plan_note(**same).pk)

    with transaction.atomic():
        first = plan_note(**same)
        second.start()
        wait_until_somebody_waits_for_a_lock()

    assert second.finish() == first.pk
    assert OutboundMessage.objects.filter(**same).count() == 1


def wait_until_somebody_waits_for_a_lock():
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@on_postgresql
def test_only_the_transaction_of_a_message_is_answered_before_it_is_on_the_disk(plan_note, mail_server):
    def waits_for_the_disk():
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    with leaving([written_note(plan_note())], [], now=timezone.now()) as is_held:
        assert is_held
        assert waits_for_the_disk() == "off"

    assert waits_for_the_disk() == "on"


@on_postgresql
def test_of_rows_that_leave_together_none_is_written_when_one_has_left(plan_note):
    first, second = written_note(plan_note()), written_note(plan_note())
    file = OutboundAttachment(message=first, filename="n.txt", content_type="text/plain", content=b"mot")
    with leaving([second], [], now=timezone.now()):
        pass

    with leaving([first, second], [file], now=timezone.now()) as is_held:
        assert not is_held

    first.refresh_from_db()
    assert first.status == Status.PLANNED
    assert not OutboundAttachment.objects.exists()


@on_postgresql
def test_a_database_that_hangs_up_while_a_message_leaves_costs_that_one_a_try(plan_note, mail_server):
    rows = [plan_note() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()

    def hang_up(message):
        mail_server.on_message = None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        connection.close()

    mail_server.on_message = hang_up

    assert deliver_due() == {Status.PLANNED: 1, Status.SENT: 2}
    rows[0].refresh_from_db()
    assert (rows[0].status, rows[0].attempts) == (Status.PLANNED, 1)


@pytest.mark.parametrize("count", [2, 12])
def test_a_message_asks_two_things_of_the_database(plan_note, mail_server, django_assert_num_queries, count):
    """Beside the list of what is due, read before and after."""
    plan_note()
    deliver_due()  # what is asked once for each connection
    for _ in range(count):
        plan_note()

    with django_assert_num_queries(2 + 2 * count):
        assert deliver_due() == {Status.SENT: count}


def written_note(row):
    row.recipient_address = "a@exemple.example"
    return row


# --- processes ---------------------------------------------------------------------------------------


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def installation(tmp_path, server):
    installation = Installation(
        tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{server.port}", TICK_SECONDS="0.5", EMBED_BEAT="1"
    )
    yield installation
    installation.close()


@pytest.fixture
def due_reminders():
    """A meeting tomorrow with fifty people, whose reminders are due now and nothing else is."""
    lead = make_member()
    committee = make_committee(candidacy=lead.candidacy)
    committee.reminder_rules.create(days_before=7)
    meeting = make_meeting(
        committee=committee,
        status=Meeting.Status.CONVENED,
        convened_by=lead.user,
        starts_at=timezone.now() + timedelta(days=10),
    )
    for _ in range(50):
        make_invitation(meeting=meeting)
    with transaction.atomic():
        replan_meeting(meeting=meeting)
    OutboundMessage.objects.filter(kind="meeting-convocation").update(
        status=Status.SENT, sent_at=timezone.now(), recipient_address="a@exemple.example"
    )
    reminders = OutboundMessage.objects.filter(kind="meeting-reminder")
    reminders.update(due_at=timezone.now())
    return reminders


def test_a_sender_killed_on_the_way_loses_nothing_and_repeats_at_most_the_one_in_flight(
    installation, server, due_reminders
):
    def kill_at_the_twentieth(message):
        if len(server.messages) == 20:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    server.on_accepted = kill_at_the_twentieth
    installation.open()
    process = installation.start("manage.py", "send_due")
    process.wait(60)
    assert process.returncode == -signal.SIGKILL, installation.logs
    assert len(server.messages) == 20
    server.on_accepted = None

    assert installation.start("manage.py", "send_due").wait(60) == 0, installation.logs
    installation.read_back()

    assert set(server.counted) == set(due_reminders.values_list("message_id", flat=True))
    repeated = [number for number in server.counted.values() if number > 1]
    assert repeated == [2]
    assert set(due_reminders.values_list("status", flat=True)) == {Status.SENT}


def test_two_processes_send_each_row_once(installation, server, due_reminders):
    server.on_message = lambda message: time.sleep(0.01)
    installation.open()

    senders = [installation.start("manage.py", "send_due") for _ in range(2)]

    assert [sender.wait(60) for sender in senders] == [0, 0], installation.logs
    installation.read_back()
    assert server.counted == dict.fromkeys(due_reminders.values_list("message_id", flat=True), 1)


def test_a_worker_with_beat_sends_what_is_due_and_stops_when_told(installation, server, due_reminders):
    installation.open()

    worker = installation.start_worker()

    assert server.wait_for(50, seconds=60), installation.logs
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0, installation.logs
    installation.read_back()
    assert server.counted == dict.fromkeys(due_reminders.values_list("message_id", flat=True), 1)
    assert set(due_reminders.values_list("status", flat=True)) == {Status.SENT}


def test_of_two_workers_one_is_killed_and_the_other_sends_the_rest(installation, server, due_reminders):
    server.on_message = lambda message: time.sleep(0.02)
    installation.open()
    first = installation.start_worker()
    assert server.wait_for(1, seconds=60), installation.logs
    installation.start_worker()
    assert server.wait_for(20, seconds=60)

    first.send_signal(signal.SIGKILL)
    first.wait(10)

    assert everything_arrives(server, due_reminders), installation.logs
    assert sorted(server.counted.values())[:-1] == [1] * 49
    assert max(server.counted.values()) <= 2


def test_a_worker_whose_broker_loses_everything_goes_on_sending(installation, server, due_reminders):
    """Work is rows: nothing that the broker could lose is needed but the next tick."""
    later = due_reminders.order_by("-pk").values_list("pk", flat=True)[:25]
    due_reminders.filter(pk__in=list(later)).update(due_at=timezone.now() + timedelta(seconds=8))
    installation.open()
    installation.start_worker()
    assert server.wait_for(25, seconds=60), installation.logs

    installation.lose_the_queue()

    assert everything_arrives(server, due_reminders), installation.logs
    assert set(server.counted.values()) == {1}


def everything_arrives(server, reminders, seconds=60):
    due = set(reminders.values_list("message_id", flat=True))
    deadline = time.monotonic() + seconds
    while set(server.counted) != due and time.monotonic() < deadline:
        time.sleep(0.1)
    return set(server.counted) == due
