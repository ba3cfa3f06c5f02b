"""What passwords and addresses may be, and how passwords are kept."""

import argon2
import pytest

from boards.adapters.auth.passwords import Argon2Passwords
from boards.domain.identities import check_email, check_password, same_password
from boards.errors import InvalidInput

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class TestRules:
    @pytest.mark.parametrize(
        "password",
        [
            "",
            "elevenchars",
            "a" * 300,
            "ann@studio.example",
            "ANN@Studio.Example",
            "aaaaaaaaaaaaaa",
        ],
    )
    def test_what_is_easily_guessed_is_refused(self, password: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            check_password(password, email="ann@studio.example")
        assert [one.at for one in refusal.value.problems] == ["password"]
        assert not password or password not in refusal.value.message

    def test_twelve_characters_are_enough(self) -> None:
        assert check_password("twelve chars", email="a@b.example") == "twelve chars"

    def test_two_keyboards_write_the_same_password(self) -> None:
        assert same_password("cafe\u0301 au lait") == same_password("caf\u00e9 au lait")

    @pytest.mark.parametrize("text", ["Ann@Studio.Example", "  ann@studio.example\n"])
    def test_addresses_are_one_in_small_letters(self, text: str) -> None:
        assert check_email(text) == "ann@studio.example"

    @pytest.mark.parametrize(
        "text", ["", "ann", "@x", "a@", "a b@c.d", "a@b@c", "a@b,c@d", "<a@b.c>", "a@b\x00.c"]
    )
    def test_what_is_no_address_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInput, match="no e-mail address"):
            check_email(text)


class TestArgon2:
    async def test_a_password_is_known_again_and_no_other_is(self) -> None:
        passwords = Argon2Passwords(hasher=CHEAP)
        hashed = await passwords.hash("correct horse battery")
        assert "correct" not in hashed
        assert await passwords.verify("correct horse battery", hashed)
        assert not await passwords.verify("correct horse batterx", hashed)
        assert hashed != await passwords.hash("correct horse battery")

    async def test_nobody_s_password_is_never_right(self) -> None:
        passwords = Argon2Passwords(hasher=CHEAP)
        assert not await passwords.verify("nobody's password", None)
        assert not await passwords.verify("anything", "no hash at all")

    async def test_an_unknown_person_takes_the_same_work(self) -> None:
        class Counting(argon2.PasswordHasher):
            verified = 0

            def verify(self, *args: object, **kwargs: object) -> bool:  # type: ignore[override]
                self.verified += 1
                return bool(super().verify(*args, **kwargs))  # type: ignore[arg-type]

        counting = Counting(time_cost=1, memory_cost=8, parallelism=1)
        passwords = Argon2Passwords(hasher=counting)
        await passwords.verify("anything", None)
        assert counting.verified == 1

    async def test_weaker_hashes_are_told(self) -> None:
        old = await Argon2Passwords(hasher=CHEAP).hash("correct horse battery")
        assert Argon2Passwords().is_outdated(old)
        assert old.startswith("$argon2id$")
