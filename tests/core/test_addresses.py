from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from core.addresses import page_address


def test_the_address_of_a_row_is_the_one_that_django_gives():
    for _ in range(2):
        row = uuid4()
        expected = reverse("partners:organisation-detail", args=["lens", row])
        assert page_address("partners:organisation-detail", "lens", row) == expected


def test_a_row_below_another_row_has_both_in_its_address():
    parent, row = uuid4(), uuid4()

    found = page_address("partners:contact-edit", "lens", parent, row)

    assert found == reverse("partners:contact-edit", args=["lens", parent, row])


def test_the_prefix_of_the_site_is_kept():
    row = uuid4()
    before = page_address("partners:organisation-detail", "lens", row)
    set_script_prefix("/sous/")
    try:
        assert page_address("partners:organisation-detail", "lens", row) == f"/sous{before}"
    finally:
        set_script_prefix("/")


def test_templates_ask_for_it_as_for_url():
    row = uuid4()
    page = Template("{% url 'partners:organisation-detail' slug row %}")

    assert page.render(Context({"slug": "lens", "row": row})) == page_address(
        "partners:organisation-detail", "lens", row
    )


def test_an_address_without_a_row_is_the_one_that_django_gives():
    page = Template("{% url 'dossier:dashboard' slug %} {% url 'candidacy:home' as home %}{{ home }}")

    assert page.render(Context({"slug": "lens"})).split() == [
        reverse("dossier:dashboard", args=["lens"]),
        reverse("candidacy:home"),
    ]


def test_an_address_that_is_none_is_an_error_unless_it_is_kept():
    context = Context({"slug": "ni un ni deux"})

    assert Template("{% url 'dossier:dashboard' slug as found %}[{{ found }}]").render(context) == "[]"
    with pytest.raises(NoReverseMatch):
        Template("{% url 'dossier:dashboard' slug %}").render(context)


def test_named_arguments_are_left_to_django():
    page = Template("{% url 'dossier:dashboard' slug=slug %}")

    assert page.render(Context({"slug": "lens"})) == reverse("dossier:dashboard", args=["lens"])
