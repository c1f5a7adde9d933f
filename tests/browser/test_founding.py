"""Founding a candidacy, from the choice of the call to the outline in place."""

from django.urls import reverse

from candidacy.models import Candidacy
from tests.factories import make_user

PASSWORD = "une-phrase-assez-longue"


def go_on(page):
    page.locator(".founding-buttons").get_by_role("button", name="Continuer").click()


def test_a_lead_founds_a_candidacy_and_finds_its_outline_in_place(visit):
    lead = make_user(email="camille@exemple.example", password=PASSWORD, may_found_candidacies=True)
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(reverse("candidacy:home"))
    page.get_by_role("link", name="Préparer une candidature").click()

    page.get_by_role("heading", name="Préparer une candidature").wait_for()
    trouble = visitor.look_wide_and_narrow("founding-call")
    page.get_by_label("Capitale française de la culture 2024").check()
    page.get_by_role("button", name="Continuer").click()

    page.wait_for_url("**/porteur/")
    trouble += visitor.look_wide_and_narrow("founding-bearer-empty")
    go_on(page)
    assert page.locator(".invalid-feedback").first.is_visible()
    trouble += visitor.look_wide_and_narrow("founding-bearer-refused")
    for name, value in {
        "title": "Remonter le courant",
        "bearer_name": "Ville de Bourges",
        "bearer_siren": "211 800 339",
        "population": "63 702",
        "population_source": "Insee",
        "population_on": "2024-01-01",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=bearer_kind]").select_option("commune")
    go_on(page)

    page.wait_for_url("**/territoires/")
    page.get_by_label("Coller une liste").fill("18033;Bourges;211800339;63702;65000\n18279;Vierzon;;25000")
    page.get_by_label("Source des populations").fill("Insee")
    page.get_by_label("Populations au").fill("2024-01-01")
    page.get_by_role("button", name="Mettre la liste à jour").click()
    page.get_by_role("rowheader", name="Vierzon").wait_for()
    trouble += visitor.look_wide_and_narrow("founding-territories")
    go_on(page)

    page.wait_for_url("**/dates/")
    page.get_by_label("Année du titre").fill("2040")
    page.get_by_label("Date de dépôt").fill("2038-05-12")
    trouble += visitor.look_wide_and_narrow("founding-dates")
    go_on(page)

    page.wait_for_url("**/comites/")
    trouble += visitor.look_wide_and_narrow("founding-committees")
    go_on(page)

    page.wait_for_url("**/verification/")
    assert page.get_by_text("32 sections à écrire").is_visible()
    assert not Candidacy.objects.exists()
    trouble += visitor.look_wide_and_narrow("founding-review")
    page.get_by_role("button", name="Créer la candidature").click()

    candidacy_url = reverse("dossier:dashboard", args=["remonter-le-courant"])
    page.wait_for_url("**" + candidacy_url)
    trouble += visitor.look_wide_and_narrow("founding-dashboard")
    page.get_by_role("navigation").get_by_role("link", name="Dossier").first.click()
    page.get_by_role("heading", name="Le dossier de candidature").wait_for()
    candidacy = Candidacy.objects.get()
    titles = list(candidacy.sections.values_list("title", flat=True))
    assert len(titles) == 32
    outline = page.locator("main").inner_text()
    assert [title for title in titles if title not in outline] == []
    trouble += visitor.look_wide_and_narrow("founding-outline")

    assert trouble == []
