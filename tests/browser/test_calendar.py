"""Subscribing to the calendar in a real browser: the address is given once, and taken back."""

from django.urls import reverse

from candidacy.models import Membership
from committees.models import Meeting
from tests.factories import make_candidacy, make_committee, make_meeting, make_member, make_user

PASSWORD = "une-phrase-assez-longue"


def test_the_lead_gets_an_address_for_their_calendar_and_takes_it_back(visit):
    candidacy = make_candidacy()
    lead = make_user(email="camille@exemple.example", password=PASSWORD)
    make_member(candidacy=candidacy, user=lead, role=Membership.Role.LEAD)
    committee = make_committee(candidacy=candidacy, name="Comité de pilotage", acronym="COPIL")
    meeting = make_meeting(committee=committee, title="Le budget", status=Meeting.Status.CONVENED)
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    month = f"{meeting.local_day:%Y-%m}"

    page = visitor.open(f"{reverse('committees:calendar', args=[candidacy.slug])}?mois={month}")
    trouble = visitor.look_wide_and_narrow("calendrier")
    assert page.locator(".month").get_by_role("link", name="COPIL – Le budget").is_visible()
    page.get_by_role("link", name="S’abonner depuis son agenda").click()
    page.get_by_role("button", name="Créer l’adresse").first.click()
    address = page.get_by_label("Adresse à donner à votre agenda").input_value()
    trouble += visitor.look_wide_and_narrow("adresse-du-calendrier")
    page.get_by_role("link", name="Abonnements").click()
    trouble += visitor.look_wide_and_narrow("abonnements")
    page.locator("summary", has_text="Révoquer").click()
    page.get_by_role("button", name="Révoquer").click()
    page.get_by_text("L’adresse est révoquée").wait_for()

    assert trouble == []
    assert address.endswith(".ics")
    assert page.get_by_role("button", name="Créer l’adresse").count() == 2
