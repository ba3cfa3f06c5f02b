"""The MCP surface: what an agent may do with Boards, and what each call costs.

`http` serves it at `/mcp`, `server` makes it for any other transport. Only `http` is light: the
SDK takes a second to import, and most servers are never asked by an agent.
"""
