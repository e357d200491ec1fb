"""UNSET: the value of an argument that was not given."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import orjson
import pytest

from cstar_async import UNSET
from cstar_async._core.json_body import encode_body


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling(protocol: int) -> None:
    """UNSET stays the same object when pickled."""
    assert pickle.loads(pickle.dumps({"title": UNSET}, protocol))["title"] is UNSET


def test_it_survives_copying() -> None:
    """UNSET stays the same object when copied."""
    assert copy.copy(UNSET) is UNSET
    assert copy.deepcopy({"title": [UNSET]})["title"][0] is UNSET


def test_it_is_the_same_in_another_process() -> None:
    """UNSET stays the same object in another process."""
    code = "import pickle, sys; from cstar_async import UNSET; print(pickle.load(sys.stdin.buffer) is UNSET)"
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(UNSET), capture_output=True, check=True)
    assert done.stdout.strip() == b"True"


def test_it_is_false_and_has_a_repr() -> None:
    """UNSET is false, and its repr is `UNSET`."""
    assert not UNSET
    assert repr(UNSET) == "UNSET"


def test_it_is_refused_in_json() -> None:
    """UNSET cannot be encoded as JSON, and the error names its place."""
    with pytest.raises(TypeError):
        orjson.dumps(UNSET)
    with pytest.raises(TypeError, match=r"\$\.metadata\.colour cannot be sent"):
        encode_body({"metadata": {"colour": UNSET}})
