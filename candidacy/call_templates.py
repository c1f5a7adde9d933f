"""The calls one may bid under, read from the data files of ``calls/``: nothing of a call is a constant of the code.

A template is checked when it is read, so a file that contradicts itself stops the first person who opens it, not
the candidacy that was founded on it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

CALLS_DIR = Path(__file__).resolve().parent / "calls"


class CallTemplateError(ValueError):
    """A template file that cannot be used, and why."""


@dataclass(frozen=True, kw_only=True)
class SourceTemplate:
    """Where something of the template was read; ``read_by`` is the latest day on which that was."""

    key: str
    address: str
    read_by: date


@dataclass(frozen=True, kw_only=True)
class CriterionTemplate:
    code: str
    title: str
    is_official: bool = False
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PhaseTemplate:
    key: str
    name: str
    planned_on: date | None = None
    planned_label: str = ""
    actual_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PieceTemplate:
    key: str
    name: str
    description: str = ""
    phase: str = ""
    is_required: bool = True
    is_confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class SectionTemplate:
    """One entry of the outline; ``kind`` and ``limit_unit`` are words of the dossier, which checks them."""

    key: str
    title: str
    parent: str = ""
    brief: str = ""
    kind: str = "text"
    limit_value: int | None = None
    limit_unit: str = "words"
    phase: str = ""
    criteria: tuple[str, ...] = ()
    #: Whether the question was read in a source; the words of the brief are a working prompt in any case.
    is_confirmed: bool = False
    #: What the call itself asks here, apart from our brief.
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallTemplate:
    key: str
    version: int
    name: str
    authority: str = ""
    description: str = ""
    source: str = ""
    language: str = "fr"
    title_year: int | None = None
    population_min: int | None = None
    population_max: int | None = None
    population_kind: str = "municipal"
    is_population_kind_confirmed: bool = False
    prize_amount: Decimal | None = None
    #: Of the whole dossier, cover and contents included.
    page_limit: int | None = None
    criteria: tuple[CriterionTemplate, ...] = ()
    phases: tuple[PhaseTemplate, ...] = ()
    pieces: tuple[PieceTemplate, ...] = ()
    sections: tuple[SectionTemplate, ...] = ()
    sources: tuple[SourceTemplate, ...] = ()
    #: What its maker calls a copy; a shipped file goes by the name of its call.
    label: str = ""

    @property
    def title(self) -> str:
        return self.label or self.name


def list_templates() -> tuple[CallTemplate, ...]:
    """Return every template, the one without a call last."""
    return tuple(sorted(_templates().values(), key=lambda template: (template.key == "blank", template.name)))


def load_template(key: str) -> CallTemplate:
    try:
        return _templates()[key]
    except KeyError:
        raise CallTemplateError(f"no call template is named {key!r}") from None


@cache
def _templates() -> Mapping[str, CallTemplate]:
    return {path.stem: read_template(path) for path in sorted(CALLS_DIR.glob("*.toml"))}


def read_template(path: Path) -> CallTemplate:
    """Read one file of ``calls/``; raises CallTemplateError, naming the file, for whatever is wrong with it."""
    try:
        template = build_template(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise CallTemplateError(f"{path.name}: {error}") from error
    if template.key != path.stem:
        raise CallTemplateError(f"{path.name}: its key is {template.key!r}")
    return template


def build_template(content: Mapping[str, Any]) -> CallTemplate:
    """Turn tables into a template that holds together; a key that nothing knows is an error, and so is a missing one.

    Dates and sums may be texts, as in the document of a copy.
    """
    template = _build(content)
    _check(template)
    return template


def _build(content: Mapping[str, Any]) -> CallTemplate:
    fields = dict(content)
    prize = fields.pop("prize_amount", None)
    return CallTemplate(
        prize_amount=None if prize is None else Decimal(prize),
        is_population_kind_confirmed=fields.pop("population_kind_confirmed", False),
        criteria=tuple(
            CriterionTemplate(
                is_official=row.pop("official", False), prompts=tuple(row.pop("prompts", ())), **row
            )
            for row in _rows(fields, "criteria")
        ),
        phases=tuple(
            PhaseTemplate(
                planned_on=_day(row.pop("planned_on", None)),
                actual_on=_day(row.pop("actual_on", None)),
                **row,
            )
            for row in _rows(fields, "phases")
        ),
        pieces=tuple(PieceTemplate(**row) for row in _rows(fields, "pieces")),
        sources=tuple(SourceTemplate(read_by=_read_by(row), **row) for row in _rows(fields, "sources")),
        sections=tuple(
            SectionTemplate(
                criteria=tuple(row.pop("criteria", ())), questions=tuple(row.pop("questions", ())), **row
            )
            for row in _rows(fields, "sections")
        ),
        **fields,
    )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _read_by(row: dict[str, Any]) -> date:
    day = _day(row.pop("read_by", None))
    if day is None:
        raise ValueError(f"source {row.get('key')} does not say when it was read")
    return day


def _rows(fields: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in fields.pop(name, [])]


def _check(template: CallTemplate) -> None:
    phases = _unique("phase", (phase.key for phase in template.phases))
    criteria = _unique("criterion", (criterion.code for criterion in template.criteria))
    _unique("source", (source.key for source in template.sources))
    _unique("piece", (piece.key for piece in template.pieces))
    sections = _unique("section", (section.key for section in template.sections))
    parts = {section.key for section in template.sections if not section.parent}
    low, high = template.population_min, template.population_max
    if low is not None and high is not None and low > high:
        raise ValueError("population_min is above population_max")
    if template.page_limit is not None and template.page_limit < 1:
        raise ValueError("page_limit is not positive")
    if not sections:
        raise ValueError("it has no section: there would be nothing to write")
    for piece in template.pieces:
        _known(f"piece {piece.key}", "phase", {piece.phase} - {""}, phases)
    for section in template.sections:
        _known(f"section {section.key}", "phase", {section.phase} - {""}, phases)
        _known(f"section {section.key}", "criterion", set(section.criteria), criteria)
        _known(f"section {section.key}", "part", {section.parent} - {""}, parts)


def _unique(what: str, keys: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what} {key!r} comes twice")
        seen.add(key)
    return seen


def _known(where: str, what: str, named: set[str], known: set[str]) -> None:
    if missing := sorted(named - known):
        raise ValueError(f"{where} names {what} {missing[0]!r}, which does not exist")
