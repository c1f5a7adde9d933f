"""Two editions side by side: what was written and struck out, and what became of the plan."""

from decimal import Decimal
from html import unescape

from django.urls import reverse
from django.utils.html import strip_tags

from core.templatetags.formats import NBSP, euros
from dossier.assembly import read_dossier
from dossier.comparing import Change, compare
from dossier.models import Section
from tests.factories import (
    make_candidacy,
    make_expense_line,
    make_income_line,
    make_live_figure,
    make_picture,
    make_plan,
    make_section,
)


def written(section):
    return "".join(stretch.html for stretch in section.text.stretches)


def test_sections_are_matched_by_what_they_are_and_not_by_their_place():
    candidacy = make_candidacy()
    for key in ("un", "deux", "trois", "quatre"):
        make_section(candidacy=candidacy, key=key, title=key.title(), body=f"<p>Texte {key}.</p>")
    before = read_dossier(candidacy)
    candidacy.sections.filter(key="deux").delete()
    Section.objects.filter(key="trois").update(body="<p>Texte trois, revu.</p>")
    make_section(candidacy=candidacy, key="cinq", title="Cinq", body="<p>Neuf.</p>")

    found = compare(before, read_dossier(candidacy))

    assert [(section.change, section.title, section.was) for section in found.sections] == [
        (Change.CHANGED, "Trois", "3 Trois"),
        (Change.CHANGED, "Quatre", "4 Quatre"),
        (Change.ADDED, "Cinq", ""),
        (Change.REMOVED, "Deux", ""),
    ]
    assert found.unchanged == 1
    assert "revu.</ins>" in written(found.sections[0])
    assert found.sections[1].text is None
    assert "<ins>" in written(found.sections[2])
    assert "<del>" in written(found.sections[3])


def test_texts_are_compared_with_what_they_name_each_as_it_stood():
    candidacy = make_candidacy()
    figure = make_live_figure(candidacy=candidacy, value=12, unit="communes")
    picture = make_picture(candidacy=candidacy, alternative_text="Le chevalement au matin.")
    named = make_section(candidacy=candidacy, title="Territoire")
    section = make_section(
        candidacy=candidacy,
        body=f'<p>Nous sommes <span data-live-figure="{figure.public_id}"></span>, voir'
        f' <span data-section="{named.public_id}"></span>.</p>'
        f'<figure><img src="/c/{candidacy.slug}/dossier/images/{picture.public_id}/" alt=""></figure>',
    )
    before = read_dossier(candidacy)
    figure.value = 36
    figure.save()
    picture.alternative_text = "Le chevalement au soir."
    picture.save()

    (found,) = compare(before, read_dossier(candidacy)).sections

    marked = unescape(written(found)).replace(NBSP, " ")
    assert found.key == section.key
    assert (">12" in marked, ">36" in marked, "voir 1 Territoire." in strip_tags(marked)) == (
        True,
        True,
        True,
    )
    assert ("matin" in marked, "soir" in marked, "Texte alternatif modifié" in marked) == (True, True, True)


def showing(picture, caption=""):
    address = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    written_below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{address}" alt="">{written_below}</figure>'


def test_a_picture_whose_file_is_another_is_a_replaced_one():
    picture = make_picture(caption="")
    make_section(candidacy=picture.candidacy, body=showing(picture))
    before = read_dossier(picture.candidacy)
    picture.digest = "b" * 64
    picture.save()

    (found,) = compare(before, read_dossier(picture.candidacy)).sections

    assert "Image remplacée" in written(found)
    assert written(found).count("<img") == 2


def test_the_caption_of_a_picture_stands_for_one_that_the_text_does_not_give():
    picture = make_picture(caption="Le terril au matin")
    make_section(candidacy=picture.candidacy, body=showing(picture))
    before = read_dossier(picture.candidacy)
    picture.caption = "Le terril au soir"
    picture.save()

    (found,) = compare(before, read_dossier(picture.candidacy)).sections

    assert "Légende modifiée" in written(found)
    assert "<ins>soir</ins>" in written(found)


def test_lines_of_the_plan_are_added_removed_and_changed_by_year_and_status():
    candidacy = make_candidacy()
    plan = make_plan(candidacy=candidacy, first_year=2028, last_year=2029)
    concerts = make_expense_line(plan=plan, account="604", label="Concerts", amounts={2028: 100, 2029: 200})
    make_expense_line(plan=plan, account="611", label="Inchangée", amounts={2028: 5})
    gone = make_expense_line(plan=plan, account="613", label="Location", amounts={2028: 50})
    region = make_income_line(
        plan=plan, account="742", label="Région", amounts={2029: 300}, status="requested"
    )
    before = read_dossier(candidacy)
    concerts.amounts.filter(year=2029).update(amount=Decimal("250.50"))
    gone.delete()
    region.status = "refused"
    region.save()
    make_income_line(plan=plan, account="745", label="Ville", amounts={2028: 80})

    found = compare(before, read_dossier(candidacy))

    lines = {line.label: line for line in found.lines}
    assert {label: line.change for label, line in lines.items()} == {
        "Concerts": Change.CHANGED,
        "Région": Change.CHANGED,
        "Ville": Change.ADDED,
        "Location": Change.REMOVED,
    }
    assert [(step.name, step.before, step.after) for step in lines["Concerts"].steps] == [
        ("2029", euros(200), euros(Decimal("250.50"))),
        ("Total", euros(300), euros(Decimal("450.50") - 100)),
    ]
    assert [(step.name, step.after) for step in lines["Région"].steps] == [("État", "refusée")]
    assert ("2028", "", euros(80)) in [(step.name, step.before, step.after) for step in lines["Ville"].steps]
    assert ("2028", euros(50), "") in [
        (step.name, step.before, step.after) for step in lines["Location"].steps
    ]
    assert "Total des charges" in [step.name for step in found.totals]


def test_a_plan_with_other_years_is_compared_by_year():
    candidacy = make_candidacy()
    plan = make_plan(candidacy=candidacy, first_year=2028, last_year=2029)
    make_expense_line(plan=plan, amounts={2029: 200})
    before = read_dossier(candidacy)
    plan.last_year = 2031
    plan.save()

    assert compare(before, read_dossier(candidacy)).is_empty


def test_two_equal_dossiers_have_nothing_to_show():
    candidacy = make_section(body="<p>Texte.</p>").candidacy

    found = compare(read_dossier(candidacy), read_dossier(candidacy))

    assert (found.is_empty, found.unchanged) == (True, 1)
