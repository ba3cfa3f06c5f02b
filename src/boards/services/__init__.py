"""Use cases: what happens when somebody does something, over ports that adapters fill."""
