from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from candidacy.models import Membership
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import make_candidacy, make_member, make_organisation, make_picture, make_section

Role = Membership.Role


def address(picture, *, candidacy=None):
    return reverse("dossier:picture", args=[(candidacy or picture.candidacy).slug, picture.public_id])


def content_of(response):
    return b"".join(response.streaming_content)


def test_a_picture_is_served_as_what_it_is_and_kept_by_nobody_else(client):
    picture = make_picture()
    client.force_login(make_member(candidacy=picture.candidacy).user)

    response = client.get(address(picture))

    with picture.file.open("rb") as stored:
        assert content_of(response) == stored.read()
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["ETag"] == f'"{picture.digest}"'


def test_a_picture_already_held_is_not_sent_again(client):
    picture = make_picture()
    client.force_login(make_member(candidacy=picture.candidacy).user)

    response = client.get(address(picture), headers={"If-None-Match": f'"{picture.digest}"'})

    assert (response.status_code, response.content) == (304, b"")
    assert response["Cache-Control"] == "private, no-cache"


def test_holding_a_picture_does_not_spare_the_right_to_see_it(client):
    picture = make_picture()
    client.force_login(make_partner(candidacy=picture.candidacy))

    response = client.get(address(picture), headers={"If-None-Match": f'"{picture.digest}"'})

    assert response.status_code == 404


def test_a_partner_sees_the_pictures_of_the_texts_asked_of_them(client):
    candidacy = make_candidacy()
    mine = make_organisation(candidacy=candidacy)
    shown, other = make_picture(candidacy=candidacy), make_picture(candidacy=candidacy)
    section = make_section(candidacy=candidacy, organisation=mine)
    body = f'<figure><img src="{address(shown)}" alt="x"></figure>'
    save_text(section=section, body=body, expected_revision=0, by=make_member(candidacy=candidacy).user)
    client.force_login(make_partner(organisation=mine))

    seen = client.get(address(shown))
    hidden = client.get(address(other))

    content_of(seen)
    assert (seen.status_code, hidden.status_code) == (200, 404)


@pytest.mark.parametrize("role", [Role.ELECTED, Role.OBSERVER])
def test_readers_of_editions_see_no_loose_picture(client, role):
    picture = make_picture()
    client.force_login(make_member(candidacy=picture.candidacy, role=role).user)

    assert client.get(address(picture)).status_code == 404


def test_the_picture_of_another_candidacy_is_not_found(client):
    lead, picture = make_member(), make_picture()
    client.force_login(lead.user)

    responses = [client.get(address(picture)), client.get(address(picture, candidacy=lead.candidacy))]

    assert [response.status_code for response in responses] == [404, 404]


def test_a_picture_is_found_under_its_own_candidacy_alone(client):
    lead, picture = make_member(), make_picture()
    make_member(candidacy=picture.candidacy, user=lead.user)
    client.force_login(lead.user)

    assert client.get(address(picture, candidacy=lead.candidacy)).status_code == 404


def test_a_file_that_is_no_picture_is_never_drawn_by_the_browser(client):
    with make_picture().file.open("rb") as stored:
        picture = make_picture(file=ContentFile(stored.read(), name="page.html"))
    client.force_login(make_member(candidacy=picture.candidacy).user)

    response = client.get(address(picture))

    content_of(response)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_picture_whose_file_is_gone_is_not_found(client):
    picture = make_picture()
    Path(picture.file.path).unlink()
    client.force_login(make_member(candidacy=picture.candidacy).user)

    assert client.get(address(picture)).status_code == 404
