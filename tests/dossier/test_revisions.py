"""The past of a section: any two revisions compared, one brought back, and a partner shown their own alone."""

import re
from uuid import UUID

import pytest
from django.urls import reverse

from dossier.models import Section, SectionRevision
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import make_member, make_organisation, make_picture, make_section

A, B = UUID(int=1), UUID(int=2)
TEXTS = ("<p>Une phrase d’abord.</p>", "<p>Une autre phrase d’abord.</p>", "<p>Une autre phrase ensuite.</p>")


def url(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


def write(section, by, texts=TEXTS):
    for body in texts:
        section.refresh_from_db()
        save_text(section=section, body=body, expected_revision=section.revision, by=by)
    section.refresh_from_db()


@pytest.fixture
def section():
    return make_section()


@pytest.fixture
def lead(section):
    return make_member(candidacy=section.candidacy).user


def html(response):
    return "".join(stretch.html for stretch in response.context["comparison"].stretches)


def test_the_last_two_revisions_are_compared_unless_others_are_asked_for(client, section, lead):
    write(section, lead)
    client.force_login(lead)

    last = client.get(url("section-compare", section))
    asked = client.get(url("section-compare", section), {"de": 1, "a": 3})
    reversed_ = client.get(url("section-compare", section), {"de": 3, "a": 1})
    one = client.get(url("section-compare", section), {"a": 2})

    assert "<ins>ensuite.</ins>" in html(last)
    assert "<del>d’abord.</del>" in html(last)
    assert "autre" in html(asked)
    assert "<ins>" in html(asked)
    assert html(reversed_) == html(asked)
    assert (one.context["older"].number, one.context["newer"].number) == (1, 2)


def test_one_revision_is_not_compared_with_anything(client, section, lead):
    write(section, lead, TEXTS[:1])
    client.force_login(lead)

    assert "Il faut deux révisions" in client.get(url("section-compare", section)).text


@pytest.mark.parametrize("asked", [{"de": "9"}, {"a": "x"}, {"de": "-1", "a": "1"}])
def test_a_revision_that_does_not_exist_is_not_found(client, section, lead, asked):
    write(section, lead)
    client.force_login(lead)

    assert client.get(url("section-compare", section), asked).status_code == 404


def test_a_restored_revision_becomes_a_new_one_and_none_goes(client, section, lead):
    write(section, lead)
    client.force_login(lead)

    page = client.post(url("section-revision-restore", section, 1), {"revision": 3}, follow=True)

    section.refresh_from_db()
    assert (section.body, section.revision) == (TEXTS[0], 4)
    assert [row.body for row in section.revisions.order_by("number")] == [*TEXTS, TEXTS[0]]
    assert section.revisions.get(number=4).saved_by == lead
    assert "elle devient la révision 4" in page.text


def test_restoring_on_an_older_revision_changes_nothing(client, section, lead):
    write(section, lead)
    client.force_login(lead)

    page = client.post(url("section-revision-restore", section, 1), {"revision": 2}, follow=True)

    section.refresh_from_db()
    assert (section.body, section.revision) == (TEXTS[2], 3)
    assert "pendant que vous" in page.text


def test_restoring_in_a_closed_section_changes_nothing_and_is_not_offered(client, section, lead):
    write(section, lead)
    Section.objects.update(status=Section.Status.VALIDATED)
    client.force_login(lead)

    page = client.post(url("section-revision-restore", section, 1), {"revision": 3}, follow=True)

    section.refresh_from_db()
    assert section.revision == 3
    assert "validée" in page.text
    assert "Rétablir" not in client.get(url("section-revision", section, 1)).text


def test_restoring_the_present_text_makes_no_revision(client, section, lead):
    write(section, lead)
    client.force_login(lead)

    page = client.post(url("section-revision-restore", section, 3), {"revision": 3}, follow=True)

    assert section.revisions.count() == 3
    assert "déjà le texte actuel" in page.text


def test_an_incomplete_request_to_restore_says_so(client, section, lead):
    write(section, lead)
    client.force_login(lead)

    page = client.post(url("section-revision-restore", section, 1), follow=True)

    assert "incomplète" in page.text
    assert section.revisions.count() == 3


def test_a_partner_neither_compares_nor_restores_what_others_wrote_before_them(client, section, lead):
    former = make_organisation(candidacy=section.candidacy)
    section.organisation = former
    section.save()
    write(section, lead, TEXTS[:2])
    section.organisation = make_organisation(candidacy=section.candidacy)
    section.save()
    partner = make_partner(organisation=section.organisation)
    write(section, partner, ["<p>Le nôtre.</p>", "<p>Le nôtre, relu.</p>"])
    client.force_login(partner)

    last = client.get(url("section-compare", section))
    statuses = [
        client.get(url("section-compare", section), {"de": 1, "a": 4}).status_code,
        client.get(url("section-compare", section), {"a": 2}).status_code,
        client.post(url("section-revision-restore", section, 2), {"revision": 4}).status_code,
    ]

    assert [number for number, _label in last.context["form"].fields["de"].choices] == [4, 3]
    assert statuses == [404, 404, 404]
    section.refresh_from_db()
    assert section.revision == 4


def test_a_partner_learns_nothing_of_older_texts_by_claiming_to_have_begun_with_them(client, section, lead):
    write(section, lead, ["<p>Motsecret des autres.</p>", "<p>Un deuxième.</p>"])
    Section.history.update(organisation=make_organisation(candidacy=section.candidacy))
    section.organisation = make_organisation(candidacy=section.candidacy)
    section.save()
    partner = make_partner(organisation=section.organisation)
    client.force_login(partner)

    page = client.post(url("section-edit", section), {"body": "<p>Le mien.</p>", "revision": 1})

    assert page.status_code == 409
    assert "Motsecret" not in page.text
    assert page.context["form"]["body"].value() == "<p>Le mien.</p>"


@pytest.mark.parametrize("count", [3, 30])
def test_comparing_costs_the_same_for_any_number_of_revisions(
    client, section, lead, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        SectionRevision.objects.create(section=section, number=number, saved_by=lead, body=f"<p>{number}</p>")
    client.force_login(lead)

    # Session, user, candidacy, membership; section, criteria; list of revisions, the two, outline, visible ones.
    with django_assert_num_queries(9):
        client.get(url("section-compare", section))


def test_a_compared_picture_is_shown_to_those_who_may_see_it_and_named_to_the_others(client, section, lead):
    organisation = make_organisation(candidacy=section.candidacy)
    section.organisation = organisation
    section.save()
    picture = make_picture(candidacy=section.candidacy, alternative_text="Le terril")
    address = reverse("dossier:picture", args=[section.candidacy.slug, picture.public_id])
    write(section, lead, [f'<p>Un.</p><figure><img src="{address}" alt=""></figure>', "<p>Un.</p>"])
    partner = make_partner(organisation=organisation)

    client.force_login(lead)
    by_lead = client.get(url("section-compare", section)).text
    client.force_login(partner)
    by_partner = client.get(url("section-compare", section)).text

    assert "Image retirée" in by_lead
    assert f'<del><img src="{address}" alt="Le terril"></del>' in by_lead
    assert client.get(address).status_code == 404, "no text that they read shows it any more"
    assert f'<img src="{address}"' not in by_partner
    assert "<del>[image\u00a0: Le terril]</del>" in by_partner


def test_a_changed_reference_to_a_table_is_marked(client, section, lead):
    first, second = (f'<p>Voir <span data-table="{identity}"></span>.</p>' for identity in (A, B))
    tables = "".join(
        f'<table data-identity="{identity}"><caption>T</caption><tbody><tr><td>1</td></tr></tbody></table>'
        for identity in (A, B)
    )
    write(section, lead, [first + tables, second + tables])
    client.force_login(lead)

    page = client.get(url("section-compare", section)).text

    assert re.search(r"<ins><a [^>]*>tableau\u00a02</a>.</ins>", page)
    assert re.search(r"<del><a [^>]*>tableau\u00a01</a>.</del>", page)
