import pytest

from candidacy.call_templates import load_template
from candidacy.models import Call, Candidacy, Membership
from candidacy.services.founding import apply_template, create_candidacy
from core.errors import DomainError
from tests.factories import make_candidacy, make_user


def found(**fields):
    fields.setdefault("founder", make_user())
    fields.setdefault("template", load_template("cfc-2024"))
    fields.setdefault("title", "Lens-Liévin 2030")
    fields.setdefault("title_year", 2030)
    fields.setdefault("bearer_name", "Ville de Lens")
    fields.setdefault("bearer_kind", Candidacy.BearerKind.COMMUNE)
    return create_candidacy(**fields)


def test_a_new_candidacy_has_its_founder_as_lead_and_the_rules_of_its_call():
    founder = make_user()

    candidacy = found(founder=founder)

    assert candidacy.slug == "lens-lievin-2030"
    assert list(candidacy.memberships.values_list("user", "role")) == [(founder.pk, Membership.Role.LEAD)]
    assert candidacy.call.template_key == "cfc-2024"
    assert candidacy.call.population_max == 200_000
    assert list(candidacy.criteria.values_list("code", flat=True)) == list("12345678")
    assert candidacy.criteria.get(code="5").title == "Accessibilité"
    assert list(candidacy.phases.values_list("key", flat=True))[:2] == ["appel", "depot"]
    assert candidacy.pieces.get(key="formulaire").phase == candidacy.phases.get(key="depot")
    assert candidacy.pieces.get(key="formulaire").is_confirmed


def test_two_candidacies_of_one_title_get_two_addresses():
    slugs = [found().slug for _ in range(3)]

    assert slugs == ["lens-lievin-2030", "lens-lievin-2030-2", "lens-lievin-2030-3"]


def test_a_title_without_a_latin_letter_still_has_an_address():
    assert found(title="文化").slug == "candidature"


def test_a_candidacy_has_one_call():
    candidacy = make_candidacy()

    with pytest.raises(DomainError):
        apply_template(candidacy=candidacy, template=load_template("blank"))

    assert Call.objects.get(candidacy=candidacy).name == "Appel libre"


def test_a_blank_template_leaves_criteria_to_be_written():
    candidacy = found(template=load_template("blank"))

    assert not candidacy.criteria.exists()
    assert candidacy.phases.count() == 3


def test_the_pages_that_the_call_allows_come_with_its_rules():
    assert found(template=load_template("ecoc-preselection")).call.page_limit == 60
    assert found(template=load_template("cfc-2024")).call.page_limit is None
