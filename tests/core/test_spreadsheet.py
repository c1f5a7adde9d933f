import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest

from core.spreadsheet import guard_text, spreadsheet_response, unguard_text, write_csv, write_xlsx

DANGEROUS = ["=1+1", "+33 3 21 00 00 00", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]


def read_csv(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(content):
    return openpyxl.load_workbook(BytesIO(content)).active


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_quoted_in_csv(text):
    rows = read_csv(write_csv(["Nom"], [[text]]))

    assert rows[1] == [f"'{text}"]


@pytest.mark.parametrize("text", [text for text in DANGEROUS if text[0] not in "\t\r\n"])
def test_text_that_looks_like_a_formula_stays_text_in_xlsx(text):
    cell = read_xlsx(write_xlsx("Noms", ["Nom"], [[text]]))["A2"]

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1"])
def test_text_after_a_tab_or_a_line_break_is_no_formula_in_xlsx(text):
    cell = read_xlsx(write_xlsx("Noms", ["Nom"], [[text]]))["A2"]

    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_header_that_looks_like_a_formula_stays_text():
    assert read_csv(write_csv(["=A1"], []))[0] == ["'=A1"]
    assert read_xlsx(write_xlsx("Noms", ["=A1"], []))["A1"].data_type == "s"


def test_negative_numbers_stay_numbers():
    row = [-5, Decimal("-1234.50"), -0.5]

    assert read_csv(write_csv(["a", "b", "c"], [row]))[1] == ["-5", "-1234,50", "-0,5"]
    cells = read_xlsx(write_xlsx("Nombres", ["a", "b", "c"], [row]))[2]
    assert [(cell.data_type, cell.value) for cell in cells] == [("n", -5), ("n", -1234.5), ("n", -0.5)]


def test_dates_are_dates_and_instants_are_on_the_local_clock():
    row = [date(2026, 3, 1), datetime(2026, 7, 1, 12, 30, tzinfo=UTC)]

    assert read_csv(write_csv(["a", "b"], [row]))[1] == ["2026-03-01", "2026-07-01 14:30"]
    cells = read_xlsx(write_xlsx("Dates", ["a", "b"], [row]))[2]
    assert [cell.value.isoformat() for cell in cells] == ["2026-03-01T00:00:00", "2026-07-01T14:30:00"]


def test_nothing_is_an_empty_cell_and_a_truth_is_a_word():
    assert read_csv(write_csv(["a", "b", "c"], [[None, True, False]]))[1] == ["", "oui", "non"]
    cells = read_xlsx(write_xlsx("Vides", ["a", "b", "c"], [[None, True, False]]))[2]
    assert [cell.value for cell in cells] == [None, "oui", "non"]


def test_control_characters_do_not_break_the_file():
    cell = read_xlsx(write_xlsx("Noms", ["Nom"], [["avant\x0baprès"]]))["A2"]

    assert cell.value == "avantaprès"


def test_a_title_with_forbidden_characters_names_the_sheet():
    assert read_xlsx(write_xlsx("Plan [v2] : charges / produits 2026-2028", ["a"], [])).title == (
        "Plan v2 charges produits 2026-2"
    )


@pytest.mark.parametrize("text", [*DANGEROUS, "'tis", "d’abord", "", "'"])
def test_what_the_guard_adds_comes_off_again(text):
    assert unguard_text(guard_text(text)) == text


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_answer_is_a_download_named_after_the_table_and_the_day(file_format, time_machine):
    time_machine.move_to(datetime(2026, 3, 14, 12, tzinfo=UTC))

    response = spreadsheet_response(file_format, title="Relevé de décisions", header=["a"], rows=[["x"]])

    assert response["Content-Disposition"] == (
        f'attachment; filename="releve-de-decisions-2026-03-14.{file_format}"'
    )
