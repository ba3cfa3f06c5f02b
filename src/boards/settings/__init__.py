"""Settings: read once, from the environment, a `.env`, a TOML file and defaults, in that order.

    BOARDS_PORT=9000          in the environment or in `.env` of the current folder
    port = 9000               in ./boards.toml, or in the file that BOARDS_CONFIG names

Only this package reads the environment. `load_settings` checks everything and raises one
ConfigError that lists every fault with its fix; the values of secrets are never in it.
"""

from boards.settings.fields import PREFIX, ProviderAddress, Settings, is_loopback
from boards.settings.reading import data_home, environment, load_settings

__all__ = [
    "PREFIX",
    "ProviderAddress",
    "Settings",
    "data_home",
    "environment",
    "is_loopback",
    "load_settings",
]
