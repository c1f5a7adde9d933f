"""The files of a demonstration bid, as they lie in their folder."""

import csv
import tomllib
from pathlib import Path
from typing import Any

LENS_LIEVIN = Path(__file__).resolve().parent / "lens_lievin"


class Source:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name: str) -> dict[str, Any]:
        return tomllib.loads((self.folder / f"{name}.toml").read_text(encoding="utf-8"))

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def content(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()
