"""The call templates that a person may found on: the shipped files, and the copies they made of them."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from candidacy.call_templates import CallTemplate, build_template, list_templates
from candidacy.models import CallTemplateCopy


def templates_for(user: User) -> dict[str, CallTemplate]:
    """Return by key what ``user`` may found on: their own copies first, then the shipped files."""
    copies = CallTemplateCopy.objects.visible_to(user).order_by("name", "pk")
    offered = [*(template_of(copy) for copy in copies), *list_templates()]
    return {template.key: template for template in offered}


def template_of(copy: CallTemplateCopy) -> CallTemplate:
    return build_template({**copy.content, "key": copy.key, "version": copy.version, "label": copy.name})


def content_of(template: CallTemplate) -> dict[str, Any]:
    """Return the document that a copy of ``template`` begins with: the tables of a file, in what JSON can hold."""
    content = {
        name: value
        for name, value in asdict(template, dict_factory=_without_gaps).items()
        if name not in {"key", "version", "label"}
    }
    content["population_kind_confirmed"] = content.pop("is_population_kind_confirmed")
    content["criteria"] = [_renamed(row, "is_official", "official") for row in content.get("criteria", ())]
    return content


def _without_gaps(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in pairs if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _renamed(row: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    return {(new if name == old else name): value for name, value in row.items()}
