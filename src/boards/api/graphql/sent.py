"""What callers send is checked by the same shapes as on the REST surface."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from boards.errors import InvalidInput, Problem

__all__ = ["checked", "json_object"]

Shape = TypeVar("Shape", bound=BaseModel)

_HERE = {"generator": "generatorName", "board_id": "boardId", "is_public": "isPublic"}
"""Fields that this surface calls something else."""


def checked(shape: type[Shape], **fields: object) -> Shape:
    """Check what was sent. InvalidInput says what is wrong, in the words of this surface."""
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        problems = tuple(
            Problem(at=_path(fault["loc"]), message=fault["msg"])
            for fault in error.errors(include_url=False)
        )
        message = "; ".join(f"{one.at}: {one.message}" for one in problems)
        raise InvalidInput(message, problems=problems) from None


def json_object(name: str, value: object) -> Mapping[str, JsonValue] | None:
    """Take clients' own JSON, which has to be an object; None where there is none."""
    if value is None or isinstance(value, dict):
        return value
    message = f"{name} has to be a JSON object, such as {{}}."
    raise InvalidInput(message, problems=(Problem(at=name, message=message),))


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(_HERE.get(str(part), str(part)) for part in location)
