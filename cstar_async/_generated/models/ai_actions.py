# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""AI Actions: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields

AIActionKnown: TypeAlias = Literal["auto-tag", "suggest-reply", "summarize", "improve"]
AIAction: TypeAlias = AIActionKnown | str
"""What the model is to do. It tags a ticket, drafts a reply, sums up a conversation or refines a text. Unknown values
are passed through.
"""
AI_ACTION_VALUES: tuple[AIActionKnown, ...] = ("auto-tag", "suggest-reply", "summarize", "improve")


@attrs.define(slots=True, kw_only=True)
class AIResult:
    """What an AI action made.

    Attributes:
        object: Always `ai_result`. From cStar's public documentation.
        action: What the model is to do. It tags a ticket, drafts a reply, sums up a conversation or refines a text.
        result: The outcome of an AI action. Which field is there depends on the action.
    """

    __repr__ = show_fields

    object: str = ABSENT
    action: AIAction = ABSENT
    result: AIOutput = ABSENT


def decode_ai_result(d: Mapping[str, Any]) -> AIResult:
    """Decode an AIResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AIResult)
    try:
        o.object = d["object"]
        o.action = d["action"]
        o.result = decode_ai_output(d["result"])
        return o
    except (AttributeError, KeyError, TypeError):
        pass
    return _decode_ai_result_leniently(d)


_AI_RESULT_PROMISED = frozenset(("object", "action", "result"))


def _decode_ai_result_leniently(d: Mapping[str, Any]) -> AIResult:
    o: Any = new(AIResult)
    v: Any
    get = d.get
    o.object = get("object")
    o.action = get("action")
    v = get("result")
    o.result = None if v is None else decode_ai_output(v)
    note_absent("AIResult", d, _AI_RESULT_PROMISED)
    decoded: AIResult = o
    return decoded


def encode_ai_result(o: AIResult) -> dict[str, Any]:
    """Encode an AIResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.action
    if v is not None:
        d["action"] = v
    v = o.result
    if v is not None:
        d["result"] = encode_ai_output(v)
    return d


@attrs.define(slots=True, kw_only=True)
class AIOutput:
    """The outcome of an AI action. Which field is there depends on the action.

    Attributes:
        suggestion: The drafted reply, from `suggest-reply`. From cStar's public documentation.
        tags: The tags given to the ticket, from `auto-tag`. Not documented by cStar; inferred.
        summary: The summary, from `summarize`. Not documented by cStar; inferred.
        text: The refined text, from `improve`. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    suggestion: str | None = None
    tags: list[str] | None = None
    summary: str | None = None
    text: str | None = None
    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any])


def decode_ai_output(d: Mapping[str, Any]) -> AIOutput:
    """Decode an AIOutput from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AIOutput)
    get = d.get
    o.suggestion = get("suggestion")
    o.tags = get("tags")
    o.summary = get("summary")
    o.text = get("text")
    o.additional_properties = {k: x for k, x in d.items() if k not in {"suggestion", "tags", "summary", "text"}}
    return o


def encode_ai_output(o: AIOutput) -> dict[str, Any]:
    """Encode an AIOutput as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    d.update((k, x) for k, x in o.additional_properties.items())
    v = o.suggestion
    if v is not None:
        d["suggestion"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.summary
    if v is not None:
        d["summary"] = v
    v = o.text
    if v is not None:
        d["text"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        AIResult: ModelInfo(
            decode_ai_result,
            encode_ai_result,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("action", "action", True, False, None, False, AI_ACTION_VALUES),
                FieldInfo("result", "result", True, False, AIOutput, False),
            ),
            None,
        ),
        AIOutput: ModelInfo(
            decode_ai_output,
            encode_ai_output,
            (
                FieldInfo("suggestion", "suggestion", False, False, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("summary", "summary", False, False, None, False),
                FieldInfo("text", "text", False, False, None, False),
            ),
            FieldInfo("additional_properties", "", False, False, None),
        ),
    }
