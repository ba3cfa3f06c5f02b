"""Makes docs/schema.graphql from the schema; `python -m tools.graphql_schema` writes it.

A test holds the page to the schema, so that it cannot fall behind.
"""

import sys
from pathlib import Path

from boards.api.graphql.schema import sdl

__all__ = ["PAGE"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "schema.graphql"


def main() -> int:
    PAGE.write_text(sdl(), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
