"""The printed dossier: what it reads, in how many queries, and what stands on its pages."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from uuid import uuid4

import pikepdf
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from committees.models import Meeting
from core.pdf import MEDIA_URL, Limits, render
from core.plain import read_canonical
from core.templatetags.formats import NARROW_NBSP, NBSP, long_date
from dossier.assembly import read_dossier
from dossier.content import DossierContent
from dossier.models import (
    DossierExport,
    Proof,
    Section,
)
from dossier.rendering import (
    FONT_SOURCES,
    Imprint,
    build_dossier_pdf,
    compose,
)
from dossier.snapshots import take_snapshot
from partners.models import Contact, Organisation
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_criterion,
    make_expense_line,
    make_income_line,
    make_indicator,
    make_meeting,
    make_objective,
    make_organisation,
    make_picture,
    make_plan,
    make_proof,
    make_seat,
    make_section,
)
from tests.pdf_checks import pdf_failures

KINDS = Section.Kind
#: As it is typed, and as it is put at the end of a line.
HYPHENS = ("-", "\u2010")
LIVE = (KINDS.FUNDING_PLAN, KINDS.PARTNERS, KINDS.GOVERNANCE, KINDS.CALENDAR, KINDS.CRITERIA)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """One store of painted pieces for the module: what does not change is painted once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _keep_painted_pieces(settings, kept):
    settings.CACHE_DIR = kept


@pytest.fixture
def candidacy():
    return make_candidacy(title="Remonter au jour", bearer_name="Ville de Lens", is_fictitious=True)


def make_bid(candidacy, *, rows):
    """Fill every printed chapter with ``rows`` rows."""
    chapter = make_section(candidacy=candidacy, title="Le projet", body="<p>Ouverture.</p>")
    for kind in LIVE:
        make_section(candidacy=candidacy, parent=chapter, kind=kind, title=f"Chapitre {kind}")
    plan = make_plan(candidacy=candidacy)
    committee = make_committee(candidacy=candidacy)
    for number in range(rows):
        picture = make_picture(candidacy=candidacy)
        section = make_section(
            candidacy=candidacy, parent=chapter, body=f"<p>Texte {number}.</p>{figure(candidacy, picture)}"
        )
        make_proof(section=section)
        make_expense_line(plan=plan)
        make_income_line(plan=plan)
        organisation = make_organisation(candidacy=candidacy, stage=Organisation.Stage.COMMITTED)
        make_seat(committee=committee, contact=make_contact(organisation=organisation))
        make_meeting(committee=committee, status=Meeting.Status.HELD)


def figure(candidacy, picture, caption=""):
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    return f'<figure><img src="{source}" alt=""><figcaption>{caption}</figcaption></figure>'


def printed(candidacy):
    return build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)


def composed(candidacy, imprint=None):
    with translation.override("fr"):
        return compose(read_dossier(candidacy), imprint)


def html_of(document):
    return "\n".join(part.text for part in document.parts)


def pages_of(rendered):
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(rendered.content)).pages]


# --- reading ------------------------------------------------------------------------------------------


def count_queries(work):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        work()
    return len(queries)


def test_reading_takes_the_same_queries_for_three_rows_and_for_thirty():
    small, large = make_candidacy(), make_candidacy()
    make_bid(small, rows=3)
    make_bid(large, rows=30)

    counted = count_queries(lambda: read_dossier(small))

    assert counted == count_queries(lambda: read_dossier(large))
    assert counted <= 20


def test_nothing_is_queried_once_the_content_is_read(candidacy, django_assert_num_queries):
    make_bid(candidacy, rows=2)
    content = read_dossier(candidacy)

    with django_assert_num_queries(0):
        compose(content)


def test_another_candidacy_never_enters_the_dossier(candidacy):
    make_bid(candidacy, rows=1)
    other = make_candidacy(bearer_name="Ville rivale")
    make_section(candidacy=other, title="Section rivale", body="<p>Texte rival.</p>")
    make_organisation(candidacy=other, name="Structure rivale", stage=Organisation.Stage.ACTIVE)
    make_meeting(committee=make_committee(candidacy=other), title="Séance rivale", status=Meeting.Status.HELD)
    make_expense_line(plan=make_plan(candidacy=other), label="Charge rivale")

    assert "rival" not in html_of(composed(candidacy))


def test_the_date_of_the_document_is_that_of_the_last_change(candidacy):
    section = make_section(candidacy=candidacy)
    changed = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    Section.objects.filter(pk=section.pk).update(updated_at=changed)

    assert composed(candidacy).dated == changed


@pytest.mark.parametrize("make_line", [make_expense_line, make_income_line])
def test_a_change_of_the_plan_changes_the_date_of_the_document(candidacy, make_line):
    line = make_line(plan=make_plan(candidacy=candidacy))
    changed = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    type(line).objects.filter(pk=line.pk).update(updated_at=changed)

    assert composed(candidacy).dated == changed


def test_a_member_who_is_renamed_changes_the_date_of_the_document(candidacy):
    seat = make_seat(committee=make_committee(candidacy=candidacy))
    changed = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    Contact.objects.filter(pk=seat.contact_id).update(updated_at=changed)

    assert composed(candidacy).dated == changed


# --- text ---------------------------------------------------------------------------------------------


def test_sections_are_numbered_and_their_headings_stand_below_their_title(candidacy):
    chapter = make_section(candidacy=candidacy, key="projet", title="Le projet")
    make_section(
        candidacy=candidacy,
        parent=chapter,
        key="vision",
        title="La vision",
        body="<h2>Une idée</h2><h4>Loin</h4>",
    )

    [part] = composed(candidacy).parts

    assert '<h1 id="section-projet"><span class="number">1</span> Le projet</h1>' in part.html
    assert '<h2 id="section-vision"><span class="number">1.1</span> La vision</h2>' in part.html
    assert "<h3>Une idée</h3>" in part.html
    assert "<h5>Loin</h5>" in part.html


def test_the_text_is_cleaned_again_whatever_the_database_holds(candidacy):
    section = make_section(candidacy=candidacy)
    Section.objects.filter(pk=section.pk).update(
        body='<p onclick="x()">Gardé</p><script>alert(1)</script><iframe src="https://mal.example"></iframe>'
        '<p style="position:fixed">Stylé</p><img src="https://mal.example/a.png" alt="a"><svg><use href="#a"/></svg>'
    )

    html = html_of(composed(candidacy))

    assert "Gardé" in html
    for refused in ("onclick", "script", "iframe", "style=", "mal.example", "<svg"):
        assert refused not in html


def test_a_title_is_written_as_text(candidacy):
    make_section(candidacy=candidacy, title="<b>Gras</b> & {{ 7*7 }}")

    html = html_of(composed(candidacy))

    assert "&lt;b&gt;Gras&lt;/b&gt; &amp; {{ 7*7 }}" in html


def test_an_unwritten_section_says_so(candidacy):
    chapter = make_section(candidacy=candidacy, body="<p>Ouverture.</p>")
    make_section(candidacy=candidacy, parent=chapter, body="")

    assert "Cette section n’est pas encore rédigée." in html_of(composed(candidacy))


# --- pictures -----------------------------------------------------------------------------------------


def test_figures_are_numbered_through_the_dossier_with_caption_credit_and_text(candidacy):
    first = make_picture(
        candidacy=candidacy, alternative_text="Un terril & un ciel", caption="Le terril", credit="A. <Dupont>"
    )
    second = make_picture(candidacy=candidacy, caption="La place")
    make_section(candidacy=candidacy, body=figure(candidacy, first))
    make_section(candidacy=candidacy, body=figure(candidacy, second, caption="Légende de l’auteur"))

    document = composed(candidacy)

    html = html_of(document)
    assert f'<img src="{MEDIA_URL}{first.public_id}.jpg" alt="Un terril &amp; un ciel">' in html
    assert f'<span class="number">Figure{NBSP}1.</span> Le terril' in html
    assert '<span class="credit">A. &lt;Dupont&gt;</span>' in html
    assert f'<span class="number">Figure{NBSP}2.</span> Légende de l’auteur' in html
    assert "La place" not in html
    assert sorted(document.media) == sorted(f"{picture.public_id}.jpg" for picture in (first, second))
    assert document.media[f"{first.public_id}.jpg"].sha256 == first.digest


def test_only_the_pictures_that_are_shown_are_given_to_the_press(candidacy):
    make_picture(candidacy=candidacy)
    make_section(candidacy=candidacy, body="<p>Sans image.</p>")

    assert composed(candidacy).media == {}


def test_a_decorative_picture_is_neither_numbered_nor_spoken(candidacy):
    picture = make_picture(candidacy=candidacy, alternative_text="", is_decorative=True)
    make_section(candidacy=candidacy, body=figure(candidacy, picture))

    document = composed(candidacy)

    assert "Figure" not in html_of(document)
    assert f'<figure><img src="{MEDIA_URL}{picture.public_id}.jpg" alt=""></figure>' in html_of(document)


def test_the_picture_of_another_candidacy_is_not_shown(candidacy):
    foreign = make_picture(candidacy=make_candidacy())
    make_section(candidacy=candidacy, body=figure(candidacy, foreign))

    document = composed(candidacy)

    assert str(foreign.public_id) not in html_of(document)
    assert document.media == {}


def test_a_missing_picture_prints_a_notice_and_is_told(candidacy):
    picture = make_picture(candidacy=candidacy, alternative_text="Le beffroi")
    make_section(
        candidacy=candidacy, title="Chapitre illustré", body=f"<p>Avant.</p>{figure(candidacy, picture)}"
    )
    picture.file.delete(save=False)

    rendered = printed(candidacy)

    assert "Image absente – Le beffroi" in " ".join(pages_of(rendered))
    assert [str(notice).split(NBSP)[0] for notice in rendered.notices] == ["Chapitre illustré"]


# --- live chapters --------------------------------------------------------------------------------------


def test_the_plan_faces_charges_with_products_under_their_accounts(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.FUNDING_PLAN)
    plan = make_plan(candidacy=candidacy, first_year=2027, last_year=2028)
    make_expense_line(
        plan=plan, account="604", label="Concerts", amounts={2027: 1000, 2028: Decimal("500.50")}
    )
    make_expense_line(plan=plan, account="864", label="Bénévoles", amounts={2027: 200})
    make_income_line(plan=plan, account="745", label="Ville", amounts={2027: 1500}, status="requested")
    make_income_line(plan=plan, account="742", label="Région refusée", amounts={2027: 900}, status="refused")
    make_income_line(plan=plan, account="870", label="Bénévolat", amounts={2027: 200}, status="considered")

    content = read_dossier(candidacy)
    html = html_of(composed(candidacy))

    left = [
        (row.expense.code, row.expense.amount, row.expense.is_account)
        for row in content.plan.rows
        if row.expense
    ]
    right = [
        (row.income.code, row.income.amount, row.income.is_account) for row in content.plan.rows if row.income
    ]
    assert left == [("60", Decimal("1500.50"), True), ("604", Decimal("1500.50"), False)]
    assert right == [("74", Decimal("1500.00"), True), ("745", Decimal("1500.00"), False)]
    assert [row.expense.code for row in content.plan.rows_in_kind] == ["86", "864"]
    assert (content.plan.grand_expenses, content.plan.grand_income) == (
        Decimal("1700.50"),
        Decimal("1700.00"),
    )
    assert "Région refusée" not in html
    assert "sollicitée" in html
    assert "Le plan n’est pas équilibré" in html
    assert html.count("<svg") == 2


@pytest.mark.parametrize(("last_year", "amount", "is_wide"), [(2028, 1000, False), (2031, 123456, True)])
def test_the_plan_by_year_turns_when_its_columns_ask_for_it(candidacy, last_year, amount, is_wide):
    make_section(candidacy=candidacy, kind=KINDS.FUNDING_PLAN, body="<p>Texte.</p>")
    plan = make_plan(candidacy=candidacy, first_year=2027, last_year=last_year)
    years = {year: Decimal(amount) + Decimal("0.55") for year in range(2027, last_year + 1)}
    make_expense_line(plan=plan, account="604", amounts=years)
    make_income_line(plan=plan, account="745", amounts=years)

    rendered = printed(candidacy)

    reader = PdfReader(BytesIO(rendered.content))
    [page] = [page for page in reader.pages if "Année par année" in page.extract_text()][-1:]
    assert (page.mediabox.width > page.mediabox.height) is is_wide
    assert not pdf_failures(rendered.content)


def test_the_press_says_where_headings_stand_and_parts_end(candidacy):
    chapter = make_section(candidacy=candidacy, key="projet", title="Le projet", body="<p>Mot. </p>" * 60)
    make_section(candidacy=candidacy, parent=chapter, key="vision", title="La vision", body="<p>Fin.</p>")

    rendered = printed(candidacy)

    start, next_one = rendered.places["section-projet"], rendered.places["section-vision"]
    end = rendered.ends["part-projet"]
    assert (start.page, rendered.first_pages["part-projet"]) == (3, 3)
    assert start.above < 0.2
    assert (start.page, start.above) < (next_one.page, next_one.above) < (end.page, end.above)
    assert end.page == rendered.page_count


def test_governance_prints_who_sits_on_the_day_of_the_dossier(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.GOVERNANCE)
    committee = make_committee(candidacy=candidacy)
    today = timezone.localdate(timezone=candidacy.zone)
    mandates = {
        "Toujours": {},
        "Bientôt-fini": {"since": today, "until": today + timedelta(days=30)},
        "Dernier-jour": {"until": today},
        "Parti": {"until": today - timedelta(days=1)},
        "Attendu": {"since": today + timedelta(days=1)},
    }
    for name, mandate in mandates.items():
        make_seat(committee=committee, contact=make_contact(candidacy=candidacy, last_name=name), **mandate)

    content = read_dossier(candidacy)

    assert [seat.name.split()[-1] for seat in content.committees[0].seats] == [
        "Toujours",
        "Bientôt-fini",
        "Dernier-jour",
    ]
    assert content.day == today


def test_an_edition_says_the_day_on_which_members_sit_and_a_working_copy_does_not(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.GOVERNANCE)
    make_seat(committee=make_committee(candidacy=candidacy, acronym="COPIL"))
    edition = Imprint(uuid4(), 1, "Relecture", "0" * 64, timezone.now())
    today = timezone.localdate(timezone=candidacy.zone)

    assert f"<caption>Composition au {long_date(today)} – COPIL<" in html_of(composed(candidacy, edition))
    assert "<caption>Composition – COPIL<" in html_of(composed(candidacy))


def test_only_committed_partners_are_printed_by_circle(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.PARTNERS)
    stages = Organisation.Stage
    near, far = Organisation.Circle.values[0], Organisation.Circle.values[-1]
    make_organisation(
        candidacy=candidacy, name="Louvre-Lens", role="Maison pivot", circle=near, stage=stages.ACTIVE
    )
    make_organisation(candidacy=candidacy, name="Culture Commune", circle=far, stage=stages.COMMITTED)
    for stage in (stages.IDENTIFIED, stages.CONTACTED, stages.MET, stages.INTERESTED, stages.WITHDRAWN):
        make_organisation(candidacy=candidacy, name=f"Approchée {stage}", stage=stage)

    html = html_of(composed(candidacy))

    assert "Louvre-Lens" in html
    assert "Maison pivot" in html
    assert html.index("Louvre-Lens") < html.index("Culture Commune")
    assert "Approchée" not in html
    assert "2 structures se sont engagées à ce jour." in html


def test_committees_are_printed_with_their_rhythm_and_sitting_members(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.GOVERNANCE)
    committee = make_committee(
        candidacy=candidacy, name="Comité de pilotage", acronym="COPIL", rhythm_min=1, rhythm_max=2, quorum=5
    )
    contact = make_contact(
        organisation=make_organisation(candidacy=candidacy), first_name="Ana", last_name="Vasseur"
    )
    left = make_contact(
        organisation=make_organisation(candidacy=candidacy), first_name="Luc", last_name="Parti"
    )
    make_seat(committee=committee, contact=contact, quality="chair")
    make_seat(committee=committee, contact=left, until=date(2020, 1, 1))

    html = " ".join(html_of(composed(candidacy)).split())

    assert "Comité de pilotage (COPIL)" in html
    assert "1 à 2 réunions par trimestre" in html
    assert "quorum de 5 membres votants" in html
    assert "Ana Vasseur" in html
    assert "Luc Parti" not in html


def test_the_calendar_prints_what_was_held_or_convened_only(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.CALENDAR)
    committee = make_committee(candidacy=candidacy)
    now = timezone.now()
    make_meeting(
        committee=committee, title="Séance tenue", status=Meeting.Status.HELD, starts_at=now - timedelta(9)
    )
    make_meeting(
        committee=committee, title="Séance convoquée", status=Meeting.Status.CONVENED, convened_at=now
    )
    make_meeting(committee=committee, title="Séance en préparation", status=Meeting.Status.DRAFT)
    make_meeting(
        committee=committee, title="Séance annulée", status=Meeting.Status.CANCELLED, cancelled_at=now
    )

    html = html_of(composed(candidacy))

    assert "Séance tenue" in html
    assert "Séance convoquée" in html
    assert "en préparation" not in html
    assert "annulée" not in html


def test_chapters_without_data_say_so(candidacy):
    for kind in LIVE:
        make_section(candidacy=candidacy, kind=kind)

    html = html_of(composed(candidacy))

    assert html.count('class="unwritten"') == 5


def test_the_matrix_is_printed_where_the_outline_asks_for_it(candidacy):
    section = make_section(candidacy=candidacy, title="Vision")
    criterion = make_criterion(candidacy=candidacy, code="1", title="Innovation")
    make_proof(section=section, criterion=criterion, kind=Proof.Kind.FIGURE, validated_at=timezone.now())
    make_proof(section=section, criterion=criterion, kind=Proof.Kind.LETTER)
    make_criterion(candidacy=candidacy, code="2", title="Durée")
    assert "matrix" not in html_of(composed(candidacy))

    make_section(candidacy=candidacy, kind=KINDS.CRITERIA, title="Annexe")
    html = html_of(composed(candidacy))

    assert '<th scope="col">1. Innovation</th>' in html
    assert '<th scope="col">2. Durée<span class="detail">preuve à apporter</span></th>' in html
    assert '<th scope="row">1 Vision</th>' in html
    assert '<span class="brought">Chiffre</span>, <span class="awaited">Lettre*</span>' in html
    assert "2 Annexe" not in html.partition('<table class="matrix">')[2]


def test_the_aims_of_each_criterion_are_printed_with_how_they_are_measured(candidacy):
    criterion = make_criterion(candidacy=candidacy, code="1", title="Innovation")
    make_criterion(candidacy=candidacy, code="2", title="Durée")
    make_section(candidacy=candidacy, kind=KINDS.CRITERIA)
    assert "Objectifs et indicateurs" not in html_of(composed(candidacy))

    make_objective(criterion=criterion, statement="Créer ici")
    make_indicator(criterion=criterion, name="Commandes", method="Conventions\nsignées", target="48")
    make_indicator(criterion=criterion, name="Entrées", method="Billets", target="")
    html = html_of(composed(candidacy))

    assert '<th colspan="3" scope="rowgroup">1. Innovation<span class="detail">Créer ici</span></th>' in html
    assert '<th scope="row">Commandes</th><td>Conventions signées</td><td>48</td>' in html
    assert '<th scope="row">Entrées</th><td>Billets</td><td>–</td>' in html
    assert '2. Durée<span class="detail"><span class="awaited">objectif à fixer</span></span>' in html
    assert "indicateur à choisir" in html


def test_an_edition_that_was_frozen_before_aims_were_printed_still_reads(candidacy):
    make_indicator(criterion=make_criterion(candidacy=candidacy))
    make_section(candidacy=candidacy, kind=KINDS.CRITERIA)
    older = json.loads(take_snapshot(read_dossier(candidacy)).text)
    assert older["matrix"].pop("aims")

    matrix = read_canonical(DossierContent, json.dumps(older), day=date(2026, 1, 1), changed_at=None).matrix

    assert matrix.aims == ()
    assert not matrix.has_aims


def test_a_proof_that_is_brought_changes_the_date_of_the_document(candidacy):
    make_section(candidacy=candidacy, kind=KINDS.CRITERIA)
    proof = make_proof(section=make_section(candidacy=candidacy))
    changed = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    Proof.objects.filter(pk=proof.pk).update(updated_at=changed)

    assert composed(candidacy).dated == changed


# --- printing -------------------------------------------------------------------------------------------


def test_the_whole_dossier_is_one_accessible_file_with_every_chapter(candidacy):
    logo = BytesIO()
    Image.new("RGB", (60, 30), "#336699").save(logo, "PNG")
    candidacy.logo.save("logo.png", ContentFile(logo.getvalue()))
    make_bid(candidacy, rows=2)

    rendered = printed(candidacy)

    pages = pages_of(rendered)
    reader = PdfReader(BytesIO(rendered.content))
    assert not pdf_failures(rendered.content)
    assert rendered.notices == ()
    assert "Remonter au jour" in pages[0]
    assert "Candidature fictive" in pages[0]
    assert len(reader.pages[0].images) == 1
    assert "Sommaire" in pages[1]
    for page in pages[1:]:
        assert "Candidature fictive de démonstration" in page
    text = " ".join(pages)
    for expected in (
        "Charges et produits",
        "Structure",
        "Composition",
        "Réunions tenues",
        "Table des figures",
    ):
        assert expected in text
    assert reader.metadata.title == "Remonter au jour"
    assert reader.metadata.author == "Ville de Lens"
    assert str(candidacy.public_id).encode() in rendered.content


def test_the_dots_of_the_contents_are_drawn_without_transparency(candidacy):
    """Three drawings laid over each other for each line are what takes time when the parts are joined."""
    make_bid(candidacy, rows=1)

    pdf = pikepdf.open(BytesIO(printed(candidacy).content))

    assert len(pdf.pages[1].Resources.Pattern) > 3
    drawings = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and "/Resources" in thing]
    states = [state for drawing in drawings for state in drawing.Resources.get("/ExtGState", {}).values()]
    assert states
    assert [state for state in states if "/SMask" in state] == []


def test_every_page_is_an_a4_sheet_and_all_but_the_cover_carry_the_title(candidacy):
    candidacy.title = "Remonter le courant"
    candidacy.save()
    make_section(candidacy=candidacy, title="Le projet", body="<p>Un long texte.</p>" * 120)
    make_section(candidacy=candidacy, title="La suite", body="<p>Un texte.</p>")

    reader = PdfReader(BytesIO(printed(candidacy).content))

    heads = [page.extract_text().split("\n")[0] for page in reader.pages]
    assert len(reader.pages) > 4
    for page in reader.pages:
        assert page.mediabox.left == page.mediabox.bottom == 0
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            (595.28, 841.89), abs=0.1
        )
    assert "Remonter le courant" in " ".join(reader.pages[0].extract_text().split())
    assert heads[1] == "Remonter le courant Sommaire"
    assert set(heads[2:]) == {"Remonter le courant Le projet", "Remonter le courant La suite"}


def fills(page):
    """Return the colours that the content of ``page`` fills with."""
    content = page.get_contents().get_data().decode("latin-1")
    number = r"(\d*\.?\d+)"
    return {
        "#" + "".join(f"{round(float(part) * 255):02x}" for part in found)
        for found in re.findall(rf"{number}\s+{number}\s+{number}\s+(?:rg|scn)\b", content)
    }


def test_the_cover_is_in_the_colour_of_the_candidacy(candidacy):
    colours = {}
    for accent in ("#336699", "#8a1c4f"):
        candidacy.accent_colour = accent
        candidacy.save()
        colours[accent] = fills(PdfReader(BytesIO(printed(candidacy).content)).pages[0])

    assert "#336699" in colours["#336699"]
    assert "#8a1c4f" in colours["#8a1c4f"]
    assert "#336699" not in colours["#8a1c4f"]


def test_french_words_are_cut_at_the_end_of_lines(candidacy, settings):
    words = (
        "accompagnement intercommunalité développement représentation transformation participation une et la "
    )
    make_section(candidacy=candidacy, body=f"<p>{words * 30}</p>")
    document = composed(candidacy)

    def lines(lang):
        rendered = render(
            replace(document, lang=lang), directory=settings.CACHE_DIR / "pdf", font_sources=FONT_SOURCES
        )
        return PdfReader(BytesIO(rendered.content)).pages[2].extract_text().split("\n")

    french, unknown = lines("fr"), lines("zxx")

    assert document.lang == "fr"
    cut = [(line, after) for line, after in pairwise(french) if line.endswith(HYPHENS)]
    assert len(cut) > 5
    for line, after in cut:
        assert line.split()[-1][:-1] + after.split()[0] in words.split()
    assert [line for line in unknown if line.endswith(HYPHENS)] == []


def test_the_table_of_figures_gives_their_pages(candidacy):
    picture = make_picture(candidacy=candidacy, caption="Une légende à retrouver")
    make_section(candidacy=candidacy, body="<p>Long texte.</p>" * 120 + figure(candidacy, picture))

    pages = pages_of(printed(candidacy))

    where = next(number for number, page in enumerate(pages, start=1) if "Figure 1. Une légende" in page)
    table = next(page for page in pages[2:] if "Table des figures" in page and "Crédit" in page)
    assert f"Une légende à retrouver Candidacy {where}" in table


def test_the_same_content_gives_the_same_bytes_whatever_the_day(candidacy, settings, tmp_path):
    make_bid(candidacy, rows=1)

    first = printed(candidacy)
    settings.CACHE_DIR = tmp_path / "elsewhere"
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        second = printed(candidacy)

    assert first.sha256 == second.sha256


def test_a_part_that_fails_names_the_section_and_why(candidacy, settings):
    chapter = make_section(candidacy=candidacy, title="Le projet")
    make_section(candidacy=candidacy, parent=chapter, title="Saine", body="<p>Un texte sain.</p>")
    endless = "<p>" + "mot " * 90_000 + "</p>"
    make_section(candidacy=candidacy, parent=chapter, title="Interminable", body=endless)
    content = read_dossier(candidacy)
    with translation.override("fr"):
        document = compose(content)

    rendered = render(
        document,
        directory=settings.CACHE_DIR / "pdf",
        font_sources=FONT_SOURCES,
        limits=Limits(part_cpu_seconds=2),
    )

    [notice] = rendered.notices
    assert notice.code == "failed_part"
    assert str(notice).replace(NBSP, " ") == (
        "1.2 Interminable : section non imprimée (le calcul a duré trop longtemps)."
    )
    assert any("Un texte sain." in page for page in pages_of(rendered))


def test_progress_is_told_in_french_and_never_goes_back(candidacy):
    make_section(candidacy=candidacy, body="<p>Texte.</p>")
    told = []

    build_dossier_pdf(candidacy, on_progress=lambda stage, percent: told.append((stage, percent)))

    percentages = [percent for _, percent in told]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 99
    assert told[0][0] == "Lecture du dossier"
    assert "Assemblage du fichier" in [stage for stage, _ in told]


def test_a_caller_that_gives_up_stops_the_rendering(candidacy):
    make_section(candidacy=candidacy, body="<p>Texte.</p>")

    def give_up(stage, percent):
        if percent >= 10:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build_dossier_pdf(candidacy, on_progress=give_up)

    assert not DossierExport.objects.exists()
    assert printed(candidacy).page_count == 3


# --- what people type ---------------------------------------------------------------------------------


def test_what_people_typed_is_printed_with_french_spaces_and_kept_as_it_was(candidacy):
    candidacy.tagline = "Une candidature : pour qui ?"
    candidacy.save()
    chapter = make_section(candidacy=candidacy, title="Le projet : pourquoi ?", body="<p>Oui !</p>")
    picture = make_picture(candidacy=candidacy)
    make_section(
        candidacy=candidacy,
        parent=chapter,
        title="Demain ?",
        body=f"<p>« Oui » ; https://lens.example/a?b : 14:30</p>{figure(candidacy, picture, 'Vue : la fosse')}",
    )

    content = read_dossier(candidacy)
    with translation.override("fr"):
        document = compose(content)
    part, figures = document.parts

    [section] = part.sections
    assert f"«{NBSP}Oui{NBSP}»{NARROW_NBSP}; https://lens.example/a?b{NBSP}: 14:30" in section.html
    assert f"Le projet{NBSP}: pourquoi{NARROW_NBSP}?" in part.html
    assert part.title == f"Le projet{NBSP}: pourquoi{NARROW_NBSP}?"
    assert section.title == f"Demain{NARROW_NBSP}?"
    assert f"Oui{NARROW_NBSP}!" in part.html
    assert f"Vue{NBSP}: la fosse" in figures.html
    assert f"Une candidature{NBSP}: pour qui{NARROW_NBSP}?" in document.cover
    assert content.chapters[0].title == "Le projet : pourquoi ?"
    assert "« Oui » ;" in content.chapters[0].sections[0].body


def test_a_changed_paragraph_lays_out_its_section_only(candidacy, settings, tmp_path):
    settings.CACHE_DIR = tmp_path
    for number in (1, 2):
        chapter = make_section(candidacy=candidacy, title=f"Chapitre {number}", body="<p>Ouverture.</p>")
        for title in ("Vision", "Programme", "Moyens"):
            make_section(candidacy=candidacy, parent=chapter, title=title, body="<p>Un texte.</p>")
    first = build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)
    before = compose(read_dossier(candidacy)).parts

    chapter.children.filter(title="Programme").update(body="<p>Un autre.</p>")
    again = build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)
    after = compose(read_dossier(candidacy)).parts

    pieces = [[piece for part in parts for piece in part.pieces] for parts in (before, after)]
    assert [new.title for old, new in zip(*pieces, strict=True) if old != new] == ["Programme"]
    assert first.measures.pieces_painted > len(pieces[0])
    assert (again.measures.pieces_painted, again.sha256 == first.sha256) == (1, False)


def test_the_title_of_a_chapter_without_opening_is_laid_out_with_its_first_section(candidacy):
    chapter = make_section(candidacy=candidacy, title="Le projet")
    for title in ("Vision", "Programme"):
        make_section(candidacy=candidacy, parent=chapter, title=title, body="<p>Un texte.</p>")

    [part] = composed(candidacy).parts

    assert [piece.html.count("<h2") for piece in part.pieces] == [1, 1]
    assert part.opening_title == "1.1 Vision"
