"""Invalid answers to a batch: what is believed, what is in doubt, and what the error names."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.response import RawResponse
from cstar_async._generated.operations.bulk_operations import RUN as CHANGES
from cstar_async._generated.operations.import_ import RUN as IMPORT
from cstar_async.bulk.batching import Batch
from cstar_async.bulk.results import BatchResult, read_changes, read_import
from cstar_async.errors import DecodeError

from .helpers import bulk_result, import_result

MISSING = object()


def answer(data: object) -> RawResponse:
    return RawResponse(200, {}, orjson.dumps({"success": True, "data": data, "meta": {"requestId": "req_1"}}))


def read(**members: Any) -> BatchResult:
    """The result of an answer about a, b and c."""
    data = {name: value for name, value in (bulk_result(3) | members).items() if value is not MISSING}
    return read_changes(CHANGES, answer(data), Batch(0, ("a", "b", "c"), None), "update", "tickets")


def read_records(**members: Any) -> BatchResult:
    """The result of an answer to an import of the records 10, 11 and 12."""
    given = import_result(3, created=2, updated=1) | members
    data = {name: value for name, value in given.items() if value is not MISSING}
    return read_import(IMPORT, answer(data), Batch(0, range(10, 13), []), "tickets")


def names(settled: BatchResult) -> tuple[list[Any], list[Any]]:
    """Which keys failed, and which are in doubt."""
    return [failed.key for failed in settled.failed], list(settled.doubtful)


ODD: list[Any] = ["3", None, True, 3.0, [3], {"n": 3}, -1, 4, 10**15, MISSING]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["total", "succeeded", "failed"])
def test_an_invalid_count_leaves_all_in_doubt(name: str, value: Any) -> None:
    """An invalid count leaves the batch in doubt, and the error names its place."""
    settled = read(**{name: value})
    assert names(settled) == ([], ["a", "b", "c"])
    assert isinstance(settled.error, DecodeError)
    assert settled.error.problems[0].startswith(f"$.data.{name}: expected ")
    assert settled.error.request_id == "req_1"


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", ["total", "created", "updated", "skipped"])
def test_an_invalid_count_of_an_import_leaves_all_in_doubt(name: str, value: Any) -> None:
    """An invalid count of an import leaves its records in doubt, and is not added up."""
    settled = read_records(**{name: value})
    assert names(settled) == ([], [10, 11, 12])
    assert settled.counts == (0, 0, 0)
    assert isinstance(settled.error, DecodeError)


@pytest.mark.parametrize("value", [None, "a", 0, {"id": "a"}, True, MISSING])
def test_an_invalid_list_of_failures_leaves_all_in_doubt(value: Any) -> None:
    """An invalid list of failures leaves the batch in doubt."""
    assert names(read(errors=value)) == ([], ["a", "b", "c"])
    assert names(read_records(errors=value)) == ([], [10, 11, 12])


@pytest.mark.parametrize("data", [None, 3, "x", [], [bulk_result(3)], True])
def test_a_result_that_is_not_an_object_is_a_decode_error(data: Any) -> None:
    """A result that is not an object is a DecodeError with its place."""
    with pytest.raises(DecodeError, match=r"\$\.data: expected an object"):
        read_changes(CHANGES, answer(data), Batch(0, ("a",), None), "update", "tickets")
    with pytest.raises(DecodeError, match=r"\$\.data: expected an object"):
        read_import(IMPORT, answer(data), Batch(0, range(1), []), "tickets")


@pytest.mark.parametrize(
    ("members", "failed", "doubtful"),
    [
        ({}, "", ""),
        ({"succeeded": 2, "failed": 1, "errors": [{"id": "b"}]}, "b", ""),
        ({"succeeded": 0, "failed": 3, "errors": [{"id": "b"}, {"id": "a"}, {"id": "c"}]}, "abc", ""),
        # Named twice, as with two bad fields: one failure.
        ({"succeeded": 2, "failed": 1, "errors": [{"id": "b"}, {"id": "b"}]}, "b", ""),
        ({"succeeded": 1, "failed": 2, "errors": [{"id": "b"}, {"id": "b"}]}, "b", "ac"),
        # More are counted than named.
        ({"succeeded": 2, "failed": 1}, "", "abc"),
        ({"succeeded": 1, "failed": 2, "errors": [{"id": "b"}]}, "b", "ac"),
        ({"failed": 1}, "", "abc"),
        # More are named than counted: by both, the others did not fail.
        ({"errors": [{"id": "b"}]}, "", "b"),
        ({"succeeded": 2, "failed": 1, "errors": [{"id": "b"}, {"id": "c"}]}, "", "bc"),
        # The counts disagree with each other.
        ({"succeeded": 3, "failed": 2, "errors": [{"id": "b"}]}, "", "abc"),
        # A name that is not in the batch, or is missing, may stand for any of the others.
        ({"succeeded": 2, "failed": 1, "errors": [{"id": "z"}]}, "", "abc"),
        ({"succeeded": 1, "failed": 2, "errors": [{"id": "z"}, {"id": "b"}]}, "b", "ac"),
        ({"errors": [{"id": "z"}]}, "", "abc"),
        ({"succeeded": 2, "failed": 1, "errors": [None]}, "", "abc"),
        ({"succeeded": 2, "failed": 1, "errors": ["b"]}, "", "abc"),
        ({"succeeded": 2, "failed": 1, "errors": [{"id": ["b"]}]}, "", "abc"),
        ({"succeeded": 2, "failed": 1, "errors": [{"id": {}}, 5, [], True]}, "", "abc"),
        ({"total": 4, "succeeded": 3}, "", "abc"),
    ],
)
def test_what_counts_and_list_agree_on_is_believed(members: Any, failed: str, doubtful: str) -> None:
    """What counts and list agree on is believed; the rest is in doubt, with an error."""
    settled = read(**members)
    assert names(settled) == (list(failed), list(doubtful))
    assert (settled.error is None) == (doubtful == "")


@pytest.mark.parametrize(
    ("members", "failed", "doubtful", "counts"),
    [
        ({}, [], [], (2, 1, 0)),
        ({"created": 1, "errors": [{"index": 2}]}, [12], [], (1, 1, 0)),
        ({"created": 1, "errors": [{"index": 2, "field": "a"}, {"index": 2, "field": "b"}]}, [12], [], (1, 1, 0)),
        ({"created": 0, "errors": [{"index": 2}]}, [12], [10, 11], (0, 1, 0)),
        ({"errors": [{"index": 0}]}, [], [10], (0, 0, 0)),
        ({"created": 1, "errors": [{"index": 3}]}, [], [10, 11, 12], (1, 1, 0)),
        ({"created": 1, "errors": [{"index": -1}]}, [], [10, 11, 12], (1, 1, 0)),
        ({"created": 1, "errors": [{"index": True}]}, [], [10, 11, 12], (1, 1, 0)),
        ({"created": 1, "errors": [{"index": "2"}]}, [], [10, 11, 12], (1, 1, 0)),
        ({"created": 1, "errors": [{"index": 1e300}]}, [], [10, 11, 12], (1, 1, 0)),
        ({"created": 3, "updated": 3}, [], [10, 11, 12], (0, 0, 0)),
    ],
)
def test_what_counts_and_list_of_an_import_agree_on_is_believed(
    members: Any, failed: Any, doubtful: Any, counts: Any
) -> None:
    """For imports too, what counts and list agree on is believed; records are named by index."""
    settled = read_records(**members)
    assert (*names(settled), settled.counts) == (failed, doubtful, counts)


def test_text_of_the_service_is_cleaned() -> None:
    """Codes and messages of the service are cleaned, redacted and cut."""
    errors = [
        {"id": "a", "code": 5, "message": ["x"]},
        {"id": "b", "code": "no\x1b[31m", "message": "sk_live_" + "x" * 32},
        {"id": "c", "code": None, "message": "m" * 1_000_000},
    ]
    a, b, c = read(succeeded=0, failed=3, errors=errors).failed
    assert (a.code, a.message) == (None, None)
    assert b.code == "no [31m"
    assert "xxxx" not in (b.message or "")
    assert len(c.message or "") <= 500


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "index", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("total", "succeeded", "failed", "errors", "created", "updated", "skipped"),
        ANYTHING
        | st.integers(0, 3)
        | st.lists(st.sampled_from([{"id": "a"}, {"id": "b"}, {"index": 0}, {"index": 1}])),
    ),
)


@given(MEMBERS)
def test_anything_is_read_or_refused(members: Any) -> None:
    """Any answer is read; failed and doubtful keys are disjoint parts of the batch."""
    for settled, keys in ((read(**members), {"a", "b", "c"}), (read_records(**members), {10, 11, 12})):
        failed, doubtful = names(settled)
        assert len({*failed, *doubtful}) == len(failed) + len(doubtful)
        assert {*failed, *doubtful} <= keys
        assert (settled.error is None) == (not doubtful)


@pytest.mark.parametrize(
    ("name", "value"),
    [("object", "ticket"), ("action", "delete"), ("resource", "customers"), ("action", 3), ("resource", None)],
)
def test_an_answer_about_something_else_leaves_all_in_doubt(name: str, value: Any) -> None:
    """An answer about another object, action or resource leaves the batch in doubt."""
    settled = read(**{name: value})
    assert names(settled) == ([], ["a", "b", "c"])
    assert f"$.data.{name}" in str(settled.error)
    if name != "action":
        assert names(read_records(**{name: value})) == ([], [10, 11, 12])
