import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from candidacy.call_templates import (
    CALLS_DIR,
    CallTemplateError,
    list_templates,
    load_template,
    read_template,
)
from dossier.models import Section

every_file = pytest.mark.parametrize("template", list_templates(), ids=lambda template: template.key)
SECTION = '[[sections]]\nkey = "projet"\ntitle = "Le projet"\n'


def template_file(tmp_path, text, name="essai"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    return path


def a_text(body=SECTION, **fields):
    head = {"key": '"essai"', "version": "1", "name": '"Essai"'} | fields
    return "".join(f"{name} = {value}\n" for name, value in head.items() if value) + body


def test_the_calls_are_there_and_the_one_without_a_call_comes_last():
    assert [template.key for template in list_templates()] == [
        "ecoc-preselection",
        "ecoc-selection",
        "cfc-2024",
        "london-borough",
        "blank",
    ]


@every_file
def test_a_call_that_speaks_of_english_says_that_the_application_prints_in_french(template):
    assert template.language == "fr"
    if "anglais" in " ".join([template.description, *(piece.name for piece in template.pieces)]):
        assert "le PDF se déclare en français" in template.description


def test_the_calls_that_want_english_are_these():
    assert [template.key for template in list_templates() if "anglais" in template.description] == [
        "ecoc-preselection",
        "ecoc-selection",
        "london-borough",
    ]


def test_the_french_capital_of_2024_has_its_eight_official_criteria_and_its_limits():
    template = load_template("cfc-2024")

    assert [criterion.code for criterion in template.criteria] == list("12345678")
    assert all(criterion.is_official and criterion.prompts for criterion in template.criteria)
    assert (template.population_min, template.population_max) == (20_000, 200_000)
    assert not template.is_population_kind_confirmed
    assert template.prize_amount == Decimal(1_000_000)
    deposit = next(phase for phase in template.phases if phase.key == "depot")
    assert deposit.planned_on == date(2022, 5, 14)


def test_the_european_preselection_holds_on_the_sixty_pages_that_were_read():
    limits = {template.key: template.page_limit for template in list_templates()}

    assert limits.pop("ecoc-preselection") == 60
    assert set(limits.values()) == {None}


def test_the_blank_template_needs_no_more_than_an_outline():
    template = load_template("blank")

    assert template.criteria == ()
    assert template.population_min is None
    assert template.title_year is None
    assert template.sections


@every_file
def test_the_dossier_knows_the_words_that_templates_use_of_sections(template):
    assert {section.kind for section in template.sections} <= set(Section.Kind.values)
    assert {section.limit_unit for section in template.sections} <= set(Section.LimitUnit.values)


@every_file
def test_what_no_call_confirms_is_not_shown_as_its_questions(template):
    assert [
        section.key for section in template.sections if section.questions and not section.is_confirmed
    ] == []


@every_file
def test_every_file_says_its_version_and_where_each_fact_was_read(template):
    text = (CALLS_DIR / f"{template.key}.toml").read_text()
    told = text.partition("[[sources]]")[0]
    cited = set(re.findall(r"\bS[0-9]+b?\b", "\n".join(re.findall(r"#.*", told))))

    assert template.version >= 1
    assert cited == {source.key for source in template.sources}
    for source in template.sources:
        assert source.address
        assert source.read_by <= timezone.localdate()
    assert bool(template.sources) == (template.key != "blank")


@every_file
def test_what_was_not_read_is_a_prompt_and_never_official(template):
    for criterion in template.criteria:
        assert criterion.is_official
        assert criterion.prompts
    for section in template.sections:
        assert section.brief or section.questions
        assert not (section.is_confirmed and "(Non confirmé.)" in section.brief)


def test_a_source_without_its_day_is_refused(tmp_path):
    text = a_text(body=SECTION + '[[sources]]\nkey = "S1"\naddress = "exemple.example"\n')

    with pytest.raises(CallTemplateError, match="S1 does not say when"):
        read_template(template_file(tmp_path, text))


def test_the_final_selection_asks_what_the_pre_selection_leaves_out():
    first, final = load_template("ecoc-preselection"), load_template("ecoc-selection")

    assert first.criteria == final.criteria
    added = {row.key for row in final.sections} - {row.key for row in first.sections}
    assert {row.key for row in first.sections} <= {row.key for row in final.sections}
    asked = " ".join(row.brief for row in final.sections if row.key in added)
    assert [number for number in (14, 29, 32, 38, 39, 40, 41) if f"Q{number}" not in asked] == []
    assert all(row.limit_value is None for row in final.sections)


def test_the_london_borough_scores_three_sections_and_lists_its_pieces():
    template = load_template("london-borough")

    assert [criterion.title for criterion in template.criteria] == [
        "Making an impact",
        "Celebrating creativity",
        "Deliverability",
    ]
    for share in ("30\u00a0%", "40\u00a0%"):
        assert share in template.description
    assert sum(piece.is_confirmed for piece in template.pieces) == 8


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
        (a_text(page_limit="0"), "page_limit"),
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
