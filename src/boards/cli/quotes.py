"""Quotes: plans out of files, what a plan would cost, and what is left of a budget."""

import json
import sys
from decimal import Decimal
from pathlib import Path

from boards.cli.answers import BudgetJson, EstimateJson
from boards.cli.exits import Exit, Stop
from boards.cli.show import money, print_json

__all__ = ["dollars", "left_of", "print_estimate", "read_plan", "refuse_over_budget"]


def read_plan(file: Path) -> list[object]:
    """Read a plan: a list of requests. Stop when it is none."""
    try:
        # Amounts are never floats, and inputs come out as they went in.
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(
            f"{str(file)!r} cannot be read: {error.strerror}.", exit_code=Exit.USAGE
        ) from error
    except ValueError as error:
        raise Stop(f"{str(file)!r} is no JSON: {error}.", exit_code=Exit.USAGE) from error
    if not isinstance(found, list) or not found:
        raise Stop(
            f'{str(file)!r} is no plan; write [{{"generator": "…", "inputs": {{…}}}}, …].',
            exit_code=Exit.USAGE,
        )
    return found


def dollars(amount: str) -> str:
    """Write an amount of USD: `$5.00`, `-$0.40`, `$0.0123`."""
    value = Decimal(amount)
    sign, value = ("-", -value) if value < 0 else ("", value)
    text = f"{value:.2f}" if value == round(value, 2) else f"{value:f}"
    return f"{sign}${text}"


def left_of(budget: BudgetJson) -> str:
    """Say what is left of a budget: `$0.25 of $5.00 left (board, day, hard)`."""
    which = f"{budget['scope']}, {budget['period']}, {budget['strictness']}"
    return f"{dollars(budget['left'])} of {dollars(budget['amount'])} left ({which})"


def refuse_over_budget(estimate: EstimateJson) -> None:
    """Stop when a hard budget would refuse it, before anybody is asked for a consent."""
    refusal = estimate["refusal"]
    if refusal is not None:
        more = {name: value for name, value in refusal.items() if name != "message"}
        raise Stop(refusal["message"], exit_code=Exit.OVER_BUDGET, code="over_budget", more=more)


def print_estimate(found: EstimateJson, *, as_json: bool) -> None:
    """Show what a plan would cost, and what the budgets would say."""
    if as_json:
        print_json(found)
        return
    cost = found["cost_estimate"]
    parts = found["parts"]
    if len(parts) > 1:
        for part in parts:
            takes = f" × {part['takes']}" if part["takes"] > 1 else ""
            print(f"{money(part['cost_estimate']):>12}  {part['generator']}{takes}")
    sure = "" if cost["confidence"] == "exact" else f" ({cost['confidence']})"
    print(f"{money(cost)}{sure}")
    if cost["cached_units"]:
        print(f"{cost['cached_units']} of it are there already and cost nothing.")
    if found["budget"] is not None:
        print(left_of(found["budget"]))
    for warning in found["warnings"]:
        print(f"Warning: {warning['message']}", file=sys.stderr)
    if found["refusal"] is not None:
        print(f"It would be refused: {found['refusal']['message']}", file=sys.stderr)
