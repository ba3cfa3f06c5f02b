"""`boards demo`: from nothing to a board with pictures, music and a video, without a key."""

import typer

from boards.cli.options import Server

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(server: Server = None) -> None:
    """Make posters, music and a video. Free.

    On the board Demo: two posters, an edit, a collage, music, and a slideshow of them all.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run
    from boards.cli.showcase import show_all

    try:
        run(show_all, server=server)
    except Stop as stop:
        if stop.exit_code is Exit.INTERRUPTED:
            stop.message += " What was made so far is on the board."
        raise
