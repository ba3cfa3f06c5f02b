"""`boards doctor`: what is right and what is not, before anything is made."""

import typer

from boards.cli.options import AsJson

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check this installation. Ends with 1 when something has to be mended."""
    from boards.cli.checks import Mark, check_all
    from boards.cli.show import console, print_json

    findings = check_all()
    if as_json:
        print_json([{"mark": one.mark, "about": one.about, "said": one.said} for one in findings])
    else:
        out = console()
        for one in findings:
            out.print(f"{one.mark:<6}{one.about:<12}{one.said}", soft_wrap=True)
        faults = sum(one.mark is Mark.FAULT for one in findings)
        out.print(f"\n{faults} to mend." if faults else "\nAll is well.")
    raise typer.Exit(any(one.mark is Mark.FAULT for one in findings))
