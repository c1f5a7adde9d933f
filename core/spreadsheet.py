"""Tables as files for spreadsheet programs, where no text of ours may turn into a formula.

The guard differs by format. A CSV file has no types, so text that a program would read as a formula gets a
leading apostrophe (``unguard_text`` takes it off again on import). An XLSX cell has a type: text is stored
as text and marked as quoted, so its value stays what it was.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as WorksheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | Promise | int | float | Decimal | date | datetime | bool | None
SheetFormat = Literal["csv", "xlsx"]

#: What makes a spreadsheet program read text as a formula; the wide forms are how East Asian keyboards type them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- see above
CONTENT_TYPES: dict[SheetFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDEST_COLUMN = 60
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*(</)")


def guard_text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def unguard_text(text: str) -> str:
    """Take off the apostrophe that ``guard_text`` put, and no other."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def keep_as_text(cell: object) -> None:
    """Store the text of a worksheet's ``cell`` as text, whatever it begins with; numbers are left alone."""
    if isinstance(cell, WorksheetCell) and isinstance(cell.value, str):
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith(FORMULA_STARTS)


def write_csv(header: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table the way French spreadsheet programs open it: semicolons, decimal comma, byte order mark."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_text(value) for value in header])
    writer.writerows([_csv_text(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(title: str, header: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write one sheet with a header that stays in sight; numbers and dates keep their type."""
    body = [[_xlsx_value(value) for value in row] for row in rows]
    names = [str(_xlsx_value(value) or "") for value in header]
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for index, width in enumerate(_widths(names, body), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    head = [WriteOnlyCell(sheet, value=name) for name in names]
    for cell in head:
        cell.data_type = "s"
        cell.font = Font(bold=True)
    sheet.append(head)
    for values in body:
        sheet.append([_xlsx_cell(sheet, value) for value in values])
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(names), 1))}{len(body) + 1}"
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def settle_dates(workbook: bytes, dated: datetime) -> bytes:
    """Have an XLSX file bear ``dated`` wherever the hour of its writing stands: same table, same bytes."""
    moment = dated.astimezone(UTC)
    buffer = BytesIO()
    with ZipFile(BytesIO(workbook)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN.sub(rf"\g<1>{moment:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode(), content)
            entry = ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, content)
    return buffer.getvalue()


def spreadsheet_response(
    file_format: SheetFormat, *, title: str, header: Sequence[Cell], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """Answer with the table as a download named after ``title`` and the day."""
    content = write_csv(header, rows) if file_format == "csv" else write_xlsx(title, header, rows)
    name = f"{slugify(title) or 'export'}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",")
    return guard_text(str(value))


def _xlsx_value(value: Cell) -> str | int | float | Decimal | date | datetime | None:
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)  # the format has no time zones
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def _xlsx_cell(sheet: Any, value: Any) -> Any:  # the stubs know neither the write-only sheet nor its cells
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_STARTS)
    elif isinstance(value, datetime):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    return cell


def _sheet_title(title: str) -> str:
    """Keep what a sheet may be called: 31 characters, none of []:*?/ and the backslash."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in ILLEGAL_CHARACTERS_RE.sub("", title))
    return " ".join(kept.split())[:31].strip(" '") or "Export"


def _widths(names: Sequence[str], body: Sequence[Sequence[object]]) -> list[float]:
    """Give each column the width of its longest value among the first rows, within reason."""
    widths = []
    for index, name in enumerate(names):
        lengths = [len(str(row[index])) for row in body[:200] if row[index] is not None]
        widths.append(float(min(max([len(name), *lengths]) + 2, WIDEST_COLUMN)))
    return widths
