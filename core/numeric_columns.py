"""Columns of numbers in the tables that people make: their figures stand one under the other, by the right edge.

A table with merged cells, with another one inside or with rows of unequal length is left as it is.
"""

import re
from html import unescape

from django.utils.html import strip_tags

_TABLE = re.compile(r"<table\b(?:(?!<table\b).)*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(?P<tag>t[dh])\b(?P<attributes>[^>]*)>(?P<inside>.*?)</t[dh]>", re.DOTALL)
_SPANNED = re.compile(r"<t[dh]\b[^>]*\b(?:col|row)span=")
_NUMBER = re.compile(r"[+\u2212-]?\s?\d+(?:[\s.]\d{3})*(?:[.,]\d+)?(?:\s?(?:%|[kM]?€))?")
#: What stands for a value that there is not.
_NOTHING = frozenset({"", "-", "–", "—"})


def align_numbers(html: str) -> str:
    """Return cleaned ``html`` where the cells of columns of numbers, their headings included, have a class of their own."""
    return _TABLE.sub(lambda table: _aligned(table[0]), html)


def _aligned(table: str) -> str:
    rows = [list(_CELL.finditer(row[1])) for row in _ROW.finditer(table)]
    if _SPANNED.search(table) or len({len(row) for row in rows}) != 1:
        return table
    numeric = [_is_numeric(column) for column in zip(*rows, strict=True)]
    if not any(numeric):
        return table

    def row(match: re.Match[str]) -> str:
        columns = iter(numeric)
        return _CELL.sub(lambda cell: _dressed(cell) if next(columns) else cell[0], match[0])

    return _ROW.sub(row, table)


def _is_numeric(column: tuple[re.Match[str], ...]) -> bool:
    """Whether all that a column says under its heading are numbers, and it says at least one."""
    said = [unescape(strip_tags(cell["inside"])).strip() for cell in column if cell["tag"] == "td"]
    told = [words for words in said if words not in _NOTHING]
    headed = all(cell["tag"] == "td" or "col" in cell["attributes"] for cell in column)
    return headed and bool(told) and all(map(_NUMBER.fullmatch, told))


def _dressed(cell: re.Match[str]) -> str:
    return f'<{cell["tag"]} class="numeric"{cell["attributes"]}>{cell["inside"]}</{cell["tag"]}>'
