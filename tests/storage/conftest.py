import pytest

pytest.register_assert_rewrite("boards.testing.storage_contract")
