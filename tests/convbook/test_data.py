"""The shipped pictures."""

import hashlib

import pytest

from convbook import data


@pytest.mark.parametrize("name", data.PHOTOS)
def test_a_photograph_is_nchw_from_0_to_1(name: str) -> None:
    x = data.photo(name)
    assert x.shape[:2] == (1, 1 if name == "camera" else 3)
    assert min(x.shape[2:]) >= 227
    assert 0 <= x.min() < 0.1
    assert 0.9 < x.max() <= 1


def test_an_unknown_photograph_is_named() -> None:
    with pytest.raises(ValueError, match="no photograph 'lena'; there are astronaut"):
        data.photo("lena")


def test_every_file_has_its_checksum() -> None:
    lines = (data.folder() / "SHA256SUMS").read_text().splitlines()
    listed = dict(reversed(line.split()) for line in lines)
    files = sorted(p for p in (data.folder() / "photos").iterdir())
    assert sorted(listed) == [f"photos/{p.name}" for p in files]
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[f"photos/{path.name}"]
