"""Runs every measurement, one after another, each in a fresh process.

python -m benchmarks [NAME ...]
"""

import subprocess
import sys

ALL = {
    "sqlite": ("benchmarks.one_path",),
    "postgres": ("benchmarks.one_path", "--postgres"),
    "apart": ("benchmarks.apart",),
    "database": ("benchmarks.db_path",),
    "streams": ("benchmarks.streams",),
    "catalogue": ("benchmarks.catalogue",),
    "gallery": ("benchmarks.gallery",),
    "previews": ("benchmarks.previews",),
    "storage": ("benchmarks.storage",),
}


def main() -> int:
    """Run those that are named, or all; the exit code is that of the first that fails."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"There is no {', '.join(unknown)}; there are {', '.join(ALL)}.", file=sys.stderr)
        return 2
    for name in names:
        print(f"\n## {name}\n", flush=True)
        code = subprocess.call([sys.executable, "-m", *ALL[name]])  # noqa: S603 - our own modules
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
