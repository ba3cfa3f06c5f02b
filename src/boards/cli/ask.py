"""Asks the person at the terminal, if there is one."""

import signal
import sys

__all__ = ["ask", "somebody_is_there"]


def somebody_is_there() -> bool:
    """Tell whether a person can read a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask for a yes. Without anybody there, and on Ctrl-C, the answer is no."""
    if not somebody_is_there():
        return False
    # Within asyncio, Ctrl-C would otherwise take effect only after the answer.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return False
    finally:
        signal.signal(signal.SIGINT, before)
