"""Reads the tables of docs/rights.md, which people read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.rights.world import Place

__all__ = ["Column", "Row", "read_rows"]

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
_OPERATION = re.compile(r"`([\w.]+)`")
_PUBLIC = "public: "
_ABOUT = ("what", "REST", "GraphQL", "whose")


@dataclass(frozen=True, kw_only=True)
class Column:
    """Who asks, and where the thing is that they ask for."""

    title: str

    @property
    def who(self) -> str:
        name = self.title.removeprefix(_PUBLIC)
        return "stranger" if name == "member" else name

    @property
    def place(self) -> Place:
        return Place.PUBLIC if self.title.startswith(_PUBLIC) else Place.SHARED


@dataclass(frozen=True, kw_only=True)
class Row:
    """What becomes of one operation for each kind of person."""

    key: str
    whose: str
    cells: Mapping[Column, str]


def read_rows() -> Iterator[Row]:
    """Every operation of every row."""
    titles: list[str] = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "---" or set(line) <= set("|- "):
            continue
        if cells[: len(_ABOUT)] == list(_ABOUT):
            titles = cells[len(_ABOUT) :]
            continue
        if not titles or len(cells) != len(titles) + len(_ABOUT):
            continue
        _, rest, graphql, whose = cells[: len(_ABOUT)]
        said = {
            Column(title=title): cell
            for title, cell in zip(titles, cells[len(_ABOUT) :], strict=True)
        }
        for surface, operations in (("rest", rest), ("graphql", graphql)):
            for name in _OPERATION.findall(operations):
                yield Row(key=f"{surface} {name}", whose=whose, cells=said)
