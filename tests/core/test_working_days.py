from datetime import date

import pytest

from core.working_days import holiday_name, is_working_day, region_of_commune


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Jour de l’an"),
        (date(2026, 4, 6), "Lundi de Pâques"),
        (date(2026, 5, 14), "Ascension"),
        (date(2027, 3, 29), "Lundi de Pâques"),
        (date(2026, 12, 26), ""),
        (date(2026, 4, 3), ""),
    ],
)
def test_the_holidays_of_the_whole_country_have_their_french_names(day, name):
    assert holiday_name(day) == name


def test_alsace_and_moselle_rest_two_days_more():
    assert holiday_name(date(2026, 4, 3), "57") == "Vendredi saint"
    assert holiday_name(date(2026, 12, 26), "57") == "Saint-Étienne"


@pytest.mark.parametrize(
    ("commune", "region"), [("62498", ""), ("57463", "57"), ("67482", "57"), ("97411", "974"), ("97502", "")]
)
def test_a_commune_keeps_the_holidays_of_its_region(commune, region):
    assert region_of_commune(commune) == region


def test_a_working_day_is_neither_a_weekend_nor_a_holiday():
    assert is_working_day(date(2026, 5, 13))
    assert not is_working_day(date(2026, 5, 14))
    assert not is_working_day(date(2026, 5, 16))
    assert not is_working_day(date(2026, 4, 3), "57")
