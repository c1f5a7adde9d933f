"""What an edition must be before it is deposited: each condition, met and not met, and where it is mended."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Call, Piece
from dossier import building
from dossier.deposit import CONDITIONS, assess_deposit
from dossier.models import Edition, EditionFile, Section
from dossier.services.editions import freeze_edition, print_version
from tests.factories import (
    make_candidacy,
    make_criterion,
    make_edition,
    make_edition_file,
    make_expense_line,
    make_income_line,
    make_indicator,
    make_live_figure,
    make_member,
    make_objective,
    make_picture,
    make_piece,
    make_plan,
    make_proof,
    make_section,
)

VALIDATED = Section.Status.VALIDATED


@pytest.fixture
def candidacy():
    """A bid that may be deposited as it is."""
    candidacy = make_candidacy(
        bearer_name="Ville de Lens",
        bearer_siren="216204982",
        population=32_000,
        population_source="Insee",
        population_on="2024-01-01",
    )
    Call.objects.update_or_create(
        candidacy=candidacy,
        defaults={
            "template_key": "x",
            "template_version": 1,
            "name": "Appel",
            "population_min": 20_000,
            "population_max": 200_000,
            "is_population_kind_confirmed": True,
        },
    )
    section = make_section(
        candidacy=candidacy, key="vision", title="Vision", body="<p>Trois mots justes.</p>", status=VALIDATED
    )
    criterion = make_criterion(candidacy=candidacy)
    make_proof(section=section, criterion=criterion, validated_at=timezone.now())
    make_objective(criterion=criterion)
    make_indicator(criterion=criterion)
    make_piece(candidacy=candidacy, status=Piece.Status.READY)
    plan = make_plan(candidacy=candidacy)
    make_expense_line(plan=plan, amounts={2029: 1000})
    make_income_line(plan=plan, amounts={2029: 1000})
    return candidacy


def page_of(section):
    return reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id])


def page_of_edition(edition):
    return reverse("dossier:edition-detail", args=[edition.candidacy.slug, edition.public_id])


def findings_of(edition):
    return {finding.key: finding for finding in assess_deposit(Edition.objects.get(pk=edition.pk))}


def test_a_bid_in_order_meets_every_condition(candidacy):
    findings = findings_of(make_edition(candidacy=candidacy))

    assert [finding.key for finding in findings.values() if not finding.is_met] == []
    assert list(findings) == [condition.key for condition in CONDITIONS]


def break_eligibility(candidacy):
    Call.objects.filter(candidacy=candidacy).update(population_max=25_000)


def break_bearer(candidacy):
    candidacy.bearer_siren = ""
    candidacy.save()


def break_validation(candidacy):
    candidacy.sections.update(status=Section.Status.IN_REVIEW)


def break_criteria(candidacy):
    make_proof(
        section=candidacy.sections.get(), criterion=make_criterion(candidacy=candidacy, title="À prouver")
    )


def break_objectives(candidacy):
    candidacy.criteria.get().objectives.all().delete()


def break_indicators(candidacy):
    candidacy.criteria.get().indicators.all().delete()


def break_mentions(candidacy):
    name = "00000000-0000-4000-8000-000000000000"
    candidacy.sections.update(
        body=f'<p>Trois mots <span data-live-figure="{name}"></span>, <span data-section="{name}"></span>.</p>'
        f'<figure><img src="/c/{candidacy.slug}/dossier/images/{name}/" alt=""></figure>'
    )


def break_alternatives(candidacy):
    picture = make_picture(candidacy=candidacy, alternative_text=" ")
    candidacy.sections.update(
        body=f'<figure><img src="/c/{candidacy.slug}/dossier/images/{picture.public_id}/" alt=""></figure>'
    )


def break_plan(candidacy):
    make_expense_line(plan=candidacy.funding_plan, amounts={2029: Decimal("0.01")})


def break_pieces(candidacy):
    make_piece(candidacy=candidacy, name="Lettre du maire")


def break_lengths(candidacy):
    candidacy.sections.update(limit_value=2, limit_unit="words")


@pytest.mark.parametrize(
    ("spoil", "keys", "said", "where"),
    [
        (break_eligibility, ("eligibility",), "au-dessus du maximum", "candidacy:call-detail"),
        (break_bearer, ("bearer", "eligibility"), "SIREN", "candidacy:candidacy-settings"),
        (break_validation, ("validated", "criteria"), "1 Vision : en relecture", "section"),
        (break_criteria, ("criteria",), "À prouver", "dossier:criteria-matrix"),
        (break_objectives, ("criteria",), "\u00a0: sans objectif", "dossier:criteria-matrix"),
        (break_indicators, ("criteria",), "\u00a0: sans indicateur", "dossier:criteria-matrix"),
        (break_plan, ("plan",), "0,01", "budget:plan-detail"),
        (break_pieces, ("pieces",), "Lettre du maire", "candidacy:call-detail"),
        (break_lengths, ("lengths",), "1 Vision : 3 mots pour 2", "section"),
        (break_mentions, ("mentions",), "1 Vision : chiffre inconnu", "section"),
        (break_mentions, ("mentions",), "1 Vision : renvoi à une section retirée", "section"),
        (break_mentions, ("mentions",), "1 Vision : image retirée", "section"),
        (break_alternatives, ("alternatives",), "1 Vision", "dossier:picture-list"),
    ],
)
def test_each_condition_says_what_is_missing_and_where_it_is_mended(
    client, candidacy, spoil, keys, said, where
):
    spoil(candidacy)
    edition = make_edition(candidacy=candidacy)
    client.force_login(make_member(candidacy=candidacy).user)

    findings = findings_of(edition)
    page = client.get(reverse("dossier:edition-deposit", args=[candidacy.slug, edition.public_id])).text

    assert {key for key, finding in findings.items() if not finding.is_met} == set(keys)
    finding = findings[keys[0]]
    lines = [f"{line.label} : {line.text}" for line in finding.lines]
    assert said in " ".join((finding.text, *finding.details, *lines))
    if where == "section":
        assert {line.url for line in finding.lines} == {page_of(candidacy.sections.get())}
        assert f'<a href="{finding.lines[0].url}">1 Vision</a>' in page
        assert finding.url == ""
    else:
        assert finding.url == reverse(where, args=[candidacy.slug])
    # The navigation has links to some of these pages as well: that one is by the condition.
    for unmet in (findings[key] for key in keys if findings[key].url):
        assert f'<a href="{unmet.url}">Mettre en ordre<span class="visually-hidden"> : {unmet.label}' in page


def test_a_section_that_was_added_or_restored_since_is_missing_from_the_edition(candidacy):
    restored = make_section(
        candidacy=candidacy,
        title="Rétablie",
        status=VALIDATED,
        retired_at=timezone.now(),
        retirement_reason="Doublon",
    )
    edition = make_edition(candidacy=candidacy)
    assert findings_of(edition)["validated"].is_met

    Section.objects.filter(pk=restored.pk).update(retired_at=None, retirement_reason="")
    added = make_section(candidacy=candidacy, title="Ajoutée", status=VALIDATED)
    finding = findings_of(edition)["validated"]

    assert not finding.is_met
    assert finding.text == "2 sections du plan ne sont pas dans l’édition."
    assert {(line.label, line.url) for line in finding.lines} == {
        ("Rétablie", page_of(restored)),
        ("Ajoutée", page_of(added)),
    }


def test_a_text_that_changed_since_is_not_the_one_that_was_validated(candidacy):
    edition = make_edition(candidacy=candidacy)
    candidacy.sections.update(body="<p>Autre.</p>")

    finding = findings_of(edition)["validated"]

    assert not finding.is_met
    assert "a changé depuis le gel" in finding.lines[0].text


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (break_validation, "validated"),
        (break_lengths, "lengths"),
        (break_mentions, "mentions"),
        (break_alternatives, "alternatives"),
    ],
)
def test_each_of_several_sections_has_a_link_of_its_own(candidacy, spoil, key):
    second = make_section(
        candidacy=candidacy, key="suite", title="Suite", body="<p>Trois mots justes.</p>", status=VALIDATED
    )
    spoil(candidacy)

    finding = findings_of(make_edition(candidacy=candidacy))[key]

    first = candidacy.sections.get(key="vision")
    assert not finding.is_met
    assert {(line.label, line.url) for line in finding.lines} == {
        ("1 Vision", page_of(first)),
        ("2 Suite", page_of(second)),
    }


def test_the_page_shows_a_link_for_each_section(client, candidacy):
    break_lengths(candidacy)
    edition = make_edition(candidacy=candidacy)
    client.force_login(make_member(candidacy=candidacy).user)

    page = client.get(reverse("dossier:edition-deposit", args=[candidacy.slug, edition.public_id])).text

    assert f'<a href="{page_of(candidacy.sections.get())}">1 Vision</a>' in page
    assert "3 mots pour 2" in page


def test_a_decorative_picture_needs_no_words(candidacy):
    picture = make_picture(candidacy=candidacy, alternative_text="", is_decorative=True)
    candidacy.sections.update(
        body=f'<figure><img src="/c/{candidacy.slug}/dossier/images/{picture.public_id}/" alt=""></figure>'
    )

    assert findings_of(make_edition(candidacy=candidacy))["alternatives"].is_met


def test_what_texts_name_is_looked_for_in_the_edition(candidacy):
    figure = make_live_figure(candidacy=candidacy)
    candidacy.sections.update(body=f'<p><span data-live-figure="{figure.public_id}"></span></p>')
    edition = make_edition(candidacy=candidacy)
    figure.delete()

    assert findings_of(edition)["mentions"].is_met


def test_an_edition_that_names_another_bearer_is_not_deposited(candidacy):
    edition = make_edition(candidacy=candidacy)
    candidacy.bearer_name = "Ville de Liévin"
    candidacy.save()

    finding = findings_of(edition)["bearer"]
    assert "figez une nouvelle édition" in finding.text
    assert finding.url == reverse("dossier:edition-create", args=[candidacy.slug])


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("missing_text", "alternatives"),
        ("missing_target", "links"),
        ("refused_link", "links"),
        ("missing_picture", "notices"),
    ],
)
def test_what_the_press_said_stands_in_the_way(candidacy, code, key):
    edition = make_edition(candidacy=candidacy, content=False)
    parts = ("part-vision", "cover", "imprint")
    make_edition_file(
        edition=edition, notices=[{"part": part, "code": code, "text": "Un point précis."} for part in parts]
    )

    findings = findings_of(edition)

    assert [name for name, finding in findings.items() if not finding.is_met] == [key]
    assert findings[key].lines == (
        ("Un point précis.", "1 Vision", page_of(candidacy.sections.get())),
        ("Un point précis.", "Couverture", reverse("candidacy:candidacy-settings", args=[candidacy.slug])),
        ("Un point précis.", str(edition), page_of_edition(edition)),
    )


def test_what_is_not_printed_cannot_be_judged(candidacy):
    edition = make_edition(candidacy=candidacy, content=False)

    findings = findings_of(edition)

    unmet = {key: finding for key, finding in findings.items() if not finding.is_met}
    assert set(unmet) == {"alternatives", "links", "notices"}
    assert {finding.url for finding in unmet.values()} == {page_of_edition(edition)}


@pytest.fixture
def part(candidacy):
    """The part « Vision » with the sections « Suite » and « Fin » in it."""
    part = candidacy.sections.get()
    for key in ("suite", "fin"):
        make_section(
            candidacy=candidacy,
            parent=part,
            key=key,
            title=key.capitalize(),
            body="<p>Deux mots.</p>",
            status=VALIDATED,
        )
    return part


def test_what_the_press_said_of_a_section_leads_to_it(candidacy, part):
    edition = make_edition(candidacy=candidacy, content=False)
    told = {"part": "part-suite", "code": "missing_text", "text": "Un point précis."}
    make_edition_file(edition=edition, notices=[told])

    [line] = findings_of(edition)["alternatives"].lines

    assert line == ("Un point précis.", "1.1 Suite", page_of(candidacy.sections.get(key="suite")))


PLACES = {
    "section-vision": [3, 0.1],
    "section-suite": [3, 0.6],
    "section-fin": [5, 0.6],
    "part-vision/end": [6, 0.5],
}


@pytest.mark.parametrize(
    ("key", "limit", "said"),
    [
        ("vision", 3, "3,4 pages pour 3"),
        ("vision", 4, None),
        ("suite", 1, "2,0 pages pour 1"),
        ("suite", 2, None),
        ("fin", 1, None),
    ],
)
def test_pages_are_counted_on_the_print_a_part_to_its_end_and_a_section_to_the_next(
    candidacy, part, key, limit, said
):
    candidacy.sections.filter(key=key).update(limit_value=limit, limit_unit="pages")
    edition = make_edition(candidacy=candidacy, content=False)
    make_edition_file(edition=edition, places=PLACES)

    finding = findings_of(edition)["lengths"]

    assert finding.is_met is (said is None)
    section = candidacy.sections.get(key=key)
    assert [(line.text, line.url) for line in finding.lines] == ([(said, page_of(section))] if said else [])


@pytest.mark.parametrize(
    ("unit", "limit", "said"),
    [("words", 6, "7 mots pour 6"), ("words", 7, None), ("characters", 37, "38 signes pour 37")],
)
def test_the_words_of_a_part_are_those_of_its_sections_too(candidacy, part, unit, limit, said):
    candidacy.sections.filter(key="vision").update(limit_value=limit, limit_unit=unit)

    finding = findings_of(make_edition(candidacy=candidacy))["lengths"]

    assert finding.is_met is (said is None)
    assert [line.text for line in finding.lines] == ([said] if said else [])


@pytest.mark.parametrize(("limit", "is_met"), [(11, False), (12, True), (None, True)])
def test_the_whole_print_keeps_to_the_pages_of_the_call(candidacy, limit, is_met):
    Call.objects.filter(candidacy=candidacy).update(page_limit=limit)
    edition = make_edition(candidacy=candidacy, content=False)
    make_edition_file(edition=edition, page_count=12)

    finding = findings_of(edition)["page_limit"]

    assert finding.is_met is is_met
    if limit:
        assert finding.text == f"12 pages pour {limit} au plus, couverture et sommaire compris."


def test_what_is_not_printed_is_not_within_the_pages_of_the_call(candidacy):
    Call.objects.filter(candidacy=candidacy).update(page_limit=60)

    finding = findings_of(make_edition(candidacy=candidacy, content=False))["page_limit"]

    assert not finding.is_met
    assert "pas encore imprimée" in finding.text


def test_pages_that_are_not_measured_yet_are_not_within_their_limit(candidacy):
    candidacy.sections.update(limit_value=9, limit_unit="pages")
    edition = make_edition(candidacy=candidacy, content=False)

    finding = findings_of(edition)["lengths"]

    assert not finding.is_met
    assert "imprimez l’édition" in finding.text
    assert [line.url for line in finding.lines] == [page_of_edition(edition)]


@pytest.mark.parametrize(("limit", "is_met"), [(1, False), (9, True)])
def test_a_real_print_measures_a_part_with_its_sections(candidacy, part, limit, is_met):
    candidacy.sections.filter(key="suite").update(body="<p>" + "Des mots qui coulent. " * 400 + "</p>")
    candidacy.sections.filter(key="vision").update(limit_value=limit, limit_unit="pages")
    by = make_member(candidacy=candidacy).user
    edition = freeze_edition(candidacy=candidacy, label="Relecture", by=by).edition
    printing = print_version(edition=edition, variant=EditionFile.Variant.FULL, by=by)
    assert not findings_of(edition)["lengths"].is_met

    building.build(printing.pk)

    finding = findings_of(edition)["lengths"]
    assert finding.is_met is is_met
    assert len(finding.lines) == (0 if is_met else 1)


def test_the_conditions_cost_the_same_for_any_number_of_sections(candidacy):
    def cost():
        edition = Edition.objects.get(pk=make_edition(candidacy=candidacy).pk)
        with CaptureQueriesContext(connection) as queries:
            assess_deposit(edition)
        return len(queries)

    small = cost()
    criterion = candidacy.criteria.first()
    for _ in range(30):
        section = make_section(candidacy=candidacy, body="<p>x</p>", status=VALIDATED)
        make_proof(section=section, criterion=criterion, validated_at=timezone.now())
        make_piece(candidacy=candidacy)
        make_indicator(criterion=make_criterion(candidacy=candidacy))

    assert cost() == small
