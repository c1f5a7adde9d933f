"""Copies of call templates: what their maker changes, what never changes, and the founding on them."""

import re
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from candidacy.call_copies import template_of, templates_for
from candidacy.call_templates import CALLS_DIR, list_templates, load_template
from candidacy.models import CallTemplateCopy, Candidacy, Criterion
from candidacy.services.call_copies import Place, copy_template, move_entry, remove_entry, save_entry
from core.errors import DomainError
from tests.factories import make_call_copy, make_user

every_template = pytest.mark.parametrize("key", [template.key for template in list_templates()])


@pytest.fixture
def lead(client):
    user = make_user(may_found_candidacies=True)
    client.force_login(user)
    return user


@pytest.fixture
def copy(lead):
    return make_call_copy(by=lead)


def address(name, copy, *ids):
    return reverse(f"dossier:{name}", args=[copy.public_id, *ids])


def shown(client, url):
    form = client.get(url).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def current(copy):
    return template_of(CallTemplateCopy.objects.get(pk=copy.pk))


def keys(copy, name, naming="key"):
    return [getattr(row, naming) for row in getattr(current(copy), name)]


# --- copying ------------------------------------------------------------------------------------------------


@every_template
def test_a_copy_says_what_the_file_says(key):
    source = load_template(key)
    copied = template_of(make_call_copy(template=key))

    for name in (
        "criteria",
        "phases",
        "pieces",
        "sections",
        "sources",
        "prize_amount",
        "page_limit",
        "population_max",
        "name",
    ):
        assert getattr(copied, name) == getattr(source, name), name
    assert copied.title == f"{source.name} – copie"


def test_a_lead_copies_a_template_and_a_copy_and_finds_both(client, lead):
    first = client.post(reverse("dossier:call-template-copy", args=["blank"]))
    copy = CallTemplateCopy.objects.get()
    client.post(reverse("dossier:call-template-copy", args=["blank"]))
    client.post(reverse("dossier:call-template-copy", args=[copy.key]))

    page = client.get(reverse("dossier:call-template-list")).text

    assert first.url == address("call-copy-detail", copy)
    assert "Candidature sans appel – copie" in page
    assert "Candidature sans appel – copie 2" in page
    assert "Candidature sans appel – copie – copie" in page


def test_an_unknown_template_or_the_copy_of_somebody_else_cannot_be_copied(client, lead):
    for key in ("nothing", make_call_copy().key):
        assert client.post(reverse("dossier:call-template-copy", args=[key])).status_code == 404
    assert not CallTemplateCopy.objects.visible_to(lead).exists()


def test_the_page_of_a_file_shows_its_version_its_sources_and_what_is_not_confirmed(client, lead):
    page = client.get(reverse("dossier:call-template-detail", args=["ecoc-selection"])).text

    assert "liberec2028.eu" in page
    assert "lu au plus tard le" in page
    assert page.count("question confirmée") == 9
    assert page.count(">non confirmé<") >= 31
    assert "Invites de travail, non confirmées" in page
    assert "Modifier" not in page


# --- editing ------------------------------------------------------------------------------------------------

NEW_ROWS = {
    "criteres": ({"code": "9", "title": "Écologie", "prompts": "Quoi ?\r\n\r\nComment ?"}, "criteria"),
    "etapes": ({"name": "Oral", "planned_on": "2029-05-02", "planned_label": ""}, "phases"),
    "pieces": ({"name": "Lettre du maire", "is_required": "on", "phase": "depot"}, "pieces"),
    "sections": (
        {
            "title": "Écologie",
            "parent": "projet",
            "kind": "text",
            "questions": "Quels effets ?\r\nQui les mesure ?",
            "limit_value": "300",
            "limit_unit": "words",
            "criteria": ["1", "8"],
            "phase": "depot",
        },
        "sections",
    ),
}


@pytest.mark.parametrize("kind", NEW_ROWS)
def test_a_row_is_added_at_the_end_of_its_list(client, copy, kind):
    typed, name = NEW_ROWS[kind]
    url = address("call-copy-entry-create", copy, kind)

    response = client.post(url, shown(client, url) | typed)

    assert response.url == f"{address('call-copy-detail', copy)}#{kind}"
    row = getattr(current(copy), name)[-1]
    expected = {
        "criteres": {
            "code": "9",
            "title": "Écologie",
            "prompts": ("Quoi ?", "Comment ?"),
            "is_official": False,
        },
        "etapes": {"key": "oral", "name": "Oral"},
        "pieces": {"key": "lettre-du-maire", "phase": "depot", "is_required": True, "is_confirmed": False},
        "sections": {
            "key": "ecologie",
            "parent": "projet",
            "questions": ("Quels effets ?", "Qui les mesure ?"),
            "limit_value": 300,
            "criteria": ("1", "8"),
        },
    }[kind]
    assert {field: getattr(row, field) for field in expected} == expected
    assert current(copy).version == copy.version + 1


@pytest.mark.parametrize(
    ("kind", "key", "typed", "expected"),
    [
        (
            "criteres",
            "1",
            {"title": "Nouveauté", "is_official": ""},
            {"title": "Nouveauté", "is_official": False},
        ),
        ("etapes", "depot", {"name": "Remise"}, {"name": "Remise"}),
        ("pieces", "synthese", {"name": "Résumé"}, {"name": "Résumé"}),
        (
            "sections",
            "vision",
            {"title": "L’idée", "limit_value": ""},
            {"title": "L’idée", "limit_value": None},
        ),
    ],
)
def test_a_row_is_changed_and_the_others_are_not(client, copy, kind, key, typed, expected):
    naming, name = ("code", "criteria") if kind == "criteres" else ("key", NEW_ROWS[kind][1])
    before = {getattr(row, naming): row for row in getattr(template_of(copy), name)}
    url = address("call-copy-entry-edit", copy, kind, key)
    posted = {field: value for field, value in (shown(client, url) | typed).items() if value != ""}

    assert client.post(url, posted).status_code == 302

    after = {getattr(row, naming): row for row in getattr(current(copy), name)}
    row = after.pop(key)
    before.pop(key)
    assert {field: getattr(row, field) for field in expected} == expected
    assert after == before


def test_the_rules_are_changed_as_people_type_them(client, copy):
    url = address("call-copy-rules", copy)
    typed = {
        "label": "CFC 2028",
        "name": "Capitale française de la culture 2028",
        "title_year": "2028",
        "population_min": "10 000",
        "population_max": "",
        "prize_amount": "1 500 000,50",
        "page_limit": "60",
    }
    posted = {field: value for field, value in (shown(client, url) | typed).items() if value != ""}

    assert client.post(url, posted).status_code == 302

    template = current(copy)
    assert (template.title, template.name) == ("CFC 2028", "Capitale française de la culture 2028")
    assert (template.title_year, template.population_min, template.population_max) == (2028, 10_000, None)
    assert str(template.prize_amount) == "1500000.50"
    assert template.page_limit == 60
    assert "60 au plus" in client.get(address("call-copy-detail", copy)).text
    assert "1 500 000,50" in re.sub(r"\s", " ", client.get(url).text)


def test_a_dossier_of_no_page_is_no_rule(client, copy):
    url = address("call-copy-rules", copy)
    posted = {
        field: value for field, value in (shown(client, url) | {"page_limit": "0"}).items() if value != ""
    }

    assert client.post(url, posted).status_code == 422
    assert current(copy).page_limit is None


def test_the_order_of_the_criteria_and_of_the_sections_of_a_part_is_changed(client, copy):
    client.post(address("call-copy-entry-move", copy, "criteres", "3"), {"direction": "up"})
    client.post(address("call-copy-entry-move", copy, "criteres", "1"), {"direction": "up"})
    client.post(address("call-copy-entry-move", copy, "sections", "projet"), {"direction": "up"})
    client.post(address("call-copy-entry-move", copy, "sections", "axes"), {"direction": "up"})

    assert keys(copy, "criteria", "code") == list("13245678")
    sections = current(copy).sections
    assert [row.key for row in sections if not row.parent][:2] == ["projet", "territoire"]
    assert [row.key for row in sections if row.parent == "projet"][:2] == ["axes", "vision"]


def test_a_criterion_that_changes_number_keeps_its_sections_and_one_that_leaves_goes_from_them(copy):
    save_entry(copy=copy, place=Place("criteria", "1"), entry={"code": "A"})
    assert next(row for row in current(copy).sections if row.key == "vision").criteria == ("A",)

    remove_entry(copy=copy, place=Place("criteria", "A"))
    assert next(row for row in current(copy).sections if row.key == "vision").criteria == ()


def test_a_phase_that_leaves_goes_from_its_pieces_and_sections(copy):
    remove_entry(copy=copy, place=Place("phases", "depot"))

    template = current(copy)
    assert "depot" not in {row.phase for row in (*template.pieces, *template.sections)}


@pytest.mark.parametrize(
    ("kind", "key", "typed", "words"),
    [
        ("criteres", "1", {"code": "2"}, "Le numéro 2 est déjà pris"),
        ("criteres", "1", {"code": "2 bis/x"}, "sans espace"),
        ("criteres", "1", {"title": "x" * 201}, "200"),
        ("etapes", "depot", {"planned_on": "2029-13-40"}, "date valide"),
        ("pieces", "synthese", {"phase": "ailleurs"}, "choix valide"),
        ("sections", "vision", {"limit_value": "0"}, "doit être positive"),
        ("sections", "vision", {"criteria": ["99"]}, "choix valide"),
        ("sections", "vision", {"kind": "tableau"}, "choix valide"),
        ("sections", "projet", {"parent": "territoire"}, "Le plan a deux niveaux"),
    ],
)
def test_bad_input_is_told_in_french_and_nothing_typed_is_lost(client, copy, kind, key, typed, words):
    name = "name" if kind in {"etapes", "pieces"} else "brief" if kind == "sections" else "prompts"
    url = address("call-copy-entry-edit", copy, kind, key)
    before = CallTemplateCopy.objects.get().content

    response = client.post(url, shown(client, url) | {name: "Ce que j’ai écrit"} | typed)

    assert response.status_code == 422
    assert words in re.sub(r"\s", " ", response.text)
    assert "Ce que j’ai écrit" in response.text
    assert CallTemplateCopy.objects.get().content == before


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"population_min": "300 000"}, "dépasse la population maximale"),
        ({"title_year": "1200"}, "1985"),
        ({"prize_amount": "beaucoup"}, "nombre"),
        ({"label": "Déjà là"}, "Vous avez déjà un modèle de ce nom"),
    ],
)
def test_bad_rules_are_told_in_french(client, lead, copy, typed, words):
    other = make_call_copy(by=lead, template="blank")
    CallTemplateCopy.objects.filter(pk=other.pk).update(name="Déjà là")
    url = address("call-copy-rules", copy)

    response = client.post(url, shown(client, url) | {"authority": "Ma saisie"} | typed)

    assert response.status_code == 422
    assert words in response.text
    assert "Ma saisie" in response.text


def test_a_part_with_sections_and_the_last_section_stay(client, lead, copy):
    response = client.post(address("call-copy-entry-remove", copy, "sections", "projet"), follow=True)
    assert "Cette partie contient des sections" in response.text

    blank = make_call_copy(by=lead, template="blank")
    *others, last = keys(blank, "sections")
    for key in others:
        remove_entry(copy=blank, place=Place("sections", key))
    with pytest.raises(DomainError, match="au moins une section"):
        remove_entry(copy=blank, place=Place("sections", last))


def test_two_windows_on_one_row_do_not_overwrite_each_other(client, copy):
    url = address("call-copy-entry-edit", copy, "criteres", "1")
    first = shown(client, url)
    client.post(url, first | {"title": "La première"})

    late = client.post(url, first | {"title": "La seconde"})

    assert late.status_code == 409
    assert "a changé dans une autre fenêtre" in late.text
    assert "La seconde" in late.text
    assert current(copy).criteria[0].title == "La première"
    again = client.post(url, first | {"title": "La seconde", "seen": late.context["form"].data["seen"]})
    assert again.status_code == 302
    assert current(copy).criteria[0].title == "La seconde"


def test_two_windows_on_the_rules_do_not_overwrite_each_other(client, copy):
    url = address("call-copy-rules", copy)
    first = shown(client, url)
    client.post(url, first | {"authority": "La première"})

    late = client.post(url, first | {"authority": "La seconde"})

    assert late.status_code == 409
    assert current(copy).authority == "La première"
    again = client.post(url, first | {"authority": "La seconde", "seen": late.context["form"].data["seen"]})
    assert again.status_code == 302


@pytest.mark.parametrize("name", ["call-copy-entry-edit", "call-copy-entry-move", "call-copy-entry-remove"])
def test_a_list_or_a_row_that_does_not_exist_is_not_found(client, copy, name):
    for kind, key in (("criteres", "99"), ("tables", "1")):
        assert client.post(address(name, copy, kind, key), {"direction": "up"}).status_code == 404


@pytest.mark.parametrize("public_id", [None, uuid4()])
def test_the_copy_of_another_lead_does_not_exist(client, lead, public_id):
    foreign = make_call_copy()
    wanted = public_id or foreign.public_id
    for name, more in (
        ("call-copy-rules", ()),
        ("call-copy-remove", ()),
        ("call-copy-entry-edit", ("criteres", "1")),
        ("call-copy-entry-move", ("criteres", "1")),
        ("call-copy-entry-remove", ("criteres", "1")),
    ):
        assert client.post(reverse(f"dossier:{name}", args=[wanted, *more])).status_code == 404
    assert CallTemplateCopy.objects.get().content == foreign.content


# --- what never changes, and founding -------------------------------------------------------------------------


def test_the_shipped_files_never_change(copy):
    before = {path.name: path.read_bytes() for path in CALLS_DIR.iterdir()}
    shipped = load_template("cfc-2024")

    save_entry(copy=copy, place=Place("criteria", "1"), entry={"title": "Autre"})
    move_entry(copy=copy, place=Place("criteria", "1"), step=1)
    remove_entry(copy=copy, place=Place("pieces", "synthese"))

    assert {path.name: path.read_bytes() for path in CALLS_DIR.iterdir()} == before
    assert load_template("cfc-2024") == shipped
    assert shipped.criteria[0].title == "Innovation artistique et culturelle"


def begin(client, key):
    response = client.post("/candidatures/nouvelle/", {"template": key})
    return UUID(response.url.split("/")[3])


def go_through(client, draft):
    steps = {
        "porteur": {
            "title": "Remonter",
            "bearer_name": "Ville de Bourges",
            "bearer_kind": "commune",
            "population_kind": "municipal",
            "time_zone": "Europe/Paris",
        },
        "territoires": {},
        "dates": {"title_year": "2030"},
        "comites": {"committees-TOTAL_FORMS": "0", "committees-INITIAL_FORMS": "0"},
    }
    for step, typed in steps.items():
        client.post(f"/candidatures/nouvelle/{draft}/{step}/", typed)


def test_a_copy_is_offered_to_its_maker_alone_and_founds_a_candidacy_that_it_no_longer_touches(
    client, lead, copy
):
    save_entry(copy=copy, place=Place("criteria", "1"), entry={"title": "Nouveauté"})
    foreign = make_call_copy()
    page = client.get("/candidatures/nouvelle/").text
    assert copy.key in page
    assert "votre copie" in page
    assert foreign.key not in page
    assert client.post("/candidatures/nouvelle/", {"template": foreign.key}).status_code == 422

    draft = begin(client, copy.key)
    go_through(client, draft)
    client.post(f"/candidatures/nouvelle/{draft}/verification/")
    candidacy = Candidacy.objects.get(public_id=draft)
    assert (candidacy.call.template_key, candidacy.call.template_version) == (copy.key, 2)
    assert candidacy.criteria.get(code="1").title == "Nouveauté"
    assert candidacy.sections.count() == 32

    save_entry(copy=copy, place=Place("criteria", "1"), entry={"title": "Encore autre chose"})
    client.post(address("call-copy-remove", copy))

    assert not CallTemplateCopy.objects.filter(pk=copy.pk).exists()
    assert Criterion.objects.get(candidacy=candidacy, code="1").title == "Nouveauté"


def test_a_founding_under_way_whose_copy_is_gone_asks_for_another_call(client, copy):
    draft = begin(client, copy.key)
    go_through(client, draft)
    copy.delete()

    response = client.get(f"/candidatures/nouvelle/{draft}/verification/", follow=True)

    assert response.redirect_chain[-1][0].endswith("/appel/")
    assert response.status_code == 200


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_any_number_of_copies(client, lead, count, django_assert_num_queries):
    for _ in range(count):
        copy_template(template=load_template("blank"), by=lead)

    # Session, user, memberships where the account may not found by itself; copies.
    with django_assert_num_queries(3):
        client.get(reverse("dossier:call-template-list"))
    assert len(templates_for(lead)) == count + len(list_templates())
