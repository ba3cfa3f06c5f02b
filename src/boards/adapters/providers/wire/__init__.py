"""What all transports share: one account's calls over the guarded client, and errors in our words.

A call is made once; nothing here tries again. What went wrong is decided by the status and the
provider's own code, never by a text. The key goes to the configured base URL only, and is taken out
of whatever a provider says before anybody reads it.
"""

from boards.adapters.providers.wire.calls import Connection, Keys, Meter, NoMeter, Wire
from boards.adapters.providers.wire.keys import ConfiguredKeys
from boards.adapters.providers.wire.reading import (
    Reply,
    as_number,
    as_object,
    as_text,
    first_fault,
    multipart,
    segment,
)
from boards.adapters.providers.wire.refusals import (
    Refusal,
    RefusalKind,
    refusal_by_status,
    retry_after,
)

__all__ = [
    "ConfiguredKeys",
    "Connection",
    "Keys",
    "Meter",
    "NoMeter",
    "Refusal",
    "RefusalKind",
    "Reply",
    "Wire",
    "as_number",
    "as_object",
    "as_text",
    "first_fault",
    "multipart",
    "refusal_by_status",
    "retry_after",
    "segment",
]
