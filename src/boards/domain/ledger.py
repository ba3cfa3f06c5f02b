"""The rules that the ledger keeps: each generation's rows, held against what its own row says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from boards.domain.costs import ZERO, Balance, Entry, LedgerKind, share
from boards.domain.generations import FINAL, Phase

__all__ = ["Account", "Fault", "FaultKind", "examine"]


class FaultKind(StrEnum):
    """What may be wrong with the money of a generation."""

    HOLD_LEFT_OPEN = "hold_left_open"
    """It has ended, nobody is asked about it, and its hold still counts."""
    ENDED_TWICE = "ended_twice"
    """More than one row ends its hold."""
    NO_HOLD = "no_hold"
    """Something was settled, released or adjusted that was never held."""
    NEGATIVE = "negative"
    """It gave money back that it never cost."""
    COST_DIFFERS = "cost_differs"
    """What the generation shows as its cost is not what the ledger says."""
    HELD_DIFFERS = "held_differs"
    """What budgets count as held for it is not what the ledger says."""
    COUNT_DIFFERS = "count_differs"
    """What a budget has counted as spent is not what the ledger says."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One finding, in words for people, about a generation or about a budget."""

    kind: FaultKind
    message: str
    generation_id: UUID | None = None
    budget_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The money of one generation as it is stored: its own row, its rows in the ledger, and what
    the list of open holds has for it, None when it is not there.

    `cost` is None while nobody knows it.
    """

    generation_id: UUID
    phase: Phase
    needs_attention: bool
    batch_index: int
    batch_size: int
    estimate: Decimal | None
    cost: Decimal | None
    entries: tuple[Entry, ...]
    open_hold: Decimal | None

    @property
    def balance(self) -> Balance:
        return Balance.of(self.entries)


def examine(account: Account) -> tuple[Fault, ...]:
    """Find what is wrong with the money of one generation."""
    return tuple(
        Fault(kind=kind, generation_id=account.generation_id, message=message)
        for kind, message in _findings(account)
    )


def _findings(account: Account) -> Iterator[tuple[FaultKind, str]]:
    kinds = Counter(entry.kind for entry in account.entries)
    ends = kinds[LedgerKind.SETTLE] + kinds[LedgerKind.RELEASE]
    balance = account.balance
    if ends > 1:
        yield FaultKind.ENDED_TWICE, f"{ends} rows end its hold; one may."
    if account.entries and not kinds[LedgerKind.HOLD]:
        named = ", ".join(sorted(kind.value for kind in kinds))
        yield FaultKind.NO_HOLD, f"It has {named} and no hold."
    if balance.spent < 0:
        yield FaultKind.NEGATIVE, f"Its rows come to {balance.spent} USD."
    is_open = kinds[LedgerKind.HOLD] > 0 and not ends
    is_over = account.phase in FINAL and not account.needs_attention
    if is_open and is_over and account.estimate != ZERO:
        yield (
            FaultKind.HOLD_LEFT_OPEN,
            f"It is {account.phase.value}, and {balance.held} USD are held for it.",
        )
    if not is_open and account.entries and account.phase in FINAL:
        yield from _cost(account, balance)
    # The list of open holds has no rows of free runs.
    counted = account.open_hold or ZERO
    if counted != balance.held or (account.open_hold is not None and not is_open):
        yield (
            FaultKind.HELD_DIFFERS,
            f"Budgets count {counted} USD as held for it; the ledger says {balance.held}.",
        )


def _cost(account: Account, balance: Balance) -> Iterator[tuple[FaultKind, str]]:
    expected = share(balance.spent, account.batch_size)
    unknown = any(entry.cause == "unpriced" for entry in account.entries)
    if account.cost is None and unknown:
        return
    if account.cost != expected:
        shown = "unknown" if account.cost is None else f"{account.cost} USD"
        yield (
            FaultKind.COST_DIFFERS,
            f"It shows {shown}; the ledger says {balance.spent} USD"
            + (f" for {account.batch_size} outputs." if account.batch_size > 1 else "."),
        )
