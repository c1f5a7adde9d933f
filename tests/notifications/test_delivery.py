from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from notifications import delivery, post
from notifications.delivery import MAX_ATTEMPTS, deliver_due
from notifications.models import OutboundMessage
from notifications.registry import Attachment, Composed, Skip
from notifications.services import cancel_message, retry_message
from notifications.tasks import send_due_messages

Status = OutboundMessage.Status


def test_what_is_due_leaves_and_what_left_is_kept(plan_note, mail_server):
    row = plan_note(title="L’été à Liévin")
    later = plan_note(due_at=timezone.now() + timedelta(minutes=1))

    tally = deliver_due()

    row.refresh_from_db()
    later.refresh_from_db()
    assert tally == {Status.SENT: 1}
    assert (row.status, later.status) == (Status.SENT, Status.PLANNED)
    assert (row.subject, row.body, row.attempts) == ("L’été à Liévin", "Un mot.\n", 1)
    assert row.recipient_address == f"{row.recipient_key}@exemple.example"
    (message,) = mail_server.messages
    assert message["Message-ID"] == row.message_id
    assert message["Subject"] == "L’été à Liévin"
    assert message["To"] == row.recipient_address
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body().get_content().strip() == "Un mot."


def test_a_second_run_sends_nothing_again(plan_note, mail_server):
    plan_note()

    deliver_due()
    deliver_due()

    assert len(mail_server.messages) == 1


def test_a_batch_leaves_over_one_connection(plan_note, mail_server):
    for _ in range(30):
        plan_note()

    deliver_due()

    assert len(mail_server.messages) == 30
    assert mail_server.connections == 1


def test_a_connection_is_renewed_before_the_server_tires_of_it(plan_note, mail_server, monkeypatch):
    monkeypatch.setattr(post, "MESSAGES_PER_CONNECTION", 10)
    for _ in range(30):
        plan_note()

    deliver_due()

    assert len(mail_server.messages) == 30
    assert mail_server.connections == 3


def test_the_oldest_leaves_first(plan_note, mail_server):
    now = timezone.now()
    rows = [plan_note(due_at=now - timedelta(hours=hours)) for hours in (1, 3, 2)]

    deliver_due()

    order = [message["Message-ID"] for message in mail_server.messages]
    assert order == [rows[1].message_id, rows[2].message_id, rows[0].message_id]


def test_a_slow_server_has_no_text_written_again_and_again(plan_note, composers, mail_server, monkeypatch):
    written = Counter()

    def compose(message):
        written[message.pk] += 1
        return Composed(address="a@exemple.example", subject="Sujet", body="Texte")

    composers.register("counted", compose)
    monkeypatch.setattr(delivery, "FRESH_SECONDS", 0)  # each text is stale once one has left
    for _ in range(20):
        plan_note(kind="counted")

    assert deliver_due() == {Status.SENT: 20}

    assert max(written.values()) == 3
    assert sum(written.values()) == 20 + 2 * 18 + 1


def test_one_in_ten_refused_keeps_none_of_the_others(plan_note, mail_server):
    numbers = count(1)
    mail_server.on_message = lambda message: "451 4.3.0 try later" if next(numbers) % 10 == 0 else None
    for _ in range(30):
        plan_note()

    tally = deliver_due()

    assert tally == {Status.SENT: 27, Status.PLANNED: 3}
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        mail_server.on_message = None
        assert deliver_due() == {Status.SENT: 3}
    assert set(mail_server.counted.values()) == {1}
    assert len(mail_server.messages) == 30


def test_a_passing_refusal_is_tried_again_later_and_later(plan_note, mail_server):
    mail_server.on_recipient = lambda address: "450 4.2.0 greylisted"
    row = plan_note()
    waits = []

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            assert deliver_due() == {Status.PLANNED: 1}
            assert deliver_due() == {}
            row.refresh_from_db()
            waits.append((row.due_at - timezone.now()).total_seconds() / 60)
            clock.move_to(row.due_at)
        mail_server.on_recipient = None
        deliver_due()

    assert waits == [1, 2, 4, 8]
    row.refresh_from_db()
    assert (row.status, row.attempts, row.last_error) == (Status.SENT, 5, "")
    assert mail_server.counted == {row.message_id: 1}


def test_tries_are_bounded(plan_note, mail_server):
    mail_server.on_message = lambda message: "451 4.3.0 disk full"
    row = plan_note()

    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            deliver_due()
            clock.shift(timedelta(hours=1))
        assert deliver_due() == {}

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.FAILED, MAX_ATTEMPTS)
    assert row.last_error == "451 4.3.0 disk full"
    assert not OutboundMessage.objects.refused().exists()


@pytest.mark.parametrize("step", ["on_recipient", "on_message"])
def test_a_refusal_for_good_fails_at_once_with_the_answer_of_the_server(plan_note, mail_server, step):
    setattr(mail_server, step, lambda _: "550 5.1.1 no such user")
    row = plan_note()

    assert deliver_due() == {Status.FAILED: 1}
    assert deliver_due() == {}

    row.refresh_from_db()
    assert (row.status, row.last_error) == (Status.FAILED, "550 5.1.1 no such user")
    assert row.sent_at is None
    (refused,) = OutboundMessage.objects.refused()
    assert refused.recipient_address == f"{row.recipient_key}@exemple.example"


@pytest.mark.parametrize(
    "answer",
    [
        "554 5.7.1 message content rejected",
        "550 5.4.5 daily quota exceeded",
        "550 5.1.8 sender unknown",
        "550 no",
    ],
)
def test_a_message_that_is_refused_for_good_marks_nobody(plan_note, mail_server, answer):
    mail_server.on_message = lambda _: answer
    row = plan_note()

    assert deliver_due() == {Status.FAILED: 1}

    row.refresh_from_db()
    assert (row.status, row.last_error, row.recipient_address) == (Status.FAILED, answer, "")
    assert not OutboundMessage.objects.refused().exists()


def test_a_recipient_that_is_refused_without_a_status_is_marked(plan_note, mail_server):
    mail_server.on_recipient = lambda _: "550 no such user"
    plan_note()

    assert deliver_due() == {Status.FAILED: 1}
    assert OutboundMessage.objects.refused().exists()


@pytest.mark.parametrize(
    "answer",
    ["550 5.7.1 sender rejected", "552 5.2.2 quota exceeded", "452 4.3.1 too many messages", "550 no"],
)
def test_a_server_that_takes_nothing_from_us_counts_against_no_message(plan_note, mail_server, answer):
    rows = [plan_note() for _ in range(2)]
    mail_server.on_sender = lambda _: answer

    for _ in range(MAX_ATTEMPTS + 1):
        assert deliver_due() == {}

    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.attempts, row.last_error) == (Status.PLANNED, 0, answer)
    mail_server.on_sender = None
    assert deliver_due() == {Status.SENT: 2}


@pytest.mark.parametrize("answer", ["552 5.3.4 message too big", "552 size exceeds limit"])
def test_a_message_that_is_too_large_keeps_none_of_the_others(plan_note, mail_server, answer):
    """A server that is told the size of a message refuses it with its sender."""
    answers = iter([answer, None])
    mail_server.on_sender = lambda _: next(answers)
    large, fine = plan_note(), plan_note()

    assert deliver_due() == {Status.FAILED: 1, Status.SENT: 1}

    large.refresh_from_db()
    assert (large.last_error, large.recipient_address) == (answer, "")
    assert mail_server.counted == {fine.message_id: 1}


def test_a_failed_message_leaves_when_tried_again(plan_note, mail_server):
    mail_server.on_recipient = lambda address: "550 5.1.1 no such user"
    row = plan_note()
    deliver_due()
    mail_server.on_recipient = None
    row.refresh_from_db()

    retry_message(row)
    assert not OutboundMessage.objects.refused().exists()
    deliver_due()

    assert mail_server.counted == {row.message_id: 1}


def test_a_server_that_hangs_up_costs_one_message_a_try_and_no_other(plan_note, mail_server):
    rows = [plan_note() for _ in range(3)]
    numbers = count(1)
    mail_server.on_message = lambda message: "421 4.7.0 closing" if next(numbers) == 1 else None

    tally = deliver_due()

    assert tally == {Status.PLANNED: 1, Status.SENT: 2}
    rows[0].refresh_from_db()
    assert rows[0].last_error == "421 4.7.0 closing"


def test_a_server_that_is_down_counts_against_no_message(plan_note, mail_server):
    rows = [plan_note() for _ in range(3)]
    mail_server.stop()

    for _ in range(MAX_ATTEMPTS + 1):
        assert deliver_due() == {}

    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.attempts) == (Status.PLANNED, 0)
        assert row.due_at <= timezone.now()
        assert "refused" in row.last_error
    mail_server.start()
    assert deliver_due() == {Status.SENT: 3}


def test_a_log_in_that_is_refused_counts_against_no_message(plan_note, mail_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "bid", "secret"
    row = plan_note()

    deliver_due()

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PLANNED, 0)
    assert row.last_error
    assert "secret" not in row.last_error


def test_what_has_no_object_any_more_is_given_up_with_its_reason(plan_note, composers, mail_server):
    composers.register("moot", lambda message: Skip("La réunion est annulée."))
    row = plan_note(kind="moot")

    assert deliver_due() == {Status.CANCELLED: 1}

    row.refresh_from_db()
    assert (row.status, row.cancelled_by, row.reason) == (
        Status.CANCELLED,
        "delivery",
        "La réunion est annulée.",
    )
    assert not mail_server.messages
    assert mail_server.connections == 0


def test_a_message_that_cannot_be_written_keeps_none_of_the_others(plan_note, composers, mail_server, caplog):
    def broken(message):
        raise ZeroDivisionError("a fault in a template")

    composers.register("broken", broken)
    row = plan_note(kind="broken", due_at=timezone.now() - timedelta(days=1))
    unknown = plan_note(kind="of-a-newer-version", due_at=timezone.now() - timedelta(days=1))
    fine = plan_note()

    tally = deliver_due()

    assert tally == {Status.PLANNED: 2, Status.SENT: 1}
    assert mail_server.counted == {fine.message_id: 1}
    row.refresh_from_db()
    unknown.refresh_from_db()
    assert row.attempts == unknown.attempts == 1
    assert "a fault in a template" in row.last_error
    assert "of-a-newer-version" in unknown.last_error
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_error_in_one_message_keeps_none_of_the_others(plan_note, composers, mail_server, caplog):
    def broken(message):
        OutboundMessage.objects.extra(where=["no_such_column = 1"]).first()

    composers.register("broken", broken)
    plan_note(kind="broken", due_at=timezone.now() - timedelta(days=1))
    fine = plan_note()

    assert deliver_due() == {Status.PLANNED: 1, Status.SENT: 1}
    assert mail_server.counted == {fine.message_id: 1}


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@c", "x" * 250 + "@exemple.example", "a\nb@exemple.example"]
)
def test_an_address_that_cannot_be_written_fails_before_anything_is_sent(
    plan_note, composers, mail_server, address
):
    composers.register("odd", lambda message: Composed(address=address, subject="Sujet", body="Texte"))
    row = plan_note(kind="odd")

    assert deliver_due() == {Status.FAILED: 1}

    row.refresh_from_db()
    assert row.last_error
    assert not mail_server.messages


def test_what_could_not_be_kept_is_not_sent(plan_note, composers, mail_server):
    file = Attachment(filename="n" * 200, content_type="text/plain", content=b"")
    composers.register("odd", lambda message: Composed("a@exemple.example", "Sujet", "Texte", (file,)))
    plan_note(kind="odd")

    assert deliver_due() == {Status.FAILED: 1}
    assert not mail_server.messages


def test_attachments_leave_and_are_kept_as_they_left(plan_note, composers, mail_server):
    file = Attachment(filename="pièce.pdf", content_type="application/pdf", content=b"%PDF-1.7\x00\xff")
    composers.register("file", lambda message: Composed("a@exemple.example", "Sujet", "Texte", (file,)))
    row = plan_note(kind="file")

    deliver_due()

    (kept,) = row.attachments.all()
    assert (kept.filename, kept.content_type, bytes(kept.content)) == (
        file.filename,
        file.content_type,
        file.content,
    )
    (sent,) = mail_server.messages[0].iter_attachments()
    assert (sent.get_filename(), sent.get_content_type(), sent.get_content()) == (
        file.filename,
        file.content_type,
        file.content,
    )


BREAKING = [
    "\r\nBcc: x@exemple.example",
    "\nX: y",
    "\rX: y",
    "\x00",
    "\u2028X: y",
    "\u2029X: y",
    "\x0bX: y",
    "\x85X: y",
]

HEADERS = {
    *("subject", "from", "to", "reply-to", "date", "message-id", "auto-submitted"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}


@pytest.mark.parametrize("break_", BREAKING)
def test_no_value_adds_a_header(plan_note, composers, mail_server, break_):
    composers.register(
        "odd",
        lambda message: Composed(
            address="a@exemple.example",
            subject=f"COPIL{break_} fin",
            body=f"Texte{break_} fin\n",
            reply_to="lead@exemple.example",
        ),
    )
    plan_note(kind="odd")

    deliver_due()

    (message,) = mail_server.messages
    assert {name.lower() for name in message} == HEADERS
    assert len(message.keys()) == len(HEADERS)
    subject = message["Subject"].strip()
    assert subject.startswith("COPIL ")
    assert subject.endswith(" fin")
    assert "\x00" not in message.get_content()


def test_a_long_subject_is_cut_and_sent(plan_note, composers, mail_server):
    composers.register("odd", lambda message: Composed("a@exemple.example", "é" * 400, "Texte"))
    row = plan_note(kind="odd")

    deliver_due()

    row.refresh_from_db()
    assert len(row.subject) == 300
    assert mail_server.messages[0]["Subject"].strip() == row.subject


def test_markup_in_a_text_stays_a_text(plan_note, composers, mail_server):
    body = "Bonjour <a href=https://evil.example>vous</a> {{ 7*7 }} {% load x %} ${y}\n"
    composers.register("odd", lambda message: Composed("a@exemple.example", "<b>Sujet</b>", body))
    plan_note(kind="odd")

    deliver_due()

    (message,) = mail_server.messages
    assert message.get_content_type() == "text/plain"
    assert message.get_content().strip() == body.strip()
    assert message["Subject"] == "<b>Sujet</b>"


def test_what_a_person_cancelled_does_not_leave(plan_note, mail_server):
    cancel_message(plan_note(), "Prévenue par téléphone.")

    assert deliver_due() == {}
    assert not mail_server.messages


def test_the_task_and_the_command_do_the_same_work(plan_note, mail_server, capsys):
    plan_note()
    send_due_messages.delay()
    assert len(mail_server.messages) == 1

    plan_note()
    call_command("send_due")

    assert len(mail_server.messages) == 2
    assert "1 envoyé(s)" in capsys.readouterr().out


def test_the_embedded_default_keeps_messages_readable_in_a_folder(plan_note, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    plan_note(title="Note")

    deliver_due()

    (file,) = (tmp_path / "mail").iterdir()
    assert "Un mot." in file.read_text()


def test_a_tick_that_takes_too_long_leaves_the_rest_to_the_next(plan_note, mail_server):
    plan_note()

    assert deliver_due(seconds=0) == {}
    assert deliver_due() == {Status.SENT: 1}


def test_one_thread_of_a_worker_sends_at_a_time(monkeypatch):
    """A tick that comes while the one before is sending leaves the rest to it: one message is in flight."""
    ticks = []

    def send():
        ticks.append(len(ticks))
        send_due_messages()

    monkeypatch.setattr("notifications.tasks.deliver_due", send)

    send_due_messages()
    send_due_messages()

    assert ticks == [0, 1]
