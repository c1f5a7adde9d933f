import pytest

from core.phones import clean_phone, readable_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0321000000", "03 21 00 00 00"),
        ("03.21.00.00.00", "03 21 00 00 00"),
        ("+33 (0)3 21 00 00 00", "03 21 00 00 00"),
        ("+32 2 555 12 12", "+32 2 555 12 12"),
        ("00 32 2 555 12 12", "+32 2 555 12 12"),
        ("0321", None),
        ("voir le standard", None),
    ],
)
def test_a_number_is_kept_as_people_read_it_or_refused(typed, kept):
    assert clean_phone(typed) == kept


def test_what_was_stored_otherwise_is_shown_readably():
    assert readable_phone("+33353010026") == "03 53 01 00 26"
    assert readable_phone("poste 12, le matin") == "poste 12, le matin"
    assert readable_phone("") == ""
