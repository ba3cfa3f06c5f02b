"""What is sealed opens with its secret, as what it was about, and in no other way."""

import pytest

from boards.adapters.sealing import SecretSealer
from boards.errors import NotConfigured

OLD, NEW = "an-old-secret-of-at-least-32-characters", "a-new-secret-of-at-least-32-characters"
ABOUT = "provider-key/tenant-1/fal"


def test_a_text_comes_back():
    sealer = SecretSealer(OLD)
    sealed = sealer.seal("planted", about=ABOUT)
    assert "planted" not in sealed
    assert sealer.open(sealed, secret_id=sealer.secret_id, about=ABOUT) == "planted"


def test_the_same_text_looks_different_each_time():
    sealer = SecretSealer(OLD)
    assert sealer.seal("planted", about=ABOUT) != sealer.seal("planted", about=ABOUT)


@pytest.mark.parametrize("about", ["provider-key/tenant-2/fal", "provider-key/tenant-1/kie", ""])
def test_a_seal_that_was_moved_does_not_open(about):
    sealer = SecretSealer(OLD)
    sealed = sealer.seal("planted", about=ABOUT)
    with pytest.raises(NotConfigured) as refused:
        sealer.open(sealed, secret_id=sealer.secret_id, about=about)
    assert "planted" not in str(refused.value)


@pytest.mark.parametrize(
    "change", [lambda s: s[:-4], lambda s: "A" + s[1:], lambda s: "", str.lower]
)
def test_a_seal_that_was_changed_does_not_open(change):
    sealer = SecretSealer(OLD)
    sealed = change(sealer.seal("planted", about=ABOUT))
    with pytest.raises(NotConfigured):
        sealer.open(sealed, secret_id=sealer.secret_id, about=ABOUT)


def test_an_earlier_secret_opens_and_does_not_seal():
    before, after = SecretSealer(OLD), SecretSealer(NEW, former=[OLD])
    sealed = before.seal("planted", about=ABOUT)
    assert after.secret_id != before.secret_id
    assert after.knows(before.secret_id)
    assert after.open(sealed, secret_id=before.secret_id, about=ABOUT) == "planted"
    anew = after.seal("planted", about=ABOUT)
    with pytest.raises(NotConfigured, match="another BOARDS_SECRET_KEY"):
        before.open(anew, secret_id=after.secret_id, about=ABOUT)


def test_an_id_and_a_repr_tell_nothing_of_the_secret():
    sealer = SecretSealer(OLD, former=[NEW])
    for secret in (OLD, NEW):
        assert secret not in f"{sealer!r} {sealer.secret_id} {vars(sealer)!r}"
