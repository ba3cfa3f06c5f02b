"""The command line: everything a person does in the studio, from a terminal.

Modules named after a noun hold its commands. They are imported for `boards --help`, so they import
nothing heavy at their top: what a command needs it imports when it runs.
"""
