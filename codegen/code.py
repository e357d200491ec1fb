"""Write types as Python code: annotations, and the expressions that decode and encode."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import attrs

from . import naming
from .ir import Type

if TYPE_CHECKING:
    from .ir import Field, Model, Parameter

_PLAIN = {
    "any": "Any",
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "bytes": "bytes",
    "binary": "str",
    "file": "_File | bytes",
    "none": "None",
    "datetime": "_dt.datetime",
    "date": "_dt.date",
    "uuid": "_uuid.UUID",
}
_DECODERS = {"int": "whole_number", "datetime": "parse_datetime", "date": "parse_date", "uuid": "_uuid.UUID"}
_ENCODERS = {"datetime": "encode_datetime", "date": "encode_isoformat", "uuid": "encode_uuid"}
_JSON_TYPES = {"float": "(int, float)", "map": "dict", "model": "dict", "list": "list"}


def function(prefix: str, model: str) -> str:
    """Return the name of a model's decode or encode function."""
    return f"{prefix}_{naming.snake(model)}"


def hint(type_: Type, *, request: bool = False) -> str:
    """Return the annotation. Requests take any sequence and mapping, and a mapping in place of a model."""
    if type_.kind in _PLAIN:
        text = _PLAIN[type_.kind]
    elif type_.kind == "list":
        text = f"{'Sequence' if request else 'list'}[{hint(type_.items[0], request=request)}]"
    elif type_.kind == "map":
        text = f"{'Mapping' if request else 'dict'}[str, {hint(type_.items[0], request=request)}]"
    elif type_.kind == "union":
        members = [hint(item, request=request) for item in type_.items]
        if ((type_.discriminator and not type_.base) or type_.shapes) and not request:
            members.append("dict[str, Any]")
        text = " | ".join(dict.fromkeys(members))
    elif type_.kind == "model" and request:
        text = f"{type_.name} | Mapping[str, Any]"
    else:
        text = type_.name
    return f"{text} | None" if type_.nullable and type_.kind not in {"any", "none"} else text


def decode(type_: Type, value: str, inner: str = "") -> str:
    """Return the expression that decodes the JSON value in `value`; `inner` names the values inside it."""
    text = _decode(type_, value, inner or f"{value}_")
    return f"(None if {value} is None else {text})" if type_.nullable and text != value else text


def _decode(type_: Type, value: str, inner: str) -> str:
    if type_.is_read_as_is:
        return value
    if type_.kind == "int" and value.isidentifier():
        return f"({value} if {value}.__class__ is int else whole_number({value}))"
    if type_.kind in _DECODERS:
        return f"{_DECODERS[type_.kind]}({value})"
    if type_.kind == "model":
        return f"{function('decode', type_.name)}({value})"
    if type_.kind == "list":
        return f"[{decode(type_.items[0], inner)} for {inner} in {value}]"
    if type_.kind == "map":
        return f"{{{inner}k: {decode(type_.items[0], inner)} for {inner}k, {inner} in {value}.items()}}"
    if type_.discriminator:
        member, targets = type_.discriminator
        table = ", ".join(f"{key!r}: {function('decode', name)}" for key, name in targets)
        base = f", {function('decode', type_.base)}" if type_.base else ""
        return f"decode_discriminated({value}, {member!r}, {{{table}}}{base})"
    choices = [
        f"({_json_type(item)}, {decoder(item)})"
        for item in _by_strictness(type_.items)
        if not (type_.shapes and item.kind == "model")
    ]
    if type_.shapes:
        shapes = ", ".join(
            f"({function('decode', s.model)}, {dict(s.constants)!r}, {s.required!r}, {s.optional!r})"
            for s in type_.shapes
        )
        if not choices:
            return f"decode_closest({value}, ({shapes},))"
        choices.insert(0, f"(dict, lambda v: decode_closest(v, ({shapes},)))")
    return f"decode_union({value}, ({', '.join(choices)},))"


def _by_strictness(items: tuple[Type, ...]) -> list[Type]:
    # A date is also text: types whose decoding can fail are tried first.
    return sorted(items, key=lambda item: item.is_read_as_is)


def _json_type(type_: Type) -> str:
    if type_.kind in {"str", "enum", "datetime", "date", "uuid"}:
        return "(str, int)" if type_.kind == "enum" else "str"
    return _JSON_TYPES.get(type_.kind, _PLAIN.get(type_.kind, "object"))


def decoder(type_: Type) -> str:
    """Return the function that decodes a value of this type, or "None" if decoding is the identity."""
    if type_.is_read_as_is:
        return "None"
    if type_.kind == "model" and not type_.nullable:
        return function("decode", type_.name)
    if type_.kind in _DECODERS and not type_.nullable:
        return _DECODERS[type_.kind]
    return f"lambda v: {decode(type_, 'v')}"


def encode(type_: Type, value: str) -> str:
    """Return the expression that encodes the value in the variable `value` for JSON."""
    text = _encode(type_, value)
    return f"(None if {value} is None else {text})" if type_.nullable and text != value else text


def _encode(type_: Type, value: str) -> str:
    if type_.passes_through:
        return value
    if type_.kind in _ENCODERS:
        return f"{_ENCODERS[type_.kind]}({value})"
    if type_.kind == "model":
        return f"{function('encode', type_.name)}({value})"
    inner = f"{value}_"
    if type_.kind == "list":
        return f"[{encode(type_.items[0], inner)} for {inner} in {value}]"
    if type_.kind == "map":
        return f"{{{inner}k: {encode(type_.items[0], inner)} for {inner}k, {inner} in {value}.items()}}"
    table = {
        _PLAIN.get(item.kind, item.name): _ENCODERS.get(item.kind) or function("encode", item.name)
        for item in type_.items
        if item.kind == "model" or item.kind in _ENCODERS
    }
    # The table goes by class, which does not tell lists of different items apart.
    for container, word in (("list", "list"), ("map", "dict")):
        inside = [inner for item in type_.items if item.kind == container for inner in item.items]
        if all(item.passes_through for item in inside):
            continue
        item = union(inside)
        if container == "list":  # its items may be mappings in place of models
            table["list"] = table["tuple"] = f"lambda v: encode_each(v, {encoder(item)})"
        else:
            table[word] = f"lambda v: {_encode(Type('map', items=(item,)), 'v')}"
    return f"encode_union({value}, {{{', '.join(f'{key}: {text}' for key, text in table.items())}}})"


def union(types: list[Type]) -> Type:
    """Return the union of the types."""
    flat = [inner for item in types for inner in (item.items if item.kind == "union" else (item,))]
    nullable = any(item.nullable for item in [*types, *flat])
    members = tuple(dict.fromkeys(attrs.evolve(item, nullable=False) for item in flat))
    return (
        attrs.evolve(members[0], nullable=nullable)
        if len(members) == 1
        else Type("union", items=members, nullable=nullable)
    )


def in_path(parameter: Parameter) -> str:
    """Return the expression that turns an argument into text for the path."""
    type_, name = parameter.type, parameter.name
    if parameter.style == "json":
        return f"json_text({_value(parameter)})"
    if type_.has_parts or parameter.style:
        style = f", {parameter.style!r}" if parameter.style else ""
        explode = ", explode=True" if parameter.explode and (type_.has_parts or type_.kind == "any") else ""
        return f"path_part({parameter.wire!r}, {_value(parameter)}{style}{explode})"
    if type_.kind in {"datetime", "date"}:
        return _encode(type_, name)
    if type_.kind == "bool":
        return f'("true" if {name} else "false")'
    return name if type_.kind == "str" else f"str({_encode(type_, name)})"


def sent(parameter: Parameter) -> str:
    """Return the expression for a query, header or cookie argument."""
    text = _value(parameter)
    return f"(None if {parameter.name} is None else json_text({text}))" if parameter.style == "json" else text


def _value(parameter: Parameter) -> str:
    """Return the expression that encodes the models in an argument; texts and numbers are encoded when it is sent."""
    type_, name = parameter.type, parameter.name
    return outgoing(attrs.evolve(type_, nullable=False), name) if type_.has_parts and not type_.passes_through else name


def kind(type_: Type, *, item: bool = False) -> str:
    """Return the type for a `FieldInfo`, which has a column of its own for a field's null."""
    if type_.is_read_as_is:
        return "None"
    if type_.nullable and item:
        return f"lambda v: {decode(type_, 'v')}"
    return _plain_kind(attrs.evolve(type_, nullable=False))


def _plain_kind(type_: Type) -> str:
    if type_.kind == "model":
        return type_.name
    if type_.kind == "list":
        return f"[{kind(type_.items[0], item=True)}]"
    if type_.kind == "map":
        return f'{{"": {kind(type_.items[0], item=True)}}}'
    return decoder(type_)


def argument(parameter: Parameter) -> str:
    """Return an argument of a method, with its annotation and default."""
    text = hint(parameter.type, request=True)
    if parameter.required:
        return f"{parameter.name}: {text}"
    if parameter.location == "body":
        return f"{parameter.name}: {text} | Unset = UNSET"
    return f"{parameter.name}: {text if parameter.type.nullable else text + ' | None'} = None"


def outgoing(type_: Type, name: str) -> str:
    """Return the expression that encodes an argument for the body."""
    if type_.kind == "list":
        item = type_.items[0]
        if item.passes_through:
            return f"encode_given({name}, encode_array)"
        if item.kind == "model":
            return f"encode_each({name}, {function('encode', item.name)})"
        return f"encode_each({name}, {encoder(item)})"
    if type_.passes_through:
        return name
    return f"encode_given({name}, {encoder(type_)})"


def encoder(type_: Type) -> str:
    """Return the function that encodes a value of this type."""
    if type_.kind == "model":
        return function("encode", type_.name)
    if type_.kind in _ENCODERS:
        return _ENCODERS[type_.kind]
    return f"lambda v: {_encode(type_, 'v')}"


def decode_lines(model: Model) -> list[str]:
    """Return the lines of a decode function's body, which reads an answer that keeps the contract's promises."""
    if not model.promised:
        return _decode_lines(model, "return o")
    # The second reading is outside of the handler, so that its errors have no context.
    # The decode function of an object calls `get` on null.
    inner = any(field.required and field.type.kind == "model" for field in model.fields)
    caught = "AttributeError, KeyError, TypeError" if inner else "KeyError, TypeError"
    lines = _decode_lines(model, "return o", [f"except ({caught}):", "    pass"])
    return [*lines, f"return {lenient(model)}(d)"]


def decode_leniently_lines(model: Model) -> list[str]:
    """Return the lines of the function's body that reads an answer which may lack promised fields."""
    fields = tuple(attrs.evolve(field, required=field.strict) for field in model.fields)
    noted = f"note_absent({model.name!r}, d, {promised_name(model)})"
    first, *lines = _decode_lines(attrs.evolve(model, fields=fields), noted)
    # Checkers see promised fields, which here may be None.
    return [first.replace("o =", "o: Any =", 1), *lines, f"decoded: {model.name} = o", "return decoded"]


def lenient(model: Model) -> str:
    """Return the name of the function that reads an answer which may lack promised fields."""
    return f"_{function('decode', model.name)}_leniently"


def promised_name(model: Model) -> str:
    """Return the name of the constant with the wire names of the promised fields."""
    return f"_{naming.constant([model.name])}_PROMISED"


def _decode_lines(model: Model, last: str, handler: list[str] | None = None) -> list[str]:
    fields = [line for field in model.fields for line in _decode_field(field)]
    lines = [f"o = new({model.name})"]
    if any(line.startswith("v = ") for line in fields):
        lines.append("v: Any")  # one name for fields of many types
    if any(not f.required for f in model.fields):
        lines.append("get = d.get")
    if model.additional is not None:
        name = additional_name(model)
        known = ", ".join(repr(f.wire) for f in model.fields)
        value = decode(model.additional, "x")
        guard = f" if k not in {{{known}}}" if known else ""
        fields.append(f"o.{name} = {{k: {value} for k, x in d.items(){guard}}}")
    # The parser in C reads nearly all date-times; the others are rewritten, and the object is decoded again.
    times = [f.wire for f in model.fields if f.type.kind == "datetime"]
    handlers = list(handler or ())
    if times:
        again = f"return {function('decode', model.name)}(with_usual_times(d, {tuple(times)!r}))"
        handlers += ["except ValueError:", f"    {again}"]
    if not handlers:
        return [*lines, *fields, last]
    inside = [*fields, last] if handler else fields
    lines += ["try:", *(f"    {line}" for line in inside), *handlers]
    return lines if handler else [*lines, last]


def _decode_field(field: Field) -> list[str]:
    source = f"d[{field.wire!r}]" if field.required else f"get({field.wire!r})"
    may_be_null = field.type.nullable or not field.required
    if field.type.is_read_as_is:
        return [f"o.{field.name} = {source}"]
    if field.type.kind == "int":
        allowed = "v.__class__ is int or v is None" if may_be_null else "v.__class__ is int"
        return [f"v = {source}", f"o.{field.name} = v if {allowed} else whole_number(v)"]
    if field.type.kind == "datetime":
        # parse_datetime inlined: calling it would cost a tenth of all decoding.
        value = "(t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))"
        return [f"v = {source}", f"o.{field.name} = {'None if v is None else ' if may_be_null else ''}{value}"]
    if not field.required:
        return [f"v = {source}", f"o.{field.name} = None if v is None else {_decode(field.type, 'v', 'v_')}"]
    if not field.type.nullable and field.type.kind not in {"map", "union"}:
        return [f"o.{field.name} = {decode(field.type, source, 'i')}"]
    return [f"v = {source}", f"o.{field.name} = {decode(field.type, 'v')}"]


def encode_lines(model: Model) -> list[str]:
    """Return the lines of an encode function's body."""
    lines = ["d: dict[str, Any] = {}"]
    if model.fields:
        lines.append("v: Any")  # one name for fields of many types
    if model.additional is not None:
        value = encode(model.additional, "x")
        lines.append(f"d.update((k, {value}) for k, x in o.{additional_name(model)}.items())")
    for field in model.fields:
        lines.append(f"v = o.{field.name}")
        if field.required and (field.strict or field.type.nullable):
            lines.append(f"d[{field.wire!r}] = {encode(field.type, 'v')}")
        else:
            lines += ["if v is not None:", f"    d[{field.wire!r}] = {_encode(field.type, 'v')}"]
    lines.append("return d")
    return lines


def additional_name(model: Model) -> str:
    """Return the name of the attribute for additional properties."""
    return naming.unique("additional_properties", [f.name for f in model.fields])


def docstring(text: str, indent: int, sections: list[tuple[str, list[tuple[str, str]]]] | None = None) -> str:
    """Return a wrapped docstring. Text of the document is escaped, so that it cannot end the docstring."""
    width = 116 - indent
    blocks = [textwrap.fill(_safe(p), width, break_long_words=False) for p in text.split("\n\n") if p]
    for title, rows in sections or []:
        lines = [f"{title}:"]
        for name, description in rows:
            flat = _safe(description.replace("\n\n", " ")) or "No description."
            lines.append(textwrap.fill(f"{name}: {flat}", width - 4, subsequent_indent="    ", break_long_words=False))
        blocks.append("\n".join([lines[0], *(textwrap.indent(line, "    ") for line in lines[1:])]))
    body = "\n\n".join(blocks) or "No description."
    if "\n" in body:
        body += "\n"
    elif body.endswith('"'):
        body += " "
    return '"""' + textwrap.indent(body, " " * indent).lstrip(" ") + (" " * indent if "\n" in body else "") + '"""'


def _safe(text: str) -> str:
    text = "".join(c for c in text if c.isprintable() or c == " ")
    return text.replace("\\", "\\\\").replace('"""', "'''")
