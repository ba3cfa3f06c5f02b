"""Asks the person at the terminal, if there is one."""

import signal
import sys

__all__ = ["ask", "ask_for", "somebody_is_there"]


def somebody_is_there() -> bool:
    """Tell whether a person can read a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask for a yes. Without anybody there, and on Ctrl-C, the answer is no."""
    return ask_for(f"{question} [y/N] ").lower() in {"y", "yes"}


def ask_for(question: str) -> str:
    """Ask for a line. Without anybody there, and on Ctrl-C, it is empty."""
    if not somebody_is_there():
        return ""
    # Within asyncio, Ctrl-C would otherwise take effect only after the answer.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        print(question, end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return ""
    finally:
        signal.signal(signal.SIGINT, before)
