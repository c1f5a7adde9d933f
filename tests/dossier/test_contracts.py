from dataclasses import replace

import pytest

from core.errors import DomainError
from dossier.models import Section
from dossier.outline import read_outline
from dossier.services.outline import Contract, change_contract, create_section, remove_section
from tests.factories import (
    make_candidacy,
    make_contact,
    make_criterion,
    make_organisation,
    make_section,
)


def titles(candidacy):
    return [entry.title for entry in read_outline(candidacy)]


def test_a_new_section_goes_to_the_end_of_its_part():
    candidacy = make_candidacy()
    part = create_section(candidacy=candidacy, contract=Contract(title="Partie"))
    create_section(candidacy=candidacy, contract=Contract(title="Un", parent=part))
    create_section(candidacy=candidacy, contract=Contract(title="Autre partie"))

    create_section(candidacy=candidacy, contract=Contract(title="Deux", parent=part))

    assert titles(candidacy) == ["Partie", "Un", "Deux", "Autre partie"]


def test_two_sections_of_one_title_have_two_keys():
    candidacy = make_candidacy()
    first, second, third = (
        create_section(candidacy=candidacy, contract=Contract(title="Évaluation")) for _ in range(3)
    )

    assert [first.key, second.key, third.key] == ["evaluation", "evaluation-2", "evaluation-3"]


def test_a_title_without_letters_still_gives_a_key():
    assert create_section(candidacy=make_candidacy(), contract=Contract(title="…")).key == "section"


def test_the_contract_is_written_whole():
    candidacy = make_candidacy()
    organisation = make_organisation(candidacy=candidacy)
    writer = make_contact(organisation=organisation)
    criterion = make_criterion(candidacy=candidacy)
    contract = Contract(
        title="Accessibilité",
        brief="Dire qui.",
        organisation=organisation,
        writer=writer,
        limit_value=600,
        limit_unit=Section.LimitUnit.CHARACTERS,
        criteria=[criterion],
    )

    section = create_section(candidacy=candidacy, contract=contract)

    section.refresh_from_db()
    assert (section.organisation, section.writer, section.brief) == (organisation, writer, "Dire qui.")
    assert (section.limit_value, section.limit_unit) == (600, Section.LimitUnit.CHARACTERS)
    assert list(section.criteria.all()) == [criterion]


def test_naming_only_the_writer_names_their_organisation():
    writer = make_contact()

    section = create_section(candidacy=writer.candidacy, contract=Contract(title="Seul", writer=writer))

    assert section.organisation == writer.organisation


def test_the_writer_belongs_to_the_organisation():
    candidacy = make_candidacy()
    contract = Contract(
        title="Ailleurs",
        organisation=make_organisation(candidacy=candidacy),
        writer=make_contact(candidacy=candidacy),
    )

    with pytest.raises(DomainError, match="n’est pas un contact"):
        create_section(candidacy=candidacy, contract=contract)


def test_nothing_of_another_candidacy_enters_a_contract():
    section, foreign = make_section(), make_contact()
    contract = Contract(title="Titre")
    choices = {
        "organisation": foreign.organisation,
        "writer": foreign,
        "parent": make_section(),
        "criteria": [make_criterion()],
    }

    for name, value in choices.items():
        with pytest.raises(DomainError, match="n’appartient pas"):
            change_contract(section=section, contract=replace(contract, **{name: value}))


def test_the_outline_stays_two_levels_deep():
    candidacy = make_candidacy()
    part = make_section(candidacy=candidacy)
    child = make_section(candidacy=candidacy, parent=part)
    other = make_section(candidacy=candidacy)

    with pytest.raises(DomainError, match="deux niveaux"):
        change_contract(section=other, contract=Contract(title="x", parent=child))
    with pytest.raises(DomainError, match="deux niveaux"):
        change_contract(section=other, contract=Contract(title="x", parent=other))
    with pytest.raises(DomainError, match="premier niveau"):
        change_contract(section=part, contract=Contract(title="x", parent=other))


def test_a_section_that_changes_part_goes_to_its_end():
    candidacy = make_candidacy()
    left = make_section(candidacy=candidacy, title="Gauche", position=1)
    right = make_section(candidacy=candidacy, title="Droite", position=2)
    moved = make_section(candidacy=candidacy, title="Mobile", parent=left, position=1)
    make_section(candidacy=candidacy, title="Premier à droite", parent=right, position=4)

    change_contract(section=moved, contract=Contract(title="Mobile", parent=right))

    assert titles(candidacy) == ["Gauche", "Droite", "Premier à droite", "Mobile"]


def test_only_a_section_that_nobody_wrote_is_removed():
    candidacy = make_candidacy()
    empty = make_section(candidacy=candidacy)
    emptied = make_section(candidacy=candidacy, revision=2)
    written = make_section(candidacy=candidacy, body="<p>Un texte</p>")
    part = make_section(candidacy=candidacy)
    make_section(candidacy=candidacy, parent=part)

    remove_section(section=empty)
    for section in (emptied, written, part):
        with pytest.raises(DomainError):
            remove_section(section=section)

    assert set(candidacy.sections.filter(parent=None)) == {emptied, written, part}
