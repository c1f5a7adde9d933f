import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.errors import DomainError, StaleRevisionError
from core.staleness import fingerprint
from partners.duplicates import find_twins
from partners.models import Organisation
from partners.services.organisations import (
    change_organisation,
    change_stage,
    create_organisation,
    remove_organisation,
)
from tests.factories import (
    make_candidacy,
    make_contact,
    make_income_line,
    make_organisation,
    make_plan,
    make_section,
    make_territory,
)

LENS, LIEVIN = "216204982", "216205104"
LENS_SIRET = f"{LENS}00013"
Stage = Organisation.Stage


def create(candidacy=None, **fields):
    fields.setdefault("name", "Culture Commune")
    fields.setdefault("kind", Organisation.Kind.CULTURAL_VENUE)
    return create_organisation(candidacy=candidacy or make_candidacy(), fields=fields)


def test_the_siren_comes_with_the_siret():
    assert create(siret=LENS_SIRET).siren == LENS


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"siren": "21620498"}, "neuf chiffres"),
        ({"siren": "21620498A"}, "neuf chiffres"),
        ({"siren": "216204983"}, "clé de contrôle"),
        ({"siret": "2162049820001"}, "quatorze chiffres"),
        ({"siret": f"{LENS}00014"}, "clé de contrôle"),
        ({"siren": LIEVIN, "siret": LENS_SIRET}, "ne vont pas ensemble"),
    ],
)
def test_a_number_that_is_wrong_is_refused_and_says_how(numbers, words):
    with pytest.raises(ValidationError, match=words):
        create(**numbers)

    assert not Organisation.objects.exists()


def test_the_post_office_keeps_its_own_rule():
    assert create(siret="35600000049837").siren == "356000000"


def test_a_name_comes_once_in_a_candidacy():
    candidacy = make_candidacy()
    create(candidacy)
    create(make_candidacy())

    with pytest.raises(ValidationError, match="porte déjà ce nom"):
        create(candidacy)


def test_the_same_form_sent_twice_makes_one_sheet():
    candidacy = make_candidacy()
    public_id = uuid.uuid4()
    fields = {"name": "Culture Commune", "kind": Organisation.Kind.ASSOCIATION}

    rows = [create_organisation(candidacy=candidacy, fields=fields, public_id=public_id) for _ in range(2)]

    assert rows[0] == rows[1]
    assert rows[0].public_id == public_id


def test_a_commune_of_another_candidacy_is_refused():
    with pytest.raises(DomainError):
        create(territory=make_territory())

    organisation = make_organisation()
    with pytest.raises(DomainError):
        change_organisation(organisation=organisation, fields={"territory": make_territory()})


def test_a_sheet_that_starts_further_on_is_dated():
    assert create(stage=Stage.MET).stage_changed_on == timezone.localdate()
    assert create(stage=Stage.IDENTIFIED).stage_changed_on is None


def test_words_are_found_and_sorted_without_accents():
    candidacy = make_candidacy()
    for name in ("Zénith", "École d’art", "Atelier"):
        create(candidacy, name=name)
    organisation = candidacy.organisations.get(name="École d’art")

    in_order = candidacy.organisations.order_by("search_text").values_list("name", flat=True)
    assert list(in_order) == ["Atelier", "École d’art", "Zénith"]

    change_organisation(organisation=organisation, fields={"name": "Îlot d’art", "role": "Résidence"})
    assert Organisation.objects.matching("ILOT residence").get() == organisation
    assert not Organisation.objects.matching("ecole").exists()


def test_words_are_looked_for_in_the_contacts_too_all_of_them():
    organisation = make_organisation(name="Le Colisée")
    make_contact(organisation=organisation, first_name="Léa", last_name="Fontaine", job_title="Directrice")
    make_organisation(name="Le Colisée bis")

    assert Organisation.objects.matching("colisee fontaine").get() == organisation
    assert not Organisation.objects.matching("colisee durand").exists()


# --- stages ------------------------------------------------------------------------------------------


def test_a_stage_is_noted_with_its_day_and_kept_in_the_history():
    organisation = make_organisation()
    day = timezone.localdate() - timedelta(days=3)

    change_stage(organisation=organisation, stage=Stage.COMMITTED, on=day)

    organisation.refresh_from_db()
    assert (organisation.stage, organisation.stage_changed_on) == (Stage.COMMITTED, day)
    assert organisation.history.count() == 2


def test_a_stage_said_twice_is_noted_once():
    organisation = make_organisation()

    for _ in range(2):
        change_stage(organisation=organisation, stage=Stage.MET, on=timezone.localdate())

    assert organisation.history.count() == 2


def test_a_stage_to_come_is_refused_and_so_is_one_that_does_not_exist():
    organisation = make_organisation()

    with pytest.raises(DomainError, match="à venir"):
        change_stage(organisation=organisation, stage=Stage.MET, on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(ValidationError):
        change_stage(organisation=organisation, stage="friend", on=timezone.localdate())

    organisation.refresh_from_db()
    assert organisation.stage == Stage.IDENTIFIED


def test_today_is_the_candidacys(time_machine):
    organisation = make_organisation(candidacy=make_candidacy(time_zone="Pacific/Noumea"))
    time_machine.move_to("2029-03-14T20:00:00Z")  # already the fifteenth in Nouméa

    change_stage(organisation=organisation, stage=Stage.MET, on=date(2029, 3, 15))

    organisation.refresh_from_db()
    assert organisation.stage_changed_on == date(2029, 3, 15)


# --- two people --------------------------------------------------------------------------------------


def test_who_saves_second_is_told_where_the_same_field_was_shown():
    organisation = make_organisation(address="rue Haute")
    seen = fingerprint(organisation, ["address", "website"])
    change_organisation(organisation=organisation, fields={"address": "rue Basse"})

    with pytest.raises(StaleRevisionError):
        change_organisation(
            organisation=organisation, fields={"address": "place Verte", "website": ""}, seen=seen
        )

    organisation.refresh_from_db()
    assert organisation.address == "rue Basse"


def test_who_changes_other_fields_stands_in_nobodys_way():
    organisation = make_organisation()
    seen = fingerprint(organisation, ["address", "website"])
    change_organisation(organisation=organisation, fields={"notes": "À rappeler."})

    change_organisation(
        organisation=organisation, fields={"address": "place Verte", "website": ""}, seen=seen
    )

    organisation.refresh_from_db()
    assert (organisation.address, organisation.notes) == ("place Verte", "À rappeler.")


# --- removal -----------------------------------------------------------------------------------------


def test_a_sheet_made_by_mistake_goes():
    organisation = make_organisation()

    remove_organisation(organisation=organisation)

    assert not Organisation.objects.exists()


def attach_contact(organisation):
    make_contact(organisation=organisation)


def attach_section(organisation):
    make_section(candidacy=organisation.candidacy, organisation=organisation)


def attach_funding(organisation):
    make_income_line(plan=make_plan(candidacy=organisation.candidacy), funder=organisation)


@pytest.mark.parametrize(
    ("attach", "words"),
    [(attach_contact, "1 contact"), (attach_section, "1 section"), (attach_funding, "1 ")],
)
def test_a_sheet_that_something_holds_to_stays(attach, words):
    organisation = make_organisation(name="Euralens")
    attach(organisation)

    with pytest.raises(DomainError, match=words):
        remove_organisation(organisation=organisation)

    assert Organisation.objects.filter(pk=organisation.pk).exists()


# --- duplicates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "typed", "is_twin"),
    [
        ("Culture Commune", "culture commune", True),
        ("Musée du Louvre-Lens", "Musee Louvre Lens", True),
        ("Ville de Lens", "Mairie de Lens", True),
        ("Association Les Tambours du Pont", "Les Tambours du Pont", True),
        ("Radio Galibot", "Radio Gallibot", True),
        ("Ville de Lens", "Ville de Liévin", False),
        ("Ville de Lens", "Musée de Lens", False),
        ("Le Colisée", "Le Métaphone", False),
        ("Ville", "Commune", False),
    ],
)
def test_a_name_that_looks_like_another_is_pointed_out(known, typed, is_twin):
    organisation = make_organisation(name=known)
    make_organisation(name=typed)  # the same name elsewhere is no twin

    twins = find_twins(organisation.candidacy, name=typed)

    assert [twin.name for twin in twins] == ([known] if is_twin else [])


def test_a_short_name_counts_as_a_name():
    organisation = make_organisation(name="Communauté d’agglomération de Lens-Liévin", short_name="CALL")

    assert [twin.public_id for twin in find_twins(organisation.candidacy, name="Call")] == [
        organisation.public_id
    ]


@pytest.mark.parametrize("numbers", [{"siren": LENS}, {"siret": LENS_SIRET}])
def test_one_number_points_to_its_sheets_first(numbers):
    candidacy = make_candidacy()
    make_organisation(candidacy=candidacy, name="Le Colisée", siren=LIEVIN)
    make_organisation(candidacy=candidacy, name="Ville de Lens", siren=LENS)

    twins = find_twins(candidacy, name="Colisée (Le)", **numbers)

    assert [(twin.name, twin.same_number) for twin in twins] == [
        ("Ville de Lens", True),
        ("Le Colisée", False),
    ]
