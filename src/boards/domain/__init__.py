"""Pure rules: standard library and pydantic only, no input or output."""
