"""Identifiers."""

import time
from uuid import RFC_4122

import pytest

from boards.ids import new_id, parse_id


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {RFC_4122}
    assert len(set(ids)) == 100
    assert ids == sorted(ids)
    assert abs(time.time() - (ids[0].int >> 80) / 1000) < 60


def test_a_canonical_id_is_read_in_either_case() -> None:
    one = new_id()
    assert parse_id(str(one).upper()) == one
    assert parse_id(one) == one


@pytest.mark.parametrize(
    "text", ["", "x", "{12345678-1234-1234-1234-123456789abc}", 5, None, "0" * 32, "g" * 36]
)
def test_anything_else_is_no_id_and_no_error(text: object) -> None:
    assert parse_id(text) is None
