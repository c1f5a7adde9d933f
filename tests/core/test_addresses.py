from uuid import uuid4

from django.template import Context, Template
from django.urls import reverse, set_script_prefix

from core.addresses import row_address


def test_the_address_of_a_row_is_the_one_that_django_gives():
    for _ in range(2):
        row = uuid4()
        expected = reverse("partners:organisation-detail", args=["lens", row])
        assert row_address("partners:organisation-detail", "lens", row) == expected


def test_a_row_below_another_row_has_both_in_its_address():
    parent, row = uuid4(), uuid4()

    found = row_address("partners:contact-edit", "lens", parent, row)

    assert found == reverse("partners:contact-edit", args=["lens", parent, row])


def test_the_prefix_of_the_site_is_kept():
    row = uuid4()
    before = row_address("partners:organisation-detail", "lens", row)
    set_script_prefix("/sous/")
    try:
        assert row_address("partners:organisation-detail", "lens", row) == f"/sous{before}"
    finally:
        set_script_prefix("/")


def test_templates_ask_for_it_as_for_url():
    row = uuid4()
    page = Template("{% row_url 'partners:organisation-detail' slug row %}")

    assert page.render(Context({"slug": "lens", "row": row})) == row_address(
        "partners:organisation-detail", "lens", row
    )
