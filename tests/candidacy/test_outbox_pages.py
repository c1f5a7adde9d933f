import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from candidacy.services.members import invite_member
from notifications.delivery import deliver_due
from notifications.models import OutboundAttachment, OutboundMessage
from tests.factories import make_candidacy, make_member

Role = Membership.Role
Status = OutboundMessage.Status


def make_message(candidacy, **fields):
    fields.setdefault("scope", candidacy.public_id)
    fields.setdefault("kind", "membership_invitation")
    fields.setdefault("about", uuid.uuid4())
    fields.setdefault("rule", "invitation")
    fields.setdefault("recipient_key", f"user:{uuid.uuid4()}")
    fields.setdefault("occurrence", "1")
    fields.setdefault("title", "Invitation")
    fields.setdefault("recipient_name", "Inès Morel")
    fields.setdefault("due_at", timezone.now() + timedelta(days=1))
    fields.setdefault("planned_for", fields["due_at"])
    if fields.get("status") == Status.SENT:
        fields.setdefault("sent_at", timezone.now())
        fields.setdefault("recipient_address", "ines.morel@exemple.example")
        fields.setdefault("subject", "Votre accès")
    return OutboundMessage.objects.create(**fields)


@pytest.fixture(params=[Role.LEAD, Role.TEAM])
def member(client, request):
    row = make_member(role=request.param)
    client.force_login(row.user)
    return row


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def test_the_outbox_tells_apart_what_waits_what_left_what_failed_and_what_was_held_back(client, member):
    for status in Status.values:
        make_message(member.candidacy, status=status, title=f"Message {status}", reason="parce que")
    make_message(make_candidacy(), title="D’une autre candidature")
    url = address("outbox-list", member.candidacy)

    for word, status in (
        ("", "planned"),
        ("envoyes", "sent"),
        ("echecs", "failed"),
        ("annules", "cancelled"),
    ):
        response = client.get(url, {"etat": word})
        assert [row.status for row, *_ in response.context["entries"]] == [status]
        assert [tab.count for tab in response.context["tabs"]] == [1, 1, 1, 1]
        assert "autre candidature" not in response.content.decode()


def test_times_are_those_of_the_candidacys_place(client):
    member = make_member(candidacy=make_candidacy(time_zone="Indian/Reunion"))
    make_message(member.candidacy, due_at=datetime(2029, 1, 10, 22, 30, tzinfo=UTC))
    client.force_login(member.user)

    page = client.get(address("outbox-list", member.candidacy)).content.decode()

    assert "11\u00a0jan" in page
    assert "2\u00a0h\u00a030" in page


def test_a_planned_message_shows_what_it_would_say(client, member):
    invited = invite_member(
        candidacy=member.candidacy, email="ines.morel@exemple.example", first_name="Inès", role=Role.OBSERVER
    )
    message = OutboundMessage.objects.get(about=invited.public_id)

    page = client.get(address("outbox-detail", member.candidacy, message.public_id)).content.decode()

    assert "Ce que dirait le message" in page
    assert "ines.morel@exemple.example" in page


def test_a_planned_message_that_would_be_given_up_says_so(client, member):
    message = make_message(member.candidacy)

    page = client.get(address("outbox-detail", member.candidacy, message.public_id)).content.decode()

    assert "n’est plus membre" in page


@pytest.mark.parametrize("fields", [{"kind": "unknown-kind"}, {"attempts": 2, "last_error": "450 Plus tard"}])
def test_a_message_that_cannot_be_shown_beforehand_still_has_its_page(client, member, fields):
    message = make_message(member.candidacy, **fields)

    response = client.get(address("outbox-detail", member.candidacy, message.public_id))

    assert response.status_code == 200
    assert "Ce que dirait" not in response.content.decode()


def test_a_message_that_left_is_read_as_it_left_and_its_text_is_only_text(client, member):
    message = make_message(
        member.candidacy, status=Status.SENT, subject="Réunion <b>", body="Bonjour\n<script>x</script>"
    )

    page = client.get(address("outbox-detail", member.candidacy, message.public_id)).content.decode()

    assert "Réunion &lt;b&gt;" in page
    assert "Bonjour\n&lt;script&gt;x&lt;/script&gt;" in page
    assert "Envoyer maintenant" not in page


def test_attachments_are_downloaded_as_they_left(client, member):
    message = make_message(member.candidacy, status=Status.SENT)
    for number in (1, 2):
        OutboundAttachment.objects.create(
            message=message,
            filename=f"réunion {number}.ics",
            content_type="text/calendar; method=REQUEST",
            content=f"BEGIN:{number}".encode(),
        )

    response = client.get(address("outbox-attachment", member.candidacy, message.public_id, 2))

    assert response.content == b"BEGIN:2"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''r%C3%A9union%202.ics")
    assert response["X-Content-Type-Options"] == "nosniff"
    for number in (0, 3):
        url = address("outbox-attachment", member.candidacy, message.public_id, number)
        assert client.get(url).status_code == 404


def test_a_message_is_sent_now_held_back_or_tried_again(client, member):
    tomorrow = timezone.now() + timedelta(days=1)
    early = make_message(member.candidacy, due_at=tomorrow, about=member.public_id)
    unwanted = make_message(member.candidacy)
    failed = make_message(member.candidacy, status=Status.FAILED, attempts=10)
    candidacy = member.candidacy

    client.post(address("outbox-send", candidacy, early.public_id))
    client.post(address("outbox-cancel", candidacy, unwanted.public_id))
    client.post(address("outbox-retry", candidacy, failed.public_id))

    for row in (early, unwanted, failed):
        row.refresh_from_db()
    assert early.status == Status.PLANNED
    assert early.due_at <= timezone.now()
    assert (unwanted.status, unwanted.reason) == (Status.CANCELLED, f"Annulé par {member.user}.")
    assert failed.attempts == 0


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        ("outbox-send", Status.SENT),
        ("outbox-send", Status.CANCELLED),
        ("outbox-cancel", Status.SENT),
        ("outbox-cancel", Status.CANCELLED),
        ("outbox-retry", Status.PLANNED),
        ("outbox-retry", Status.SENT),
    ],
)
def test_what_comes_too_late_is_said_and_changes_nothing(client, member, deed, status):
    message = make_message(member.candidacy, status=status)
    before = OutboundMessage.objects.values().get(pk=message.pk)

    response = client.post(address(deed, member.candidacy, message.public_id), follow=True)

    assert "notice--bad" in response.content.decode()
    assert OutboundMessage.objects.values().get(pk=message.pk) == before


def test_cancelling_twice_keeps_the_first_cancellation(client, member):
    message = make_message(member.candidacy)
    url = address("outbox-cancel", member.candidacy, message.public_id)

    for _ in range(2):
        assert client.post(url).status_code == 302

    deliver_due()
    message.refresh_from_db()
    assert message.status == Status.CANCELLED


@pytest.mark.parametrize("deed", ["outbox-send", "outbox-retry", "outbox-cancel"])
def test_a_link_followed_by_a_robot_does_nothing(client, member, deed):
    message = make_message(member.candidacy)

    assert client.get(address(deed, member.candidacy, message.public_id)).status_code == 405


def test_a_message_of_another_candidacy_does_not_exist_here(client, member):
    message = make_message(make_candidacy(), status=Status.SENT, body="Un secret")
    OutboundAttachment.objects.create(message=message, filename="a", content_type="text/plain", content=b"x")
    candidacy = member.candidacy

    assert client.get(address("outbox-detail", candidacy, message.public_id)).status_code == 404
    assert client.get(address("outbox-attachment", candidacy, message.public_id, 1)).status_code == 404
    for deed in ("outbox-send", "outbox-retry", "outbox-cancel"):
        assert client.post(address(deed, candidacy, message.public_id)).status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ELECTED, Role.OBSERVER])
def test_nobody_else_reads_the_outbox(client, role):
    member = make_member(role=role)
    message = make_message(member.candidacy, status=Status.SENT)
    client.force_login(member.user)
    candidacy = member.candidacy

    assert client.get(address("outbox-list", candidacy)).status_code == 403
    assert client.get(address("outbox-detail", candidacy, message.public_id)).status_code == 403
    assert client.get(address("outbox-attachment", candidacy, message.public_id, 1)).status_code == 403
    for deed in ("outbox-send", "outbox-retry", "outbox-cancel"):
        assert client.post(address(deed, candidacy, message.public_id)).status_code == 403


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("word", ["", "envoyes", "echecs", "annules"])
def test_the_list_costs_the_same_for_any_number_of_messages(client, count, word, django_assert_num_queries):
    member = make_member()
    client.force_login(member.user)
    status = {"": "planned", "envoyes": "sent", "echecs": "failed", "annules": "cancelled"}[word]
    for _ in range(count):
        make_message(member.candidacy, status=status)
    url = address("outbox-list", member.candidacy)

    # session, user, memberships, total, rows, counts; of what waits, whose address was refused
    with django_assert_num_queries(7 if status == "planned" else 6):
        client.get(url, {"etat": word})


def test_a_long_outbox_is_cut_into_pages(client, member):
    for _ in range(51):
        make_message(member.candidacy)

    response = client.get(address("outbox-list", member.candidacy), {"page": 2})

    assert len(response.context["entries"]) == 1


def test_who_was_refused_is_marked_on_what_waits_for_them(client, member):
    refused = {"recipient_key": "contact:refused", "recipient_name": "Rose Blanc"}
    failed = make_message(
        member.candidacy,
        **refused,
        status=Status.FAILED,
        recipient_address="rose@exemple.example",
        last_error="550 5.1.1 no such user",
    )
    make_message(member.candidacy, **refused)
    make_message(member.candidacy, recipient_name="Inès Morel")
    make_message(member.candidacy, recipient_key="contact:late", recipient_name="Jean Petit")
    make_message(member.candidacy, recipient_key="contact:late", status=Status.FAILED, last_error="451 later")

    entries = client.get(address("outbox-list", member.candidacy)).context["entries"]
    detail = client.get(address("outbox-detail", member.candidacy, failed.public_id)).content.decode()

    assert {row.recipient_name: is_refused for row, _, is_refused in entries} == {
        "Rose Blanc": True,
        "Inès Morel": False,
        "Jean Petit": False,
    }
    assert client.get(address("outbox-list", member.candidacy)).content.decode().count("adresse refusée") == 1
    assert "Adresse refusée" in detail
    assert "rose@exemple.example" in detail
