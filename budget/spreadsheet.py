"""The funding plan as a spreadsheet: values as typed, live formulas for the totals only."""

from collections.abc import Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from budget.summary import PlanRow, PlanSummary, Side
from core.money import ZERO
from core.spreadsheet import keep_as_text

EUROS = "#,##0.00\\ €"
_BOLD = Font(bold=True)


def plan_workbook(summary: PlanSummary) -> bytes:
    """Return an XLSX file with one sheet for the charges, one for the produits, in the order of the page."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sides = (summary.expenses, summary.expenses_in_kind)
    _write_sheet(book.create_sheet(_("Charges")), summary, sides, with_funder=False)
    sides = (summary.income, summary.income_in_kind)
    _write_sheet(book.create_sheet(_("Produits")), summary, sides, with_funder=True)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(sheet: Worksheet, plan: PlanSummary, sides: Sequence[Side], *, with_funder: bool) -> None:
    extra = [_("Financeur"), _("État"), _("Montant demandé"), _("Montant accordé")] if with_funder else []
    header = [_("Compte"), _("Libellé"), *map(str, plan.years), _("Total"), *extra]
    sheet.append(header)
    for cell in sheet[1]:
        cell.font = _BOLD
        cell.alignment = Alignment(wrap_text=True)
    for side, name in zip(sides, (_("Total"), _("Total des contributions en nature")), strict=True):
        _write_side(sheet, side, name, len(plan.years), with_funder=with_funder)
    for number in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 44 if number == 2 else 18
    sheet.freeze_panes = "C2"


def _write_side(sheet: Worksheet, side: Side, name: str, year_count: int, *, with_funder: bool) -> None:
    if not side.rows:
        return
    first = sheet.max_row + 1
    for row in side.rows:
        _write_row(sheet, row, year_count, with_funder=with_funder)
    last = sheet.max_row
    columns = [get_column_letter(3 + i) for i in range(year_count + 1)]
    sheet.append(["", name, *(f"=SUM({column}{first}:{column}{last})" for column in columns)])
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    for line in sheet.iter_rows(min_row=first, max_row=sheet.max_row, min_col=3):
        for cell in line:
            cell.number_format = EUROS


def _write_row(sheet: Worksheet, row: PlanRow, year_count: int, *, with_funder: bool) -> None:
    number = sheet.max_row + 1
    amounts = row.amounts if row.is_counted else (ZERO,) * year_count
    funding = [row.funder, row.status_label, row.requested, row.granted] if with_funder else []
    sheet.append([row.account, row.label, *amounts, None, *funding])
    for cell in sheet[number]:
        keep_as_text(cell)
    sheet.cell(number, 3 + year_count).value = f"=SUM(C{number}:{get_column_letter(2 + year_count)}{number})"
