from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from candidacy.call_templates import list_templates, load_template
from candidacy.models import Call, Candidacy, Membership, Territory
from committees.models import Committee
from core.errors import DomainError
from dossier.founding import CommitteeEntry, PhaseDates, Surroundings, found_candidacy
from dossier.models import Section
from tests.factories import make_candidacy, make_user


def found(template="cfc-2024", plan_years=(2029, 2031), **fields):
    surroundings = {
        name: fields.pop(name) for name in ("territories", "phases", "committees") if name in fields
    }
    fields = {
        "founder": make_user(),
        "title": "Remonter le courant",
        "title_year": 2030,
        "bearer_name": "Ville de Bourges",
        "bearer_kind": Candidacy.BearerKind.COMMUNE,
    } | fields
    return found_candidacy(
        template=load_template(template),
        surroundings=Surroundings(plan_years=plan_years, **surroundings),
        **fields,
    )


def test_the_outline_of_the_template_is_laid_in_two_levels_in_its_order():
    candidacy = found()

    rows = candidacy.sections.in_outline_order()
    assert [row.key for row in rows] == [row.key for row in load_template("cfc-2024").sections]
    vision = rows.get(key="vision")
    assert (vision.parent.key, vision.limit_value, vision.limit_unit) == ("projet", 600, "words")
    assert vision.brief
    assert [criterion.code for criterion in vision.criteria.all()] == ["1"]
    assert set(rows.values_list("status", flat=True)) == {Section.Status.ORDERED}


@pytest.mark.parametrize("template", [template.key for template in list_templates()])
def test_every_template_founds_a_candidacy(template):
    candidacy = found(template)

    source = load_template(template)
    assert candidacy.sections.count() == len(source.sections)
    assert candidacy.criteria.count() == len(source.criteria)
    assert candidacy.pieces.count() == len(source.pieces)


def test_dates_of_another_edition_are_not_those_of_the_bid():
    dates = {
        "depot": PhaseDates(planned_on=date(2028, 5, 12)),
        "audition": PhaseDates(planned_label="automne"),
    }

    candidacy = found(phases=dates)

    known = {phase.key: phase for phase in candidacy.phases.all()}
    assert known["depot"].planned_on == date(2028, 5, 12)
    assert known["audition"].planned_label == "automne"
    assert known["designation"].planned_label == ""
    assert known["annee"].planned_on is None
    assert [phase for phase in known.values() if phase.actual_on] == []


def test_dates_of_the_very_edition_are_kept():
    candidacy = found(title_year=2024, plan_years=(2023, 2025))

    known = {phase.key: phase for phase in candidacy.phases.all()}
    assert known["projet-detaille"].planned_on == date(2022, 10, 21)
    assert known["preselection"].actual_on == date(2022, 7, 20)
    assert candidacy.call.name == "Capitale française de la culture 2024"


def test_one_identifier_founds_one_candidacy():
    key = uuid4()
    founder = make_user()

    first = found(public_id=key, founder=founder)
    again = found(public_id=key, founder=founder)

    assert again == first
    assert Candidacy.objects.count() == 1
    assert Membership.objects.count() == 1


def test_a_founding_that_fails_leaves_nothing():
    committee = CommitteeEntry(fields={"name": "Comité", "acronym": "pas en capitales", "kind": "other"})

    with pytest.raises(ValidationError):
        found(committees=[committee])

    for model in (Candidacy, Call, Section, Membership, Committee):
        assert not model.objects.exists()


def test_a_commune_is_named_once():
    bourges = {"insee_code": "18033", "name": "Bourges"}

    with pytest.raises(DomainError, match="18033 est donné deux fois"):
        found(territories=[bourges, bourges])

    assert not Territory.objects.exists()


def test_the_public_holidays_are_first_those_of_the_commune_that_bids():
    territories = [
        {"name": "Nancy", "insee_code": "54395", "role": "associated"},
        {"name": "Metz", "insee_code": "57463", "role": "bearer"},
    ]

    assert found(territories=territories).holiday_region == "57"


def test_an_address_that_is_taken_is_refused():
    make_candidacy(slug="bourges")

    with pytest.raises(ValidationError):
        found(slug="bourges")

    assert Candidacy.objects.count() == 1
