"""`python -m boards.client.stubs`: writes the stubs of a server's generators.

`boards client stubs` does the same, also without a server, and can check a file.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from boards.client.errors import ClientError
from boards.client.exchange import DEFAULT_SERVER
from boards.client.stubs import Described, module_of
from boards.client.synchronous import Boards

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the module to a file, or to standard output."""
    parser = argparse.ArgumentParser(prog="python -m boards.client.stubs", description=__doc__)
    parser.add_argument("--server", metavar="URL", default=DEFAULT_SERVER)
    parser.add_argument("--tenant", metavar="SLUG", help="the tenant to ask in")
    parser.add_argument("--out", metavar="FILE", type=Path, help="[default: standard output]")
    given = parser.parse_args(arguments)
    token = os.environ.get("BOARDS_API_TOKEN")
    try:
        with Boards(given.server, token=token, tenant=given.tenant) as boards:
            found = boards.generators()
    except ClientError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    text = module_of(
        Described(
            name=each.name,
            artifact_type=each.artifact_type,
            description=each.description,
            input_schema=each.input_schema,
        )
        for each in found
    )
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
