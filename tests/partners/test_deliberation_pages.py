"""Deliberations as lead, team and partner meet them on their pages."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from partners.forms.fields import PdfField
from partners.models import Deliberation, Sitting
from partners.services.deliberations import change_deliberation
from tests.factories import make_contact, make_deliberation, make_member, make_organisation, make_sitting

Role = Membership.Role
Status = Deliberation.Status


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture(params=[Role.LEAD, Role.TEAM])
def member(client, request):
    row = make_member(role=request.param)
    client.force_login(row.user)
    return row


@pytest.fixture
def lead(client):
    row = make_member()
    row.candidacy.deposit_on = timezone.localdate() + timedelta(days=60)
    row.candidacy.save()
    client.force_login(row.user)
    return row


def address(name, organisation, *ids):
    return reverse(f"partners:{name}", args=[organisation.candidacy.slug, organisation.public_id, *ids])


def of(name, row):
    return address(name, row.organisation, row.public_id)


def shown(client, url):
    """Return the values of the form at ``url``, hidden ones included, as a browser would post them."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def pdf(content=b"%PDF-1.7 ...", name="delib.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def coming(days, closes_in):
    today = timezone.localdate()
    return {
        "held_on": today + timedelta(days=days),
        "agenda_closes_on": today + timedelta(days=closes_in),
    }


# --- writing them down -------------------------------------------------------------------------------


def test_a_sitting_is_noted_and_changed_from_the_sheet(client, member):
    organisation = make_organisation(candidacy=member.candidacy)
    url = address("sitting-create", organisation)
    posted = shown(client, url) | {"held_on": "2027-03-12", "agenda_closes_on": "2027-02-20"}

    codes = [client.post(url, posted).status_code for _ in range(2)]

    assert codes == [302, 302]
    sitting = Sitting.objects.get()
    assert str(sitting) == "conseil municipal, 12\u00a0mars 2027"
    url = of("sitting-edit", sitting)
    assert client.post(url, shown(client, url) | {"assembly": "standing"}).status_code == 302
    sitting.refresh_from_db()
    assert sitting.assembly == "standing"


def test_an_agenda_that_closes_after_its_sitting_is_said_at_its_field(client, lead):
    url = address("sitting-create", make_organisation(candidacy=lead.candidacy))

    response = client.post(
        url, shown(client, url) | {"held_on": "2027-03-12", "agenda_closes_on": "2027-03-13"}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["agenda_closes_on"]


def test_a_deliberation_is_noted_once_and_then_voted(client, member):
    sitting = make_sitting(candidacy=member.candidacy)
    url = address("deliberation-create", sitting.organisation)
    posted = shown(client, url) | {"title": "Soutien", "sitting": str(sitting.public_id)}

    codes = [client.post(url, posted).status_code for _ in range(2)]

    assert codes == [302, 302]
    deliberation = Deliberation.objects.get()
    assert (deliberation.candidacy, deliberation.sitting) == (member.candidacy, sitting)
    url = of("deliberation-edit", deliberation)
    vote = {
        "status": "adopted",
        "votes_for": "28",
        "votes_against": "0",
        "abstentions": "1",
        "act_number": "2026-31",
        "transmitted_on": sitting.held_on.isoformat(),
        "file": pdf(),
    }
    assert client.post(url, shown(client, url) | vote).status_code == 302
    page = client.get(of("deliberation-detail", deliberation)).text
    assert "28 pour, 0 contre, 1 abstention" in page
    assert "2026-31" in page
    assert of("deliberation-act", deliberation) in page
    _response, [line] = listed(client, member.candidacy)
    assert line.result == "28 pour, 0 contre, 1 abstention, acte 2026-31"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"status": "adopted", "sitting": ""}, {"sitting"}),
        ({"status": "scheduled", "sitting": ""}, {"sitting"}),
        ({"votes_for": "3", "act_number": "12"}, {"votes_for", "act_number"}),
        ({"status": "withdrawn", "votes_against": "0"}, {"votes_against"}),
        ({"status": "adopted", "votes_for": "-1"}, {"votes_for"}),
        ({"transmitted_on": "1989-12-31"}, {"transmitted_on"}),
        ({"status": "adopted", "transmitted_on": "1989-12-31"}, {"transmitted_on"}),
        ({"title": ""}, {"title"}),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(client, lead, fields, wrong):
    deliberation = make_deliberation(sitting=make_sitting(candidacy=lead.candidacy))
    url = of("deliberation-edit", deliberation)

    response = client.post(url, shown(client, url) | {"rapporteur": "Awa Delattre"} | fields)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == wrong
    assert "Awa Delattre" in response.text
    deliberation.refresh_from_db()
    assert deliberation.rapporteur == ""


def test_a_vote_to_come_is_refused_above_the_form(client, lead):
    sitting = make_sitting(candidacy=lead.candidacy, **coming(3, 1))
    url = of("deliberation-edit", make_deliberation(sitting=sitting))

    response = client.post(url, shown(client, url) | {"status": "adopted"})

    assert response.status_code == 422
    assert "quand elle a eu lieu" in response.text


def test_the_sitting_of_another_organisation_cannot_be_chosen(client, lead):
    url = of("deliberation-edit", make_deliberation(candidacy=lead.candidacy))
    other = make_sitting(candidacy=lead.candidacy)

    response = client.post(url, shown(client, url) | {"sitting": str(other.public_id)})

    assert list(response.context["form"].errors) == ["sitting"]


def test_two_people_on_one_deliberation_see_each_others_changes(client, lead):
    deliberation = make_deliberation(candidacy=lead.candidacy, rapporteur="Avant")
    url = of("deliberation-edit", deliberation)
    posted = shown(client, url) | {"rapporteur": "La mienne"}
    change_deliberation(deliberation=deliberation, fields={"rapporteur": "La leur"})

    response = client.post(url, posted)

    assert response.status_code == 409
    assert [(row.saved, row.typed) for row in response.context["differences"]] == [("La leur", "La mienne")]
    again = posted | {"seen": response.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 302


def test_a_sitting_that_is_needed_is_not_removed(client, lead):
    sitting = make_sitting(candidacy=lead.candidacy)
    make_deliberation(sitting=sitting)

    page = client.post(of("sitting-remove", sitting), follow=True).text

    assert "1 délibération" in page
    assert Sitting.objects.exists()


def test_the_lead_removes_what_was_noted_by_mistake(client, lead):
    sitting = make_sitting(candidacy=lead.candidacy)
    deliberation = make_deliberation(organisation=sitting.organisation)

    for url in (of("deliberation-remove", deliberation), of("sitting-remove", sitting)):
        assert client.post(url).url == address("organisation-detail", sitting.organisation)

    assert not Deliberation.objects.exists()
    assert not Sitting.objects.exists()


# --- the signed act ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (pdf(b"<html>%PDF-1.7"), "n’est pas un PDF"),
        (pdf(b"PK\x03\x04", name="delib.docx"), "n’est pas un PDF"),
        (pdf(b""), "Ce fichier est vide"),
        (pdf(b"%PDF-" + b"0" * PdfField.MAX_BYTES), "pèse 20,0 Mo\u00a0: 20 Mo au plus"),
    ],
    ids=["page", "word", "empty", "heavy"],
)
def test_a_file_that_is_no_pdf_or_too_heavy_is_refused_and_says_why(client, lead, file, words):
    deliberation = make_deliberation(candidacy=lead.candidacy)
    url = of("deliberation-edit", deliberation)

    response = client.post(url, shown(client, url) | {"file": file})

    assert response.status_code == 422
    assert words in response.context["form"].errors["file"][0]
    deliberation.refresh_from_db()
    assert not deliberation.file


def test_a_pdf_of_twenty_megabytes_is_taken(client, lead):
    deliberation = make_deliberation(candidacy=lead.candidacy)
    url = of("deliberation-edit", deliberation)
    heavy = pdf(b"%PDF-" + b"0" * (PdfField.MAX_BYTES - 5))

    assert client.post(url, shown(client, url) | {"file": heavy}).status_code == 302

    deliberation.refresh_from_db()
    assert deliberation.file.size == PdfField.MAX_BYTES


def test_the_act_is_handed_over_as_a_file_that_no_cache_keeps(client, lead):
    sitting = make_sitting(candidacy=lead.candidacy, held_on=date(2026, 3, 12))
    deliberation = make_deliberation(sitting=sitting, file=ContentFile(b"%PDF-1.7 ...", name="a.pdf"))

    response = client.get(of("deliberation-act", deliberation))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 ..."
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "mars%202026.pdf" in response["Content-Disposition"].replace("%C2%A0", "%20")
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_act_that_is_not_there_is_not_found(client, lead):
    without = make_deliberation(candidacy=lead.candidacy)
    lost = make_deliberation(candidacy=lead.candidacy, file="deliberations/gone.pdf")

    assert client.get(of("deliberation-act", without)).status_code == 404
    assert client.get(of("deliberation-act", lost)).status_code == 404


# --- reading them ------------------------------------------------------------------------------------


def listed(client, candidacy):
    response = client.get(reverse("partners:deliberation-list", args=[candidacy.slug]))
    return response, response.context["lines"]


def make_one_of_each(candidacy):
    """Make deliberations that are safe, threatened in every way, voted and withdrawn."""
    today = timezone.localdate()
    make_deliberation(candidacy=candidacy, title="inconnue")
    make_deliberation(sitting=make_sitting(candidacy=candidacy, **coming(30, 10)), title="bientôt")
    make_deliberation(sitting=make_sitting(candidacy=candidacy, **coming(9, 3)), title="très bientôt")
    make_deliberation(sitting=make_sitting(candidacy=candidacy, **coming(20, -1)), title="trop tard")
    make_deliberation(sitting=make_sitting(candidacy=candidacy, **coming(50, 40)), title="à temps")
    make_deliberation(
        sitting=make_sitting(candidacy=candidacy, **coming(20, 5)), status="scheduled", title="inscrite"
    )
    for title, days in (("votée il y a longtemps", 90), ("votée", 30)):
        held_on = today - timedelta(days=days)
        make_deliberation(
            sitting=make_sitting(candidacy=candidacy, held_on=held_on), status="adopted", title=title
        )
    make_deliberation(sitting=make_sitting(candidacy=candidacy), status="scheduled", title="à noter")


def test_the_list_begins_with_what_is_most_urgent(client, lead):
    make_one_of_each(lead.candidacy)
    make_deliberation()

    response, lines = listed(client, lead.candidacy)

    assert [(line.title, str(line.alert.kind.label) if line.alert else "") for line in lines] == [
        ("trop tard", "trop tard"),
        ("très bientôt", "clôture proche"),
        ("bientôt", "clôture proche"),
        ("inconnue", "aucune séance connue"),
        ("à noter", "vote à noter"),
        ("inscrite", ""),
        ("à temps", ""),
        ("votée", ""),
        ("votée il y a longtemps", ""),
    ]
    assert "son ordre du jour se clôt le" in response.text


def test_the_sittings_of_another_organisation_help_nobody(client, lead):
    make_deliberation(candidacy=lead.candidacy)
    make_sitting(candidacy=lead.candidacy, **coming(30, 20))

    _response, [line] = listed(client, lead.candidacy)

    assert str(line.alert.kind.label) == "aucune séance connue"


def test_every_sitting_of_the_organisation_counts(client, lead):
    deliberation = make_deliberation(candidacy=lead.candidacy)
    for days in (9, 50, 61):
        make_sitting(organisation=deliberation.organisation, **coming(days, days - 8))

    _response, [line] = listed(client, lead.candidacy)

    assert line.alert is None


def test_an_empty_list_says_where_to_begin(client, member):
    response, lines = listed(client, member.candidacy)

    assert lines == []
    assert "ouvrez la fiche d’une structure" in response.text


def test_the_address_book_and_the_list_lead_to_each_other(client, member):
    book = reverse("partners:organisation-list", args=[member.candidacy.slug])
    response, _lines = listed(client, member.candidacy)

    assert f'href="{book}"' in response.text
    assert response.request["PATH_INFO"] in client.get(book).text


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_any_number_of_deliberations(
    client, lead, count, django_assert_num_queries
):
    for n in range(count):
        sitting = make_sitting(candidacy=lead.candidacy, **coming(n + 1, n))
        make_deliberation(sitting=sitting)
        make_sitting(organisation=sitting.organisation, **coming(n + 40, n))
    url = reverse("partners:deliberation-list", args=[lead.candidacy.slug])
    client.get(url)

    with django_assert_num_queries(
        5
    ):  # session, user, memberships, sittings to rank by, the lines of one page
        client.get(url)


def test_the_sheet_shows_what_is_to_be_voted_and_when(client, member):
    candidacy = member.candidacy
    candidacy.deposit_on = timezone.localdate() + timedelta(days=60)
    candidacy.save()
    organisation = make_organisation(candidacy=candidacy)
    for days, closes_in in ((30, 10), (20, -1), (-40, -50), (-50, -60), (-60, -70), (-70, -80)):
        make_sitting(organisation=organisation, **coming(days, closes_in))
    make_deliberation(organisation=organisation, title="Soutien")

    response = client.get(address("organisation-detail", organisation))

    deliberations, sittings = (
        panel
        for panel in response.context["panels"]
        if str(panel.title) in {"Délibérations", "Séances d’assemblée"}
    )
    [row] = deliberations.rows
    assert (row.title, str(row.badge)) == ("Soutien", "clôture proche")
    assert "pour la dernière fois avant le dépôt" in row.hint
    assert [row.badge for row in sittings.rows] == [
        "ordre du jour clos",
        "ordre du jour ouvert",
        *["passée"] * 3,
    ]
    for name in ("deliberation-create", "sitting-create"):
        assert address(name, organisation) in response.text


# --- a partner ---------------------------------------------------------------------------------------


@pytest.fixture
def partner(client):
    row = make_member(role=Role.PARTNER)
    client.force_login(row.user)
    return make_contact(candidacy=row.candidacy, user=row.user)


def test_a_partner_reads_theirs_and_nothing_internal(client, partner):
    own = make_deliberation(sitting=make_sitting(organisation=partner.organisation), notes="NOTE-INTERNE")
    make_deliberation(candidacy=partner.candidacy, title="AUTRE-STRUCTURE")

    sheet = client.get(address("organisation-detail", partner.organisation)).text
    page = client.get(of("deliberation-detail", own)).text

    assert own.title in sheet
    assert "Séances d’assemblée" in sheet
    assert own.title in page
    for text in (sheet, page):
        assert "NOTE-INTERNE" not in text
        assert "AUTRE-STRUCTURE" not in text
        for name in ("deliberation-create", "sitting-create"):
            assert address(name, partner.organisation) not in text
        assert of("deliberation-edit", own) not in text
        assert of("sitting-edit", own.sitting) not in text


def test_a_partner_of_whom_no_vote_is_awaited_is_not_told_of_any(client, partner):
    sheet = client.get(address("organisation-detail", partner.organisation)).text

    assert "Délibérations" not in sheet
