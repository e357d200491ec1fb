"""UNSET: an argument that was not given."""

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
    """Breaks if arguments that went through a queue or a process pool are no longer recognised as omitted."""
    assert pickle.loads(pickle.dumps({"title": UNSET}, protocol))["title"] is UNSET


def test_it_survives_copying() -> None:
    """Breaks if `is UNSET` fails after a copy of the arguments."""
    assert copy.copy(UNSET) is UNSET
    assert copy.deepcopy({"title": [UNSET]})["title"][0] is UNSET


def test_it_is_the_same_in_another_process() -> None:
    """Breaks if the pickle holds an address or a value instead of a name."""
    code = "import pickle, sys; from cstar_async import UNSET; print(pickle.load(sys.stdin.buffer) is UNSET)"
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(UNSET), capture_output=True, check=True)
    assert done.stdout.strip() == b"True"


def test_it_is_false_and_says_what_it_is() -> None:
    """Breaks if `title or "none"` takes it for a title."""
    assert not UNSET
    assert repr(UNSET) == "UNSET"


def test_it_cannot_leak_into_json() -> None:
    """Breaks if an UNSET that was given inside a value reaches the service as text or null."""
    with pytest.raises(TypeError):
        orjson.dumps(UNSET)
    with pytest.raises(TypeError, match=r"\$\.metadata\.colour cannot be sent"):
        encode_body({"metadata": {"colour": UNSET}})
