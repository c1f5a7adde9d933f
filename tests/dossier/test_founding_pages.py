import re
from datetime import date
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from candidacy.models import Candidacy, Membership, Territory
from committees.models import Committee
from tests.factories import make_candidacy, make_member, make_user

START = "/candidatures/nouvelle/"

BEARER = {
    "title": "Remonter le courant",
    "tagline": "",
    "slug": "",
    "bearer_name": "Ville de Bourges",
    "bearer_kind": "commune",
    "bearer_siren": "211 800 339",
    "population": "63 702",
    "population_kind": "municipal",
    "population_source": "Insee",
    "population_on": "2024-01-01",
    "time_zone": "Europe/Paris",
}
DATES = {"title_year": "2030", "deposit_on": "2028-05-12", "first_year": "", "last_year": ""}


@pytest.fixture
def lead():
    return make_user(may_found_candidacies=True)


@pytest.fixture(autouse=True)
def in_2026():
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        yield


@pytest.fixture
def pages(client, lead):
    client.force_login(lead)
    return Pages(client)


class Pages:
    """The browser of somebody who founds a candidacy, step by step."""

    def __init__(self, client):
        self.client = client
        self.draft = None

    def begin(self, template="cfc-2024"):
        response = self.client.post(START, {"template": template})
        self.draft = UUID(response.url.split("/")[3])
        return response

    def url(self, step):
        if step == "verification":
            return reverse("dossier:candidacy-create-review", args=[self.draft])
        return reverse("dossier:candidacy-create-step", args=[self.draft, step])

    def get(self, step, **options):
        return self.client.get(self.url(step), **options)

    def post(self, step, data=None, **options):
        return self.client.post(self.url(step), data or {}, **options)

    def committees(self):
        """Return what the page of the committees would send as it comes."""
        rows = self.get("comites").context["form"].rows
        fields = {"committees-TOTAL_FORMS": rows.total_form_count(), "committees-INITIAL_FORMS": 0}
        for form in rows.forms:
            fields |= {form.add_prefix(name): form[name].value() or "" for name in form.Meta.fields}
        return fields

    def to_review(self, template="cfc-2024", pasted="18033;Bourges;211800339;63702;65000", **bearer):
        self.begin(template)
        self.post("porteur", BEARER | bearer)
        self.post("territoires", {"pasted": pasted, **SOURCE})
        self.post("dates", DATES)
        return self.post("comites", self.committees())


SOURCE = {"population_source": "Insee", "population_on": "2024-01-01"}


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["team", "partner", "elected", "observer"])
def test_only_leads_found_candidacies(client, role):
    client.force_login(make_member(role=role).user)

    assert client.get(START).status_code == 403
    assert client.post(START, {"template": "blank"}).status_code == 403


def test_the_lead_of_a_candidacy_may_found_another(client):
    client.force_login(make_member(role=Membership.Role.LEAD).user)

    assert client.get(START).status_code == 200


def test_a_draft_belongs_to_the_session_that_began_it(pages, client):
    pages.begin()
    client.force_login(make_user(may_found_candidacies=True))

    assert pages.get("porteur").status_code == 404
    assert pages.get("verification").status_code == 404


# --- the steps ---------------------------------------------------------------------------------------


def test_the_cards_say_what_was_read_and_what_is_to_be_checked(pages):
    page = text_of(pages.client.get(START))

    assert "Capitale française de la culture 2024" in page
    assert "8 intitulés de critères" in page
    assert "la population qui compte, municipale ou totale" in page
    assert "celles de l’édition 2024 sont passées" in page


def test_each_card_is_a_radio_button_told_with_what_it_says(pages):
    page = pages.client.get(START).text
    radios = re.findall(r'<input [^>]*type="radio"[^>]*>', page)

    assert len(radios) == page.count('class="call-card"') > 1
    for radio in radios:
        assert 'class="form-check-input call-card__radio"' in radio
        assert f'id="{re.search(r"describedby=.(.*?).[ >]", radio)[1]}"' in page
        assert f'<label class="call-card__title" for="{re.search(r" id=.(.*?).[ >]", radio)[1]}">' in page


def test_a_call_must_be_chosen(pages):
    response = pages.client.post(START, {})

    assert response.status_code == 422
    assert pages.client.session.get("foundings", {}) == {}


def test_a_step_ahead_is_closed_until_those_before_are_in_order(pages):
    pages.begin()

    response = pages.get("dates")

    assert response.url == pages.url("porteur")
    assert pages.get("inconnue").status_code == 404


def test_a_step_that_is_not_in_order_is_handed_back_with_what_was_typed(pages):
    pages.begin()

    response = pages.post("porteur", BEARER | {"bearer_siren": "211800338", "population_source": ""})

    assert response.status_code == 422
    page = text_of(response)
    assert "sa clé de contrôle est fausse" in page
    assert "Une population s’indique avec sa source et sa date." in page.replace("\u00a0", " ")
    assert 'value="Ville de Bourges"' in page


def test_going_back_and_away_loses_nothing_of_what_was_typed(pages):
    pages.begin()

    response = pages.post("porteur", {"title": "À moitié", "bearer_name": "Ville de", "to": "appel"})

    assert response.url == pages.url("appel")
    assert 'value="À moitié"' in text_of(pages.get("porteur"))
    start = text_of(pages.client.get(START))
    assert "À moitié" in start
    assert pages.get("verification", follow=True).redirect_chain[-1][0] == pages.url("porteur")


def test_an_address_that_is_taken_is_said_at_its_field(pages):
    make_candidacy(slug="remonter")
    pages.begin()

    response = pages.post("porteur", BEARER | {"slug": "remonter"})

    assert response.status_code == 422
    assert response.context["form"].errors["slug"]


def test_another_call_may_be_chosen_after_all(pages):
    pages.to_review()

    pages.post("appel", {"template": "blank"})

    assert "Candidature sans appel" in text_of(pages.get("verification"))


# --- territories -------------------------------------------------------------------------------------


def at_territories(pages):
    pages.begin()
    pages.post("porteur", BEARER)


def test_a_pasted_list_is_read_with_or_without_its_headings(pages):
    at_territories(pages)
    pasted = "Code INSEE\tNom\tSIREN\tPop\n18033\tBourges\t211 800 339\t63 702\n1001;L’Abergement;;800\n\n2A004;Ajaccio"

    response = pages.post("territoires", {"pasted": pasted, "to": "stay", **SOURCE})

    assert response.url == pages.url("territoires")
    table = pages.get("territoires").context["form"].table
    assert [
        (row.values["insee_code"], row.values["population_municipal"], row.bearing.data["selected"])
        for row in table
    ] == [
        ("18033", 63702, True),  # the bearer itself
        ("01001", 800, False),
        ("2A004", None, False),
    ]
    assert pages.get("territoires").context["form"]["pasted"].value() in (None, "")


def test_each_line_that_is_wrong_is_named_and_none_is_taken(pages):
    at_territories(pages)
    pasted = "18033;Bourges;211800339;63702\n1803;;211800339\n18034;Ailleurs;123456789;x\n18033;Bourges"

    response = pages.post("territoires", {"pasted": pasted, "to": "stay", **SOURCE})

    assert response.status_code == 422
    errors = " ".join(response.context["form"].errors["pasted"]).replace("\u00a0", " ")
    assert "Ligne 2 : Nom : " in errors
    assert "Ligne 3 : SIREN : " in errors
    assert "Ligne 3 : Population municipale : " in errors
    assert "Ligne 4 : la commune 18033 est déjà dans la liste." in errors
    assert "Ligne 1" not in errors
    assert pasted.replace("\n", "\r\n") in response.content.decode() or pasted in response.content.decode()
    assert pages.get("territoires").context["form"].table == []


def test_communes_are_added_one_by_one_named_candidate_and_taken_off(pages):
    at_territories(pages)
    one = {"one-insee_code": "18033", "one-name": "Bourges", "one-population_municipal": "63 702"}
    pages.post("territoires", one | SOURCE | {"to": "stay"})
    pages.post("territoires", {"one-insee_code": "18279", "one-name": "Vierzon", "to": "stay"} | SOURCE)

    pages.post("territoires", {"bearing": ["18033"], "removed": ["18279"], "to": "stay"} | SOURCE)

    page = pages.get("territoires")
    table = page.context["form"].table
    assert [(row.values["name"], row.bearing.data["selected"]) for row in table] == [("Bourges", True)]
    assert 'aria-label="Bourges est territoire candidat"' in page.text
    assert 'aria-label="Retirer Bourges"' in page.text


def test_a_commune_half_typed_is_not_dropped_in_silence(pages):
    at_territories(pages)

    response = pages.post("territoires", {"one-insee_code": "18033"})

    assert response.status_code == 422
    assert response.context["form"].one.errors["name"]


def test_populations_come_with_their_source_and_date(pages):
    at_territories(pages)

    response = pages.post("territoires", {"pasted": "18033;Bourges;;63702"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"population_source", "population_on"}


def test_the_list_may_stay_empty(pages):
    at_territories(pages)

    assert pages.post("territoires", SOURCE).url == pages.url("dates")


# --- dates and committees ----------------------------------------------------------------------------


def at_dates(pages, template):
    pages.begin(template)
    pages.post("porteur", BEARER)
    pages.post("territoires", {})
    return pages.get("dates").context["form"]


def test_dates_of_a_past_edition_are_told_and_not_taken(pages):
    form = at_dates(pages, "cfc-2024")

    assert form["title_year"].value() is None
    assert form["planned_on_projet-detaille"].value() is None
    assert form["planned_label_audition"].value() == ""
    assert "21\u00a0oct. 2022" in form["planned_label_projet-detaille"].help_text
    assert "novembre 2022" in form["planned_label_audition"].help_text


def test_dates_of_the_template_that_are_still_ahead_are_filled_in(pages):
    with time_machine.travel("2022-03-01T12:00:00Z", tick=False):
        pages.client.force_login(User.objects.get())
        form = at_dates(pages, "cfc-2024")

    assert form["title_year"].value() == 2024
    assert form["planned_on_projet-detaille"].value() == date(2022, 10, 21)
    assert form["planned_label_audition"].value() == "novembre 2022"


def test_the_years_of_the_plan_follow_the_title_unless_said_otherwise(pages):
    at_dates(pages, "blank")

    pages.post("dates", DATES)
    followed = pages.get("dates").context["form"]
    followed.is_valid()
    response = pages.post("dates", DATES | {"first_year": "2031", "last_year": "2029"})

    assert (followed.cleaned_data["first_year"], followed.cleaned_data["last_year"]) == (2029, 2031)
    assert response.status_code == 422


def test_two_committees_come_filled_in_and_a_third_may_be_added(pages):
    at_dates(pages, "blank")
    pages.post("dates", DATES)
    typed = pages.committees() | {
        "committees-2-name": "Comité de soutien",
        "committees-2-acronym": "soutien",
        "committees-2-kind": "support",
    }

    pages.post("comites", typed | {"to": "stay"})

    form = pages.get("comites").context["form"]
    assert form.is_valid()
    assert [row["acronym"] for row in form.committees] == ["COTECH", "COPIL", "SOUTIEN"]
    assert len(form.rows.forms) == 4


def test_a_committee_that_is_emptied_or_declined_is_not_created(pages):
    at_dates(pages, "blank")
    pages.post("dates", DATES)
    typed = pages.committees() | {"committees-1-DELETE": "on"}
    for name in ("name", "acronym", "rhythm_min", "rhythm_max"):
        typed[f"committees-0-{name}"] = ""

    response = pages.post("comites", typed)

    assert response.url == pages.url("verification")
    assert pages.get("verification").context["summary"].committees == []


def test_two_committees_do_not_share_an_acronym(pages):
    at_dates(pages, "blank")
    pages.post("dates", DATES)

    response = pages.post("comites", pages.committees() | {"committees-1-acronym": "COTECH"})

    assert response.status_code == 422
    assert "Un comité porte déjà ce sigle." in text_of(response)


# --- the last page -----------------------------------------------------------------------------------


def test_the_last_page_says_whether_the_bid_is_eligible_without_stopping_it(pages):
    pages.to_review(population="250 000", pasted="")

    page = pages.get("verification")

    assert page.context["summary"].eligibility.verdict == "not_eligible"
    assert pages.post("verification").status_code == 302
    assert Candidacy.objects.get().population == 250_000


def test_everything_is_created_at_once(pages, lead):
    assert pages.to_review().url == pages.url("verification")
    assert not Candidacy.objects.exists()

    response = pages.post("verification")

    candidacy = Candidacy.objects.get()
    assert response.url == reverse("dossier:dashboard", args=["remonter-le-courant"])
    assert candidacy.public_id == pages.draft
    assert candidacy.memberships.get().user == lead
    assert candidacy.memberships.get().role == Membership.Role.LEAD
    assert candidacy.call.name == "Capitale française de la culture 2030"
    assert candidacy.criteria.count() == 8
    assert candidacy.sections.count() == 32
    assert candidacy.sections.get(key="vision").parent.key == "projet"
    assert list(candidacy.sections.get(key="synthese").criteria.values_list("code", flat=True)) == [
        "1",
        "3",
        "8",
    ]
    assert candidacy.phases.get(key="depot").planned_on == date(2028, 5, 12)
    assert not candidacy.phases.filter(actual_on__isnull=False).exists()
    assert list(candidacy.funding_plan.years) == [2029, 2030, 2031]
    territory = candidacy.territories.get()
    assert (territory.role, territory.population_total) == (Territory.Role.BEARER, 65_000)
    rhythms = candidacy.committees.values_list("acronym", "rhythm_min", "rhythm_max", "rhythm_period")
    assert sorted(rhythms) == [("COPIL", 1, 2, "quarter"), ("COTECH", 1, 2, "month")]
    cotech = Committee.objects.get(acronym="COTECH")
    assert sorted(cotech.reminder_rules.values_list("days_before", flat=True)) == [1, 7]


def test_sent_twice_it_founds_one_candidacy(pages):
    pages.to_review()
    session = pages.client.session
    drafts = session["foundings"]

    first = pages.post("verification")
    again = pages.post("verification")
    session = pages.client.session
    session["foundings"] = (
        drafts  # the second click of a double click reads the session before the first writes it
    )
    session.save()
    at_once = pages.post("verification")

    assert first.url == again.url == at_once.url
    assert Candidacy.objects.count() == 1
    assert Membership.objects.count() == 1


def test_an_address_taken_in_the_meantime_sends_back_to_its_step(pages):
    pages.to_review(slug="bourges")
    make_candidacy(slug="bourges")

    response = pages.post("verification")

    assert response.url == pages.url("porteur")
    assert Candidacy.objects.filter(title="Remonter le courant").count() == 0


def test_an_abandoned_draft_is_gone(pages):
    pages.begin()

    response = pages.client.post(reverse("dossier:candidacy-create-abandon", args=[pages.draft]))

    assert response.status_code == 302
    assert pages.get("porteur").status_code == 404


def test_the_oldest_draft_leaves_when_there_are_too_many(pages):
    pages.begin()
    oldest = pages.draft
    for _ in range(5):
        pages.begin()

    kept = pages.client.session["foundings"]
    assert len(kept) == 5
    assert str(oldest) not in kept
