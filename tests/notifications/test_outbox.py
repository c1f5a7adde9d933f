from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError
from notifications.models import OutboundMessage
from notifications.services import (
    advance_message,
    cancel_message,
    cancel_messages,
    plan_message,
    retry_message,
)

Status = OutboundMessage.Status


def again(message):
    """The arguments that plan the same row once more."""
    names = ("scope", "kind", "about", "rule", "recipient_key", "occurrence", "due_at", "title")
    return {name: getattr(message, name) for name in names}


def test_planning_twice_is_one_row(plan_note):
    first = plan_note()

    second = plan_note(**again(first))

    assert second.pk == first.pk
    assert OutboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    "difference",
    [
        {"about": uuid4()},
        {"rule": "J-1"},
        {"recipient_key": "other"},
        {"occurrence": "2"},
    ],
)
def test_another_object_rule_person_or_occurrence_is_another_row(plan_note, difference):
    first = plan_note()

    plan_note(**{**again(first), **difference})

    assert OutboundMessage.objects.count() == 2


def test_the_database_itself_refuses_a_second_row(plan_note):
    row = plan_note()
    row.pk = None
    row.public_id, row.message_id = uuid4(), "<other@exemple.example>"

    with pytest.raises(IntegrityError, match="outboundmessage"), transaction.atomic():
        row.save(force_insert=True)


def test_each_row_has_a_message_id_of_our_domain(plan_note, settings):
    settings.DEFAULT_FROM_EMAIL = "Équipe <equipe@bid.example>"

    first, second = plan_note(), plan_note()

    assert first.message_id != second.message_id
    assert first.message_id.startswith("<")
    assert first.message_id.endswith("@bid.example>")


@pytest.mark.django_db(transaction=True)
def test_a_message_is_planned_inside_the_transaction_that_decides_it():
    with pytest.raises(RuntimeError, match="transaction"):
        plan_message(
            scope=uuid4(),
            kind="note",
            about=uuid4(),
            rule="at-once",
            recipient_key="personne",
            occurrence="1",
            due_at=timezone.now(),
        )


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_plans_nothing(plan_note):
    @transaction.atomic
    def decide():
        plan_note()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide()

    assert not OutboundMessage.objects.exists()


def test_a_planned_row_follows_its_plan(plan_note):
    row = plan_note()
    later = row.due_at + timedelta(days=1)

    moved = plan_note(**{**again(row), "due_at": later, "title": "Autre intitulé"})

    assert (moved.due_at, moved.planned_for, moved.title) == (later, later, "Autre intitulé")


def test_planning_again_does_not_undo_a_back_off_or_an_advance(plan_note):
    row = plan_note()
    pushed = row.due_at + timedelta(hours=1)
    OutboundMessage.objects.filter(pk=row.pk).update(due_at=pushed, attempts=3)

    plan_note(**again(row))

    row.refresh_from_db()
    assert (row.due_at, row.attempts) == (pushed, 3)


def test_a_row_given_up_by_the_plan_is_taken_up_again(plan_note):
    row = plan_note()
    cancel_messages(kind=row.kind, about=row.about, reason="La réunion est annulée.")

    taken_up = plan_note(**again(row))

    assert taken_up.pk == row.pk
    assert (taken_up.status, taken_up.reason, taken_up.cancelled_by) == (Status.PLANNED, "", "")


def test_a_row_held_back_by_a_person_stays_so(plan_note):
    row = plan_note()
    cancel_message(row, "Prévenue par téléphone.")

    plan_note(**again(row))

    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.CANCELLED, "Prévenue par téléphone.")


@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED])
def test_a_row_that_left_or_failed_is_not_planned_again(plan_note, status):
    row = plan_note()
    sent = {"sent_at": timezone.now(), "recipient_address": "a@exemple.example"}
    OutboundMessage.objects.filter(pk=row.pk).update(status=status, **(sent if status == Status.SENT else {}))

    plan_note(**{**again(row), "due_at": row.due_at + timedelta(days=1)})

    row.refresh_from_db()
    assert row.status == status
    assert row.planned_for == again(row)["due_at"]


def test_cancelling_touches_only_the_planned_rows_of_the_object_and_rule(plan_note):
    about = uuid4()
    week, day = plan_note(about=about, rule="J-7"), plan_note(about=about, rule="J-1")
    other = plan_note()
    failed = plan_note(about=about, rule="J-7")
    OutboundMessage.objects.filter(pk=failed.pk).update(status=Status.FAILED)

    assert cancel_messages(kind="note", about=about, rule="J-7", reason="Règle retirée.") == 1

    states = dict(OutboundMessage.objects.values_list("pk", "status"))
    assert states == {
        week.pk: Status.CANCELLED,
        day.pk: Status.PLANNED,
        other.pk: Status.PLANNED,
        failed.pk: Status.FAILED,
    }


def test_send_now_is_the_same_row_due_at_once(plan_note, django_capture_on_commit_callbacks):
    row = plan_note(due_at=timezone.now() + timedelta(days=7))

    with django_capture_on_commit_callbacks() as callbacks:
        advance_message(row)

    advanced = OutboundMessage.objects.get()
    assert advanced.pk == row.pk
    assert advanced.due_at <= timezone.now()
    assert advanced.planned_for == row.planned_for
    assert [callback.__name__ for callback in callbacks] == ["delay"]


def test_only_a_planned_message_is_sent_now(plan_note):
    row = plan_note()
    cancel_message(row, "")

    with pytest.raises(DomainError):
        advance_message(row)


def test_a_failed_message_is_tried_again_from_the_first_attempt(plan_note):
    row = plan_note()
    OutboundMessage.objects.filter(pk=row.pk).update(status=Status.FAILED, attempts=10, last_error="550 no")

    retry_message(row)

    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.PLANNED, 0)
    assert row.due_at <= timezone.now()


def test_only_a_failed_message_is_tried_again(plan_note):
    with pytest.raises(DomainError):
        retry_message(plan_note())


def test_what_has_left_cannot_be_cancelled(plan_note):
    row = plan_note()
    OutboundMessage.objects.filter(pk=row.pk).update(
        status=Status.SENT, sent_at=timezone.now(), recipient_address="a@exemple.example"
    )

    with pytest.raises(DomainError):
        cancel_message(row, "Trop tard.")


def test_a_failed_message_can_be_given_up(plan_note):
    row = plan_note()
    OutboundMessage.objects.filter(pk=row.pk).update(status=Status.FAILED)

    cancel_message(row, "Adresse inconnue.")

    row.refresh_from_db()
    assert row.status == Status.CANCELLED


def test_titles_and_names_are_kept_on_one_line_and_short_enough(plan_note):
    row = plan_note(title="Réunion\r\nBcc: x@exemple.example" + "é" * 300, recipient_name="A\x00B\u2028C")

    assert row.title.startswith("Réunion Bcc: x@exemple.example")
    assert len(row.title) == 200
    assert row.recipient_name == "A B C"


def test_planning_many_takes_as_many_queries_as_planning_few(plan_note, django_assert_num_queries):
    from notifications.services import Plan, plan_messages

    def plans(count):
        about = uuid4()
        return [
            Plan(
                scope=about,
                kind="note",
                about=about,
                rule="J-7",
                recipient_key=f"personne{n}",
                occurrence="1",
                due_at=timezone.now(),
            )
            for n in range(count)
        ]

    with django_assert_num_queries(2):
        plan_messages(plans(3))
    with django_assert_num_queries(2):
        plan_messages(plans(30))


def test_two_applications_cannot_write_the_same_kind(composers):
    with pytest.raises(ValueError, match="note"):
        composers.register("note", lambda message: None)


def test_the_outbox_page_names_the_kinds(composers):
    assert composers.label_of("note") == "Note"
    assert composers.label_of("unheard-of") == "unheard-of"
