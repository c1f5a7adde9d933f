"""The register of figures: its pages, its history, its export."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from candidacy.models import Membership
from core.errors import DomainError
from dossier.models import LiveFigure
from dossier.services.live_figures import remove_live_figure
from tests.dossier.people import make_partner
from tests.factories import make_candidacy, make_live_figure, make_member, make_organisation, make_section

Role = Membership.Role
TYPED = {
    "label": "Habitant·e·s de Lens",
    "value": "32 663,5",
    "unit": "habitants",
    "source": "Insee, recensement",
    "dated_on": "2026-01-01",
    "owner": "",
}


def address(name, candidacy, *more):
    return reverse(f"dossier:live-figure-{name}", args=[candidacy.slug, *more])


def seen_of(client, figure):
    page = client.get(address("edit", figure.candidacy, figure.public_id))
    return page.context["form"].initial["seen"]


def test_a_figure_is_created_as_french_people_type_it(client):
    member = make_member(role=Role.TEAM)
    client.force_login(member.user)

    response = client.post(address("create", member.candidacy), {**TYPED, "owner": member.user.pk})

    figure = LiveFigure.objects.get()
    assert response.url == address("list", member.candidacy)
    assert figure.value == Decimal("32663.5")
    assert figure.owner == member.user


def test_the_same_form_sent_twice_makes_one_figure(client):
    member = make_member()
    client.force_login(member.user)
    identifier = "0b6f0fd6-5bd1-4a6c-9a43-7ad5e1ef3c11"

    for _ in range(2):
        client.post(address("create", member.candidacy), {**TYPED, "public_id": identifier})

    assert str(LiveFigure.objects.get().public_id) == identifier


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"value": "beaucoup"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"value": "1,23456"}, "value"),
        ({"value": "9" * 40}, "value"),
        ({"source": ""}, "source"),
        ({"dated_on": "hier"}, "dated_on"),
        ({"owner": "999999"}, "owner"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_kept(client, typed, field):
    member = make_member()
    client.force_login(member.user)

    response = client.post(address("create", member.candidacy), {**TYPED, **typed})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Habitant·e·s de Lens" in response.text


def test_an_owner_is_somebody_who_prepares_the_bid(client):
    lead = make_member()
    partner = make_partner(candidacy=lead.candidacy)
    client.force_login(lead.user)

    response = client.post(address("create", lead.candidacy), {**TYPED, "owner": partner.pk})

    assert "owner" in response.context["form"].errors


def test_a_label_is_used_once_in_a_candidacy(client):
    figure = make_live_figure(label=TYPED["label"])
    make_live_figure(label=TYPED["label"])
    client.force_login(make_member(candidacy=figure.candidacy).user)

    response = client.post(address("create", figure.candidacy), TYPED)

    assert response.status_code == 422
    assert "porte déjà cet intitulé" in response.text
    with (
        pytest.raises(IntegrityError, match=r"livefigure_label_once|dossier_livefigure"),
        transaction.atomic(),
    ):
        make_live_figure(candidacy=figure.candidacy, label=TYPED["label"])


def test_a_change_keeps_what_the_figure_was_and_who_changed_it(client):
    figure = make_live_figure(label=TYPED["label"], value=Decimal(30000), unit="habitants")
    lead = make_member(candidacy=figure.candidacy).user
    client.force_login(lead)

    client.post(
        address("edit", figure.candidacy, figure.public_id), {**TYPED, "seen": seen_of(client, figure)}
    )
    page = client.get(address("edit", figure.candidacy, figure.public_id))

    assert [past.text for past in page.context["history"]] == [
        "32\u202f663,5\u00a0habitants",
        "30\u202f000\u00a0habitants",
    ]
    assert page.context["history"][0].who == str(lead)
    assert "30\u202f000\u00a0habitants" in page.text


def test_two_people_changing_one_figure_are_told(client):
    figure = make_live_figure(value=Decimal(1))
    client.force_login(make_member(candidacy=figure.candidacy).user)
    seen = seen_of(client, figure)
    LiveFigure.objects.filter(pk=figure.pk).update(value=Decimal(2))

    response = client.post(
        address("edit", figure.candidacy, figure.public_id), {**TYPED, "seen": seen, "value": "3"}
    )

    assert response.status_code == 409
    figure.refresh_from_db()
    assert figure.value == 2


def test_opening_and_saving_a_figure_changes_nothing(client):
    figure = make_live_figure(value=Decimal("12.500"), unit="%")
    client.force_login(make_member(candidacy=figure.candidacy).user)
    page = client.get(address("edit", figure.candidacy, figure.public_id))
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"value": "12,5"}
    assert 'value="12,5"' in page.text

    client.post(address("edit", figure.candidacy, figure.public_id), typed)

    assert figure.history.count() == 1


def test_a_figure_that_a_text_shows_is_not_removed(client):
    figure = make_live_figure()
    section = make_section(candidacy=figure.candidacy, title="La vision")
    section.live_figures.add(figure)
    client.force_login(make_member(candidacy=figure.candidacy).user)

    page = client.get(address("edit", figure.candidacy, figure.public_id)).text
    response = client.post(address("remove", figure.candidacy, figure.public_id), follow=True)

    assert "La vision" in page
    assert "Retirer le chiffre" not in page
    assert "retirez-le d’abord" in response.text
    section.live_figures.clear()
    client.post(address("remove", figure.candidacy, figure.public_id))
    assert not LiveFigure.objects.exists()
    assert LiveFigure.history.exists()


def test_removing_asks_the_database_and_not_the_page():
    figure = make_live_figure()
    make_section(candidacy=figure.candidacy).live_figures.add(figure)

    with pytest.raises(DomainError, match="cité par un texte"):
        remove_live_figure(figure=figure)


@pytest.mark.parametrize("count", [3, 30])
def test_the_register_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    for _ in range(count):
        section.live_figures.add(make_live_figure(candidacy=lead.candidacy, owner=lead.user))
    client.force_login(lead.user)

    # Session, user, memberships; outline, count, page with owners, sections.
    with django_assert_num_queries(7):
        response = client.get(address("list", lead.candidacy))

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("count", [3, 30])
def test_the_register_as_a_file_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    for _ in range(count):
        owner = make_member(candidacy=lead.candidacy).user
        section.live_figures.add(make_live_figure(candidacy=lead.candidacy, owner=owner))
    client.force_login(lead.user)

    # Session, user, memberships; outline, figures with owners, sections.
    with django_assert_num_queries(6):
        response = client.get(address("export", lead.candidacy))

    assert load_workbook(BytesIO(response.content)).active.max_row == count + 1


def test_the_register_is_sorted_and_narrowed(client):
    lead = make_member()
    make_live_figure(candidacy=lead.candidacy, label="Bénévoles", value=Decimal(300))
    make_live_figure(candidacy=lead.candidacy, label="Artistes", value=Decimal(40)).sections.add(
        make_section(candidacy=lead.candidacy)
    )
    client.force_login(lead.user)

    def labels(**asked):
        rows = client.get(address("list", lead.candidacy), asked).context["rows"]
        return [row["figure"].label for row in rows]

    assert labels() == ["Artistes", "Bénévoles"]
    assert labels(tri="-valeur") == ["Bénévoles", "Artistes"]
    assert labels(q="béné") == ["Bénévoles"]
    assert labels(usage="cites") == ["Artistes"]
    assert labels(usage="libres") == ["Bénévoles"]


def test_the_register_leaves_as_a_spreadsheet_and_as_csv(client):
    lead = make_member()
    figure = make_live_figure(
        candidacy=lead.candidacy, label="=1+1", value=Decimal("12.5"), unit="%", owner=lead.user
    )
    make_section(candidacy=lead.candidacy).live_figures.add(figure)
    client.force_login(lead.user)

    sheet = load_workbook(BytesIO(client.get(address("export", lead.candidacy)).content)).active
    text = client.get(address("export", lead.candidacy), {"format": "csv"}).content.decode("utf-8-sig")

    row = [cell.value for cell in sheet[2]]
    assert row[:3] == ["=1+1", 12.5, "%"]
    assert row[-1] == "1"
    assert sheet["A2"].data_type == "s"
    assert "'=1+1;12,5;%" in text


def test_a_partner_is_offered_the_figures_of_their_texts_alone():
    own = make_organisation()
    shown, other = make_live_figure(candidacy=own.candidacy), make_live_figure(candidacy=own.candidacy)
    make_section(candidacy=own.candidacy, organisation=own).live_figures.add(shown)
    make_section(candidacy=own.candidacy).live_figures.add(other)

    visible = LiveFigure.objects.visible_to(make_partner(organisation=own))

    assert list(visible) == [shown]
    assert set(LiveFigure.objects.visible_to(make_member(candidacy=own.candidacy).user)) == {shown, other}
    assert not LiveFigure.objects.visible_to(make_member(candidacy=make_candidacy()).user).exists()


def test_an_empty_register_says_what_belongs_there(client):
    lead = make_member()
    client.force_login(lead.user)

    assert "Aucun chiffre pour l’instant" in client.get(address("list", lead.candidacy)).text
    narrowed = client.get(address("list", lead.candidacy), {"q": "x"}).text
    assert "ne répond à ces critères" in narrowed
