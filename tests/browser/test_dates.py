"""Finding dates for a committee, at the browser: a series from a rule, and a poll answered without an account."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from committees.models import DatePoll, Meeting, PollParticipant
from committees.poll_tokens import token_for
from tests.factories import (
    make_blackout,
    make_committee,
    make_contact,
    make_member,
    make_seat,
    make_template_item,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def lead():
    return make_member(user=make_user(email="camille@exemple.example", password=PASSWORD))


@pytest.fixture
def committee(lead):
    committee = make_committee(candidacy=lead.candidacy, acronym="COPIL", quorum=1)
    for name in ("Lucie", "Karim"):
        contact = make_contact(candidacy=lead.candidacy, first_name=name, last_name="Martin")
        make_seat(committee=committee, contact=contact)
    return committee


def address(name, *parts):
    return reverse(f"committees:{name}", args=parts)


def test_a_series_is_looked_at_trimmed_and_drafted(visit, lead, committee):
    today = timezone.localdate()
    make_blackout(
        candidacy=lead.candidacy,
        name="Relâche",
        first_day=today + timedelta(days=15),
        last_day=today + timedelta(days=21),
    )
    make_template_item(committee=committee, title="Suites données")
    lead_page = visit()
    lead_page.sign_in(lead.user, PASSWORD)
    page = lead_page.open(address("committee-detail", lead.candidacy.slug, committee.public_id))
    page.get_by_role("link", name="Préparer une série").click()
    trouble = lead_page.look_wide_and_narrow("series")

    page.get_by_label("Tous les, toutes les").fill("1")
    page.get_by_label("Fréquence").select_option("semaines")
    page.get_by_label("Du*").fill(str(today + timedelta(days=1)))
    page.get_by_label("Au*").fill(str(today + timedelta(days=35)))
    page.get_by_role("button", name="Voir les dates").click()
    page.get_by_text(re.compile("^pas de réunion.: ")).first.wait_for()
    trouble += lead_page.look_wide_and_narrow("series-dates")
    assert not Meeting.objects.exists()

    ticked = page.get_by_role("checkbox").count()
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="Préparer ces réunions").click()
    page.get_by_text(re.compile("Personne n’en est encore averti")).wait_for()
    trouble += lead_page.look_wide_and_narrow("committee-with-series")

    assert Meeting.objects.count() == ticked - 1
    assert {meeting.agenda_items.get().title for meeting in Meeting.objects.all()} == {"Suites données"}
    assert trouble == []


def test_a_date_is_found_among_the_members(visit, lead, committee):
    lead_page = visit()
    lead_page.sign_in(lead.user, PASSWORD)
    page = lead_page.open(address("poll-create", lead.candidacy.slug, committee.public_id))
    trouble = lead_page.look_wide_and_narrow("poll-create")
    day = timezone.localdate() + timedelta(days=30)
    for rank in (1, 2):
        page.get_by_label(f"Créneau {rank}, jour").fill(str(day + timedelta(days=rank)))
        page.get_by_label(f"Créneau {rank}, heure").fill("14:00")
    page.get_by_label("Proposer aussi des jours fériés").check()
    page.get_by_role("button", name="Envoyer le sondage").click()
    page.get_by_text(re.compile("réponses? sur 2")).wait_for()

    member = visit(size="360")
    participant = PollParticipant.objects.get(contact__first_name="Lucie")
    link = reverse("committees:poll-link", args=[token_for(participant)])
    answer = member.open(link)
    trouble += member.look_wide_and_narrow("poll-link")
    for group, choice in zip(answer.get_by_role("group").all(), ("non", "oui"), strict=True):
        group.get_by_label(choice, exact=True).check()
    answer.get_by_label("Un mot").fill("Le matin")
    answer.get_by_role("button", name="Répondre").click()
    answer.get_by_text("Merci, votre réponse est enregistrée.").wait_for()
    trouble += member.look_wide_and_narrow("poll-link-answered")

    page.reload()
    page.get_by_text("convient le mieux").wait_for()
    trouble += lead_page.look_wide_and_narrow("poll-grid")
    page.get_by_role("button", name=re.compile("Retenir")).last.click()
    page.get_by_text("La réunion est en préparation à cette date.").wait_for()

    answer.goto(member.base_url + link)
    answer.get_by_text("Le sondage est clos.").wait_for()
    trouble += member.look_wide_and_narrow("poll-link-closed")
    poll = DatePoll.objects.get()
    assert poll.meeting.starts_at == poll.slots.last().starts_at
    assert not member.context.cookies()
    assert trouble == []
