from datetime import date
from decimal import Decimal

import pytest

from candidacy.call_templates import CallTemplateError, list_templates, load_template, read_template
from dossier.models import Section

SECTION = '[[sections]]\nkey = "projet"\ntitle = "Le projet"\n'


def template_file(tmp_path, text, name="essai"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    return path


def a_text(body=SECTION, **fields):
    head = {"key": '"essai"', "version": "1", "name": '"Essai"'} | fields
    return "".join(f"{name} = {value}\n" for name, value in head.items() if value) + body


def test_the_three_calls_are_there_and_the_one_without_a_call_comes_last():
    assert [template.key for template in list_templates()] == ["ecoc-preselection", "cfc-2024", "blank"]


def test_the_french_capital_of_2024_has_its_eight_official_criteria_and_its_limits():
    template = load_template("cfc-2024")

    assert [criterion.code for criterion in template.criteria] == list("12345678")
    assert all(criterion.is_official and criterion.prompts for criterion in template.criteria)
    assert (template.population_min, template.population_max) == (20_000, 200_000)
    assert not template.is_population_kind_confirmed
    assert template.prize_amount == Decimal(1_000_000)
    deposit = next(phase for phase in template.phases if phase.key == "depot")
    assert deposit.planned_on == date(2022, 5, 14)


def test_the_blank_template_needs_no_more_than_an_outline():
    template = load_template("blank")

    assert template.criteria == ()
    assert template.population_min is None
    assert template.title_year is None
    assert template.sections


@pytest.mark.parametrize("template", list_templates(), ids=lambda template: template.key)
def test_the_dossier_knows_the_words_that_templates_use_of_sections(template):
    assert {section.kind for section in template.sections} <= set(Section.Kind.values)
    assert {section.limit_unit for section in template.sections} <= set(Section.LimitUnit.values)


@pytest.mark.parametrize("key", ["", "../blank", "cfc-2024.toml", "CFC-2024"])
def test_a_template_that_is_not_listed_cannot_be_loaded(key):
    with pytest.raises(CallTemplateError):
        load_template(key)


def test_a_template_is_read_with_what_it_says_and_defaults_for_the_rest(tmp_path):
    template = read_template(template_file(tmp_path, a_text()))

    assert (template.key, template.version, template.name) == ("essai", 1, "Essai")
    assert template.sections[0].limit_unit == "words"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("key = ", "essai.toml"),
        (a_text(name=""), "name"),
        (a_text(colour='"red"'), "colour"),
        (a_text(key='"autre"'), "autre"),
        (a_text(body=""), "no section"),
        (a_text(body=SECTION + SECTION), "comes twice"),
        (a_text(population_min="3", population_max="2"), "above population_max"),
        (a_text(body=SECTION + 'phase = "depot"\n'), "depot"),
        (a_text(body=SECTION + 'criteria = ["1"]\n'), "criterion '1'"),
        (a_text(body=SECTION + 'parent = "ailleurs"\n'), "ailleurs"),
        (
            a_text(
                body=SECTION
                + '[[sections]]\nkey = "a"\ntitle = "A"\nparent = "projet"\n'
                + '[[sections]]\nkey = "b"\ntitle = "B"\nparent = "a"\n'
            ),
            "part 'a'",
        ),
        (a_text(body=SECTION + '[[pieces]]\nkey = "p"\nname = "P"\nphase = "depot"\n'), "piece p"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_by_name(tmp_path, text, words):
    with pytest.raises(CallTemplateError, match="essai") as refusal:
        read_template(template_file(tmp_path, text))

    assert words in str(refusal.value)
