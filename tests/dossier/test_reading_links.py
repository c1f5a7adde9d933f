"""The lead's side: who is given a link, how the address reaches them, and that nothing keeps it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from candidacy.outbox import preview
from core.errors import DomainError
from core.secret_addresses import digest_of_token
from dossier.models import EditionFile, ReaderApproval, ReaderRemark, ReadingLink, ReadingLinkOpening
from dossier.services.reading import approve_edition, leave_remark
from dossier.services.reading_links import Reader, Terms, renew_link, revoke_link, share_edition
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
from tests.factories import (
    make_edition,
    make_member,
    make_reading_link,
    make_section,
)

Role = Membership.Role
Variant = EditionFile.Variant
ADDRESS = re.compile(r"https://candidacy\.example/lecture/([\w-]+)/")


def address(name, edition, *more):
    return reverse(f"dossier:{name}", args=[edition.candidacy.slug, edition.public_id, *more])


def reading(token):
    return reverse("dossier:reading-page", args=[token])


def terms(**fields):
    return Terms(**{"variant": Variant.FULL, "expires_at": timezone.now() + timedelta(days=30), **fields})


def everything_stored():
    """Return all that the database holds, as one text."""
    rows = (
        repr(value)
        for model in apps.get_models()
        for row in model._base_manager.values_list()
        for value in row
    )
    return "\n".join(rows)


@pytest.fixture
def edition():
    return make_edition(candidacy=make_section(title="Vision", body="<p>Texte.</p>").candidacy)


@pytest.fixture
def lead(client, edition):
    user = make_member(candidacy=edition.candidacy).user
    client.force_login(user)
    return user


def form(**fields):
    day = timezone.localdate() + timedelta(days=30)
    return {
        "readers": '"Caron, Mathilde" <m.caron@ville.example>\nPaul Roy\n\njury@etat.example',
        "variant": "full",
        "expires_on": day.isoformat(),
        "may_comment": "on",
        "is_watermarked": "on",
        **fields,
    }


# --- giving -------------------------------------------------------------------------------------------


def test_pasted_lines_give_each_person_a_link_shown_once(client, lead, edition):
    page = client.post(address("reading-link-create", edition), form(may_approve="on"))

    tokens = ADDRESS.findall(page.text)
    links = {link.token_sha256: link for link in edition.reading_links.all()}
    assert len(set(tokens)) == 3
    assert {digest_of_token(token) for token in tokens} == set(links)
    assert {(link.reader_name, link.email) for link in links.values()} == {
        ("Caron, Mathilde", "m.caron@ville.example"),
        ("Paul Roy", ""),
        ("jury@etat.example", "jury@etat.example"),
    }
    assert all(link.may_comment and link.may_approve and link.is_watermarked for link in links.values())
    assert {link.created_by for link in links.values()} == {lead}
    listed = client.get(address("reading-link-list", edition)).text
    for token in tokens:
        assert len(token) == 43  # 256 bits
        assert token not in listed
        assert client.get(reading(token)).status_code == 200


def test_the_address_is_nowhere_in_the_database(client, lead, edition):
    page = client.post(address("reading-link-create", edition), form())
    by_hand = ADDRESS.findall(page.text)
    renewed = client.post(
        address("reading-link-renew", edition, edition.reading_links.get(email="").public_id),
        {"expires_on": form()["expires_on"]},
    )
    client.post(
        address("reading-link-create", edition), form(readers="Ada <ada@ville.example>", by_mail="on")
    )
    send_due_messages()
    by_mail = ADDRESS.findall(mail.outbox[0].body)
    for token in (*by_hand, *by_mail):
        client.get(reading(token))
    stored = everything_stored()

    tokens = {*by_hand, *by_mail, *ADDRESS.findall(renewed.text)}
    assert len(tokens) == 5
    for token in tokens:
        assert digest_of_token(token) in stored or token in by_hand  # one of them was renewed
        assert token not in stored


def test_a_link_by_mail_says_what_it_is_and_keeps_its_address_to_the_message(client, lead, edition):
    by_mail = form(readers="Ada <ada@ville.example>\nPaul Roy", by_mail="on", may_approve="on")
    page = client.post(address("reading-link-create", edition), by_mail)
    planned = OutboundMessage.objects.get(kind="reading-link")
    seen_before = client.get(
        reverse("candidacy:outbox-detail", args=[edition.candidacy.slug, planned.public_id])
    ).text
    send_due_messages()

    (message,) = mail.outbox
    (token,) = ADDRESS.findall(message.body)
    planned.refresh_from_db()
    assert len(ADDRESS.findall(page.text)) == 1  # Paul Roy has no address
    assert message.to == ["ada@ville.example"]
    assert message.reply_to == [lead.email]
    assert "Ouvrir le lien n’approuve rien" in message.body
    assert client.get(reading(token)).status_code == 200
    assert planned.status == OutboundMessage.Status.SENT
    assert "/lecture/…/" in planned.body
    assert "/lecture/…/" in seen_before
    assert token not in seen_before
    assert token not in planned.body


def test_a_message_that_is_tried_again_carries_the_same_address(edition):
    lead = make_member(candidacy=edition.candidacy).user
    share_edition(
        edition=edition, readers=[Reader("Ada", "ada@ville.example")], terms=terms(), by=lead, by_mail=True
    )
    planned = OutboundMessage.objects.get()

    assert preview(planned).body == preview(planned).body


def test_a_message_does_not_leave_once_the_link_is_closed_or_the_key_has_changed(edition, settings):
    lead = make_member(candidacy=edition.candidacy).user
    readers = [Reader("Ada", "ada@ville.example"), Reader("Bo", "bo@ville.example")]
    closed, orphan = (
        one.link
        for one in share_edition(edition=edition, readers=readers, terms=terms(), by=lead, by_mail=True)
    )
    revoke_link(link=closed, by=lead)
    settings.SECRET_KEY = "another-secret-of-the-installation-altogether"
    send_due_messages()

    rows = {row.about: row for row in OutboundMessage.objects.all()}
    assert not mail.outbox
    assert rows[closed.public_id].reason == "Le lien a été révoqué avant l’envoi."
    assert "clé secrète" in rows[orphan.public_id].reason


def test_a_second_link_to_somebody_who_has_one_is_refused_and_the_list_is_kept(client, lead, edition):
    url = address("reading-link-create", edition)
    client.post(url, form())
    again = client.post(url, form())  # the page of the links, loaded again

    assert again.status_code == 422
    assert "Caron, Mathilde a déjà un lien" in again.text
    assert "Paul Roy" in again.text
    assert edition.reading_links.count() == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"readers": ""}, "obligatoire"),
        ({"readers": "Ada <ada@>"}, "ne donne pas d’adresse valable"),
        ({"readers": "Ada <"}, "ne donne pas d’adresse valable"),
        ({"readers": "ada@ville"}, "ne donne pas d’adresse valable"),
        ({"readers": "Ada\nAda"}, "figure deux fois"),
        ({"readers": "\n".join(f"Personne {n}" for n in range(51))}, "Cinquante personnes au plus"),
        ({"readers": "x" * 121}, "dépasse 120 caractères"),
        ({"expires_on": "2020-01-01"}, "Cette date est passée"),
        ({"expires_on": "2099-01-01"}, "un an au plus"),
        ({"variant": "archive"}, "variant"),
    ],
)
def test_what_cannot_be_given_is_said_and_the_form_keeps_what_was_typed(client, lead, edition, fields, said):
    page = client.post(address("reading-link-create", edition), form(**fields))

    assert page.status_code == 422
    assert said in page.text
    assert not edition.reading_links.exists()


def test_the_last_day_of_a_link_is_included(client, lead, edition):
    today = timezone.localdate()

    page = client.post(address("reading-link-create", edition), form(expires_on=today.isoformat()))

    (token, *_others) = ADDRESS.findall(page.text)
    assert client.get(reading(token)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert client.get(reading(token)).status_code == 404


def test_a_version_that_is_not_printed_is_put_in_the_queue(edition):
    lead = make_member(candidacy=edition.candidacy).user
    share_edition(edition=edition, readers=[Reader("Ada")], terms=terms(), by=lead)
    assert not edition.printings.exists()

    share_edition(edition=edition, readers=[Reader("Bo")], terms=terms(variant=Variant.PUBLIC), by=lead)

    assert edition.printings.get().variant == Variant.PUBLIC


def test_the_archive_is_not_for_reading_and_the_past_is_no_date(edition):
    lead = make_member(candidacy=edition.candidacy).user
    for refused in (terms(variant=Variant.ARCHIVE), terms(expires_at=timezone.now())):
        with pytest.raises(DomainError):
            share_edition(edition=edition, readers=[Reader("Ada")], terms=refused, by=lead)


# --- revoking, renewing ---------------------------------------------------------------------------------


def test_a_revoked_link_opens_nothing_and_what_was_said_stays(client, lead, edition):
    link = make_reading_link(edition=edition, may_approve=True)
    leave_remark(link=link, body="Bien.")
    approve_edition(link=link)

    page = client.post(address("reading-link-revoke", edition, link.public_id), follow=True)

    link.refresh_from_db()
    assert link.revoked_by == lead
    assert client.get(reading(link.token)).status_code == 404
    assert "n’ouvre plus rien" in page.text
    assert "Bien." in page.text
    with pytest.raises(DomainError):
        leave_remark(link=link, body="Encore.")


@pytest.mark.parametrize("closed", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}, {}])
def test_a_renewed_link_has_another_address(client, lead, edition, closed):
    link = make_reading_link(edition=edition, email="ada@ville.example", **closed)
    leave_remark(link=make_reading_link(edition=edition, reader_name="Bo"), body="Autre.")

    page = client.post(
        address("reading-link-renew", edition, link.public_id), {"expires_on": form()["expires_on"]}
    )

    (token,) = ADDRESS.findall(page.text)
    assert client.get(reading(link.token)).status_code == 404
    assert client.get(reading(token)).status_code == 200
    link.refresh_from_db()
    assert link.is_live


def test_a_link_renewed_by_mail_leaves_once_with_the_newest_address(client, lead, edition):
    given = form(readers="Ada <ada@ville.example>", by_mail="on")
    client.post(address("reading-link-create", edition), given)
    link = edition.reading_links.get()
    again = {"expires_on": given["expires_on"], "by_mail": "on"}
    client.post(address("reading-link-renew", edition, link.public_id), again)
    send_due_messages()

    (message,) = mail.outbox
    assert client.get(reading(ADDRESS.findall(message.body)[0])).status_code == 200


def test_a_renewal_into_the_past_is_refused(client, lead, edition):
    link = make_reading_link(edition=edition)

    page = client.post(address("reading-link-renew", edition, link.public_id), {"expires_on": "2020-01-01"})

    assert page.status_code == 422
    assert client.get(reading(link.token)).status_code == 200
    with pytest.raises(DomainError):
        renew_link(link=link, expires_at=timezone.now())


# --- seeing ---------------------------------------------------------------------------------------------


def test_the_lead_sees_readings_apart_from_what_programs_fetched(client, lead, edition):
    read = make_reading_link(edition=edition, reader_name="Ada", may_approve=True)
    fetched = make_reading_link(edition=edition, reader_name="Bo")
    for link, kind, device in (
        (read, "fetched", "tablet"),
        (read, "opened", "tablet"),
        (read, "downloaded", "tablet"),
        (fetched, "fetched", "program"),
    ):
        ReadingLinkOpening.objects.create(link=link, kind=kind, device=device)
    leave_remark(link=read, body="Trop long.", place="1 Vision", page=4)
    approve_edition(link=read)

    listed = client.get(address("reading-link-list", edition)).text
    page = client.get(address("reading-link-detail", edition, read.public_id)).text
    other = client.get(address("reading-link-detail", edition, fetched.public_id)).text

    assert listed.count("1 ouverture") == 1
    assert listed.count("pas encore") == 1
    for told in (
        "dossier ouvert, tablette",
        "PDF téléchargé, tablette",
        "Trop long.",
        "1 Vision, page 4 du PDF",
        edition.content_digest,
    ):
        assert told in page
    assert "Personne n’a encore ouvert" in other
    assert "La page a été demandée 1 fois" in other


def test_the_edition_leads_to_its_links_for_the_lead_alone(client, lead, edition):
    url = address("reading-link-list", edition)
    mine = client.get(address("edition-detail", edition)).text
    client.force_login(make_member(candidacy=edition.candidacy, role=Role.TEAM).user)

    assert url in mine
    assert url not in client.get(address("edition-detail", edition)).text
    assert client.get(url).status_code == 403


def test_links_are_visible_to_the_leads_of_their_candidacy(edition):
    link = make_reading_link(edition=edition)
    roles = {role: make_member(candidacy=edition.candidacy, role=role).user for role in Role}
    stranger = make_member().user

    seen = {
        role: list(ReadingLink.objects.visible_to(user)) for role, user in (*roles.items(), ("", stranger))
    }

    assert seen == {role: [link] if role == Role.LEAD else [] for role in (*Role, "")}


@pytest.mark.parametrize("count", [3, 30])
def test_the_pages_cost_the_same_for_any_number_of_links_and_openings(
    client, lead, edition, count, django_assert_num_queries
):
    for n in range(count):
        link = make_reading_link(edition=edition, reader_name=f"Personne {n}", may_approve=True)
        approve_edition(link=link)
        for _ in range(count):
            ReadingLinkOpening.objects.create(link=link, kind="opened", device="tablet")
            leave_remark(link=link, body="Bien.")

    # Session, user, memberships, edition; count, links.
    with django_assert_num_queries(6):
        client.get(address("reading-link-list", edition))
    # … link; remarks; count, openings; fetched.
    with django_assert_num_queries(10):
        client.get(address("reading-link-detail", edition, link.public_id))


# --- what the models hold --------------------------------------------------------------------------------


def test_remarks_and_approvals_are_never_changed_nor_removed(edition):
    link = make_reading_link(edition=edition, may_approve=True)
    remark, approval = leave_remark(link=link, body="Bien."), approve_edition(link=link)

    for row, model in ((remark, ReaderRemark), (approval, ReaderApproval)):
        for change in (row.save, row.delete, model.objects.all().delete):
            with pytest.raises(DomainError):
                change()
        with pytest.raises(DomainError):
            model.objects.all().update(link=link)


@pytest.mark.parametrize("fields", [{"reader_name": ""}, {"variant": "archive"}])
def test_the_database_refuses_a_link_without_a_name_and_one_to_the_archive(edition, fields):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        make_reading_link(edition=edition, **fields)


def test_two_links_never_share_an_address(edition):
    make_reading_link(edition=edition, token="le-meme")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_reading_link(edition=edition, token="le-meme")


def test_the_mails_to_the_leads_say_what_was_written_and_approved(edition):
    lead = make_member(candidacy=edition.candidacy).user
    link = make_reading_link(edition=edition, may_approve=True, email="ada@ville.example")
    leave_remark(link=link, body="Trop long.", place="1 Vision", page=4)
    approve_edition(link=link)
    send_due_messages()

    remark, approval = sorted(mail.outbox, key=lambda message: "approuve" in message.subject)
    assert remark.to == approval.to == [lead.email]
    assert remark.reply_to == ["ada@ville.example"]
    assert "Trop long." in remark.body
    assert "À propos de\xa0: 1 Vision" in remark.body
    assert edition.content_digest in approval.body
    assert str(link.public_id) in remark.body


def test_somebody_who_leads_no_more_is_not_written_to(edition):
    member = make_member(candidacy=edition.candidacy)
    link = make_reading_link(edition=edition)
    leave_remark(link=link, body="Bien.")
    member.role = Role.TEAM
    member.save()
    send_due_messages()

    assert not mail.outbox
    assert "n’a plus accès" in OutboundMessage.objects.get().reason
