"""Identifiers."""

import pytest

from boards.ids import new_id, parse_id


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert {one.version for one in ids} == {7}
    assert len(set(ids)) == 100
    stamps = [one.int >> 80 for one in ids]
    assert stamps == sorted(stamps)


def test_a_canonical_id_is_read_in_either_case() -> None:
    one = new_id()
    assert parse_id(str(one).upper()) == one
    assert parse_id(one) == one


@pytest.mark.parametrize(
    "text", ["", "x", "{12345678-1234-1234-1234-123456789abc}", 5, None, "0" * 32, "g" * 36]
)
def test_anything_else_is_no_id_and_no_error(text: object) -> None:
    assert parse_id(text) is None
