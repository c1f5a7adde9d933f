"""Charts: one Vega-Lite specification, drawn to SVG on the server, for the page and for the PDF alike.

A chart is labelled directly, readable in grey and never alone: the caller prints its table beside it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import vl_convert
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from core.files import write_atomically

#: Enters the digest: raise it when the drawing changes, so that kept drawings are made again.
_VERSION = 2

FONT = "'Source Sans 3', 'DejaVu Sans', sans-serif"
_FRENCH_NUMBERS = {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u00a0€"]}
_CONFIG: dict[str, Any] = {
    "aria": False,  # the drawing is one image with one description; its table carries the detail
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "domain": False,
        "ticks": False,
        "labelColor": "#3b4350",
    },
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "orient": "top",
        "title": None,
        "labelColor": "#3b4350",
    },
}
_ROOT = re.compile(r"\A<svg\b[^>]*?>")
#: What the library says of its parts: inside one described image it only confuses.
_ROLES = re.compile(r' (?:role|aria-roledescription|aria-label|aria-hidden)="[^"]*"')
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')


@dataclass(frozen=True)
class Bar:
    """One bar: ``label`` beside it, ``value`` at its end, ``group`` as its shade where bars are stacked."""

    label: str
    value: Decimal
    text: str
    group: str = ""


def draw(spec: dict[str, Any], *, description: str) -> SafeString:
    """Return ``spec`` as an inline SVG whose accessible name is ``description``.

    The same specification is drawn once and kept on disk under its digest; no style attribute is left in it.
    """
    source = json.dumps([_VERSION, spec, description], sort_keys=True, ensure_ascii=False)
    kept = Path(settings.CACHE_DIR) / "charts" / f"{sha256(source.encode()).hexdigest()}.svg"
    if not kept.exists():
        write_atomically(kept, _draw(spec, description).encode())
    return mark_safe(kept.read_text(encoding="utf-8"))  # noqa: S308 -- drawn by us from numbers and escaped labels


def _draw(spec: dict[str, Any], description: str) -> str:
    full = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **spec}
    svg: str = vl_convert.vegalite_to_svg(
        full, config=_CONFIG, format_locale=_FRENCH_NUMBERS, allowed_base_urls=[]
    )
    root = _ROOT.match(svg)
    view_box = _VIEW_BOX.search(root.group() if root else "")
    if root is None or view_box is None:
        raise ValueError("the chart library answered something that is not an SVG drawing")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="{view_box.group(1)}" '
        f'role="img" aria-label={quoteattr(description)}>'
    )
    return opening + _ROLES.sub("", svg[root.end() :])


def horizontal_bars(bars: Sequence[Bar], *, colour: str, width: int = 560) -> dict[str, Any]:
    """Return a chart of one labelled bar a row, in the order given."""
    values = [{"label": bar.label, "value": float(bar.value), "text": bar.text} for bar in bars]
    place = {
        "y": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}},
        "x": {
            "field": "value",
            "type": "quantitative",
            "axis": None,
            "scale": {"domainMax": float(max((bar.value for bar in bars), default=Decimal(1))) * 1.25 or 1},
        },
    }
    return {
        "width": width,
        "height": {"step": 30},
        "data": {"values": values},
        "encoding": place,
        "layer": [
            {"mark": {"type": "bar", "color": colour, "height": {"band": 0.62}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": "#1d2733"},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }


def stacked_bar(bars: Sequence[Bar], *, colours: Sequence[str], width: int = 560) -> dict[str, Any]:
    """Return a single bar cut into the groups of ``bars``, each part labelled above it."""
    values = [
        {"group": bar.group, "value": float(bar.value), "text": bar.text, "rank": rank}
        for rank, bar in enumerate(bars)
        if bar.value > 0
    ]
    order = [value["group"] for value in values]
    return {
        "width": width,
        "height": 46,
        "data": {"values": values},
        "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "stack": "zero", "axis": None},
            "color": {
                "field": "group",
                "type": "nominal",
                "sort": order,
                "scale": {"domain": order, "range": list(colours)[: len(order)]},
                "legend": {"symbolType": "square", "labelLimit": 400, "columns": 1},
            },
            "order": {"field": "rank"},
        },
    }
