"""How long the catalogue takes: to be listed, and to give one model's form.

    python -m benchmarks.catalogue

Each figure is the best of several fresh processes, in CPU time after the imports. Aims: all models
listed within 60 ms, one schema within 5 ms, and nothing of it read by `import boards`.
"""

import gc
import json
import subprocess
import sys
from statistics import median
from time import process_time
from typing import Any

from boards.catalog import load_declarations
from boards.generators.declared import DeclaredGenerator, Traits
from boards.generators.form import input_form

ROUNDS = 5
LISTING, SCHEMA = 60.0, 5.0


class Silent:
    """A transport that is there and says nothing."""

    unavailable = None
    traits = Traits(provider="benchmark")


def measure() -> dict[str, Any]:
    """Milliseconds in this process, which must be fresh: what is read once is kept."""
    began = process_time()
    declarations = load_declarations()
    read = process_time()
    transport: Any = Silent()
    generators = [DeclaredGenerator(each, transport) for each in declarations]
    names = [(each.name, each.title, each.artifact_type, each.unavailable) for each in generators]
    listed = process_time()
    forms = []
    # One collection takes 20 ms, and is no model's own doing.
    gc.disable()
    for each in generators:
        before = process_time()
        input_form(each)
        forms.append((process_time() - before) * 1000)
    return {
        "models": len(names),
        "read": (read - began) * 1000,
        "listed": (listed - began) * 1000,
        "forms": forms,
    }


def main() -> int:
    """Measure in fresh processes and print; the exit code tells whether the aims were met."""
    if "--once" in sys.argv:
        print(json.dumps(measure()))
        return 0
    command = [sys.executable, "-m", "benchmarks.catalogue", "--once"]
    rounds = [json.loads(subprocess.check_output(command)) for _ in range(ROUNDS)]  # noqa: S603
    best = {name: min(each[name] for each in rounds) for name in ("models", "read", "listed")}
    # The first of a process also pays for what Pydantic loads late.
    forms = [min(each["forms"][n] for each in rounds) for n in range(1, best["models"])]
    loaded = subprocess.check_output(
        [sys.executable, "-c", "import boards, sys; print(*sys.modules)"], text=True
    )
    reads_it = "boards.catalog" in loaded.split()
    print(f"{best['models']} models\n")
    print("| what | ms | aim |")
    print("|---|---|---|")
    print(f"| read every file | {best['read']:.1f} | |")
    print(f"| list every model | {best['listed']:.1f} | {LISTING:.0f} |")
    print(f"| one form | {median(forms):.2f} | {SCHEMA:.0f} |")
    print(f"| the slowest form | {max(forms):.2f} | {SCHEMA:.0f} |")
    print(f"\n`import boards` {'reads' if reads_it else 'does not read'} the catalogue")
    met = best["listed"] <= LISTING and max(forms) <= SCHEMA and not reads_it
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
