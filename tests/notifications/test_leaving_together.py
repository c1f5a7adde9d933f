"""Several messages that are due to one person within the hour leave as one, exactly once all the same."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from notifications import delivery, registry
from notifications.delivery import deliver_due
from notifications.gathering import settle_company
from notifications.models import OutboundMessage, Refusal
from notifications.post import Post
from notifications.preferences import choose_messages
from notifications.registry import Composed, Skip
from notifications.services import cancel_message, plan_message
from tests.factories import make_user
from tests.notifications.test_exactly_once import SecondSender

Status = OutboundMessage.Status
SCOPE = uuid4()
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs rows that lock")


@pytest.fixture
def kinds(monkeypatch):
    """Kind "recall" gathers and can be refused; "summons" does neither. ``told`` changes what a title says."""
    for name in ("_composers", "_labels", "_reasons"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))
    for name in ("_gathering", "_refusable"):
        monkeypatch.setattr(registry, name, set(getattr(registry, name)))
    told = {}

    def compose(message):
        answer = told.get(message.title)
        if isinstance(answer, Exception):
            raise answer
        return answer or Composed(
            address=f"{message.recipient_key}@exemple.example",
            subject=message.title,
            body=f"Bonjour Inès,\n\nPensez à {message.title}.\n\n--\nCandidature\n",
            facts={"title": message.title},
        )

    registry.register("recall", compose, label="Rappel", gathers=True, is_refusable=True)
    registry.register("summons", compose, label="Convocation")
    return told


def plan(title, *, minutes=-1, who="ines", kind="recall", scope=SCOPE):
    with transaction.atomic():
        return plan_message(
            scope=scope,
            kind=kind,
            about=uuid4(),
            rule="J-1",
            recipient_key=who,
            occurrence="1",
            due_at=timezone.now() + timedelta(minutes=minutes),
            title=title,
        )


def states(*rows):
    return [OutboundMessage.objects.get(pk=row.pk).status for row in rows]


def test_what_is_due_within_the_hour_leaves_as_one_and_each_row_keeps_its_own_text(kinds, mail_server):
    rows = [plan("la carte", minutes=-2), plan("le plan"), plan("la salle", minutes=59)]

    tally = deliver_due()

    [message] = mail_server.messages
    assert tally == {Status.SENT: 3}
    assert message["Message-ID"] == rows[0].message_id
    assert message["Subject"] == "la carte, et 2 autres rappels"
    text = message.get_body().get_content()
    assert text.count("Bonjour Inès,") == text.count("Candidature") == 1
    for title in ("la carte", "le plan", "la salle"):
        assert f"Pensez à {title}." in text
    kept = list(OutboundMessage.objects.order_by("pk"))
    assert [row.status for row in kept] == [Status.SENT] * 3
    assert [row.subject for row in kept] == ["la carte, et 2 autres rappels", "le plan", "la salle"]
    assert [row.facts["title"] for row in kept] == ["la carte", "le plan", "la salle"]
    assert {row.carried_by for row in kept[1:]} == {kept[0]}

    deliver_due()
    assert len(mail_server.messages) == 1


@pytest.mark.parametrize(
    "other",
    [{"minutes": 61}, {"who": "paul"}, {"kind": "summons"}, {"scope": uuid4()}],
    ids=["later", "somebody else", "a convocation", "another candidacy"],
)
def test_what_is_another_matter_leaves_by_itself(kinds, mail_server, other):
    first, second = plan("la carte"), plan("le plan", **other)

    deliver_due()

    assert {message["Subject"] for message in mail_server.messages} <= {"la carte", "le plan"}
    assert states(first) == [Status.SENT]
    assert states(second) == [Status.PLANNED if "minutes" in other else Status.SENT]


def test_what_has_nothing_to_say_any_more_is_left_out(kinds, mail_server):
    kinds["le plan"] = Skip("C’est fait.")
    rows = [plan("la carte", minutes=-2), plan("le plan"), plan("la salle")]

    deliver_due()

    [message] = mail_server.messages
    assert "le plan" not in message.get_body().get_content()
    assert states(*rows) == [Status.SENT, Status.CANCELLED, Status.SENT]


def test_the_others_leave_when_the_first_has_nothing_to_say(kinds, mail_server):
    kinds["la carte"] = Skip("C’est fait.")
    rows = [plan("la carte", minutes=-2), plan("le plan"), plan("la salle")]

    deliver_due()

    assert states(*rows) == [Status.CANCELLED, Status.SENT, Status.SENT]
    assert len(mail_server.messages) == 2


@pytest.mark.parametrize("broken", ["la carte", "le plan"])
def test_one_that_cannot_be_written_keeps_none_of_the_others(kinds, mail_server, broken):
    kinds[broken] = RuntimeError("cassé")
    rows = [plan("la carte", minutes=-2), plan("le plan")]

    deliver_due()

    assert {row.title: row.status for row in OutboundMessage.objects.all()} == {
        row.title: Status.PLANNED if row.title == broken else Status.SENT for row in rows
    }
    assert len(mail_server.messages) == 1


def test_after_a_passing_refusal_the_same_rows_leave_under_the_same_message_id(kinds, mail_server):
    mail_server.on_message = lambda *_: "451 Réessayez plus tard"
    rows = [plan("la carte", minutes=-2), plan("le plan")]
    deliver_due()
    late = plan("la salle")
    mail_server.on_message = None

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        deliver_due()

    first = next(m for m in mail_server.messages if m["Message-ID"] == rows[0].message_id)
    assert "le plan" in first.get_body().get_content()
    assert "la salle" not in first.get_body().get_content()
    assert states(*rows, late) == [Status.SENT] * 3
    assert len(mail_server.messages) == 2


def test_a_process_killed_on_the_way_repeats_the_same_message_with_the_same_rows(
    kinds, mail_server, monkeypatch
):
    """The server has accepted it; nothing was written down."""
    rows = [plan("la carte", minutes=-2), plan("le plan")]

    class Killed(BaseException):
        pass

    def accepted(self, email):
        original(self, email)
        raise Killed

    original = Post.send
    monkeypatch.setattr(Post, "send", accepted)
    with pytest.raises(Killed):
        deliver_due()
    monkeypatch.setattr(Post, "send", original)
    plan("la salle")
    assert states(*rows) == [Status.PLANNED] * 2

    deliver_due()

    first, again, other = mail_server.messages
    assert first["Message-ID"] == again["Message-ID"] == rows[0].message_id
    assert first.get_body().get_content() == again.get_body().get_content()
    assert "la salle" in other.get_body().get_content()


def test_a_row_that_was_alone_when_it_was_killed_stays_alone(kinds, mail_server, monkeypatch):
    row = plan("la carte")
    OutboundMessage.objects.filter(pk=row.pk).update(gathered_at=timezone.now())
    plan("le plan")

    deliver_due()

    assert {message["Subject"] for message in mail_server.messages} == {"la carte", "le plan"}


def test_a_refused_address_fails_each_of_them(kinds, mail_server):
    mail_server.on_message = lambda *_: "550 Boîte inconnue"
    rows = [plan("la carte", minutes=-2), plan("le plan")]

    deliver_due()

    assert states(*rows) == [Status.FAILED] * 2


def test_one_that_a_person_holds_back_meanwhile_does_not_leave_with_the_others(
    kinds, mail_server, monkeypatch
):
    rows = [plan("la carte", minutes=-2), plan("le plan")]
    original, done = delivery.envelope, []

    def hold_back(*args):
        if not done:
            done.append(cancel_message(rows[1]))
        return original(*args)

    monkeypatch.setattr(delivery, "envelope", hold_back)
    deliver_due()
    deliver_due()

    assert states(*rows) == [Status.SENT, Status.CANCELLED]
    [message] = mail_server.messages
    assert "le plan" not in message.get_body().get_content()


@pytest.mark.parametrize("count", [2, 30])
def test_settling_costs_the_same_for_any_number(kinds, mail_server, django_assert_num_queries, count):
    for n in range(count):
        plan("la carte", who=f"p{n}")
        plan("le plan", who=f"p{n}")
    with django_assert_num_queries(6):
        settle_company(timezone.now(), limit=100)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_of_them_once(kinds, mail_server):
    for n in range(20):
        for title in ("la carte", "le plan", "la salle"):
            plan(title, who=f"p{n}")
    start = threading.Barrier(2)

    def work():
        start.wait(10)
        return deliver_due()

    second = SecondSender(work)
    second.start()
    start.wait(10)
    deliver_due()
    second.finish()
    deliver_due()

    texts = [message.get_body().get_content() for message in mail_server.messages]
    assert sum(text.count("Pensez à") for text in texts) == 60
    assert set(OutboundMessage.objects.values_list("status", flat=True)) == {Status.SENT}


# --- what people do without --------------------------------------------------------------------------


def test_a_person_does_without_a_kind_and_never_without_a_convocation(kinds, mail_server):
    user = make_user()
    for title in ("la carte", "la réunion"):
        kinds[title] = Composed(
            address="ines@exemple.example", subject=title, body="Un mot.\n", user_id=user.pk
        )
    choose_messages(user=user, wanted=[])
    Refusal.objects.create(user=user, kind="summons")  # nobody can refuse it by the page
    rows = [plan("la carte"), plan("la réunion", kind="summons")]

    deliver_due()

    assert states(*rows) == [Status.CANCELLED, Status.SENT]


def test_a_person_chooses_for_themselves_alone(client, kinds):
    person, other = make_user(), make_user()
    choose_messages(user=other, wanted=[])
    client.force_login(person)
    url = reverse("notifications:message-choice")
    form = client.get(url).context["form"]
    assert "recall" in dict(form.fields["wanted"].choices)
    assert "summons" not in dict(form.fields["wanted"].choices)
    assert "meeting-convocation" not in dict(form.fields["wanted"].choices)
    wanted = [kind for kind in form.initial["wanted"] if kind != "recall"]

    client.post(url, {"wanted": wanted})

    assert list(Refusal.objects.filter(user=person).values_list("kind", flat=True)) == ["recall"]
    assert client.get(url).context["form"].initial["wanted"] == wanted
    client.post(url, {"wanted": [*wanted, "recall"]})
    assert not Refusal.objects.filter(user=person).exists()
    assert Refusal.objects.filter(user=other, kind="recall").exists()


def test_what_is_no_kind_is_refused(client, kinds):
    client.force_login(make_user())
    response = client.post(reverse("notifications:message-choice"), {"wanted": ["summons"]})
    assert response.status_code == 422
