from django.urls import reverse

from tests.factories import make_user

PASSWORD = "une-phrase-assez-longue"


def test_a_person_changes_their_name(client):
    person = make_user()
    client.force_login(person)

    response = client.post(reverse("accounts:profile"), {"first_name": "Anaïs", "last_name": "Petit"})

    assert response.status_code == 302
    person.refresh_from_db()
    assert str(person) == "Anaïs Petit"


def test_a_name_too_long_is_refused_and_stays_in_the_form(client):
    person = make_user(first_name="Camille")
    client.force_login(person)

    response = client.post(reverse("accounts:profile"), {"first_name": "x" * 81, "last_name": "Petit"})

    assert response.status_code == 422
    assert 'value="' + "x" * 81 in response.content.decode()
    person.refresh_from_db()
    assert person.first_name == "Camille"


def test_nothing_else_of_the_account_can_be_posted(client):
    person = make_user(email="camille@exemple.example")
    client.force_login(person)

    client.post(
        reverse("accounts:profile"),
        {
            "first_name": "a",
            "last_name": "b",
            "email": "autre@exemple.example",
            "may_found_candidacies": "on",
        },
    )

    person.refresh_from_db()
    assert (person.email, person.may_found_candidacies) == ("camille@exemple.example", False)


def test_a_person_changes_their_password_and_is_told_by_mail(client, mailoutbox):
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "un-autre-secret-long", "password2": "un-autre-secret-long"},
    )

    assert response.url == reverse("accounts:profile")
    person.refresh_from_db()
    assert person.check_password("un-autre-secret-long")
    (message,) = mailoutbox
    assert message.to == [person.email]
    assert message.subject == "Votre mot de passe a changé"
    assert message.body.startswith("Bonjour,")


def test_a_short_password_is_refused(client):
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "court-aussi", "password2": "court-aussi"},
    )

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_initials_stand_for_the_person():
    assert make_user(first_name="Anaïs", last_name="petit").initials == "AP"
    assert make_user(first_name="", last_name="", email="zoe@exemple.example").initials == "Z"
