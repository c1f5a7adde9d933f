import pytest

from tests import factories


@pytest.mark.parametrize("name", factories.__all__)
def test_a_builder_without_arguments_makes_a_valid_row(name):
    row = getattr(factories, name)()

    row.refresh_from_db()
    row.full_clean(exclude=["password"])
    assert row.pk
