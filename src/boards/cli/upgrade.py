"""`boards upgrade`: what an installed new version has to change in the data, and changing it."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.cli.upgrading import Plan

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("upgrade")(upgrade)


def upgrade(
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only tell; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the data to the installed version.

    The database is copied first. The next start would do the same by itself; with --dry-run you see
    before what it would be.
    """
    from boards.cli.show import print_json
    from boards.cli.upgrading import carry_out, plan_for
    from boards.settings import load_settings

    settings = load_settings()
    plan = plan_for(settings)
    # The queue of a server has tables of its own, which only upgrading looks at.
    is_done = not is_dry and (plan.is_needed or plan.is_server)
    backup = carry_out(settings) if is_done else None
    if as_json:
        print_json(
            {
                "version": plan.version,
                "database": plan.database,
                "standing": plan.standing,
                "newest": plan.newest,
                "steps": [{"id": one.id, "message": one.message} for one in plan.steps],
                "backup": str(backup or plan.backup) if backup or plan.backup else None,
                "done": is_done or not plan.is_needed,
            }
        )
        return
    _print(plan)
    if not plan.is_needed:
        print("There is nothing to do.")
    elif is_dry:
        if plan.backup is not None:
            print(f"First, the database would be copied to\n  {plan.backup}")
        print("Nothing was changed; `boards upgrade` does it.")
    else:
        if backup is not None:
            print(f"The database was copied to\n  {backup}")
        print(f"Done: it stands at {plan.newest}.")


def _print(plan: "Plan") -> None:
    print(f"Boards {plan.version}, database {plan.database}")
    if plan.standing is None:
        print(f"It is empty, or not there yet; the newest revision is {plan.newest}.")
    else:
        print(f"It stands at revision {plan.standing}; the newest is {plan.newest}.")
    for step in plan.steps:
        print(f"  {step.id}  {step.message}")
    if plan.is_needed and plan.is_server:
        print("It is not copied: make a copy by its own tools, and stop every server and worker.")
