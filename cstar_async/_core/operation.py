"""One endpoint of a contract as data: the records in generated code."""

from __future__ import annotations

from typing import NamedTuple


class Param(NamedTuple):
    """One input of an operation: a path, query, header or cookie parameter, or a field of its body."""

    name: str
    """Wire name: `pageSize`."""
    argument: str
    """Python name: `page_size`."""
    location: str
    """`path`, `query`, `header`, `cookie` or `body`."""
    type: str
    """`string`, `integer`, `number`, `boolean`, `date-time`, `date`, `array`, `object` or `any`."""
    items: str = ""
    """The type of an item, for arrays."""
    required: bool = False
    nullable: bool = False
    explode: bool = True
    """For arrays and objects in the query: a parameter for each part, or one comma-separated value."""
    values: tuple[str | int, ...] = ()
    """Known values (of the items, for arrays)."""
    default: object = None
    """The value that the service assumes if it is left out, or None."""
    description: str = ""
    source: str = "seed"
    """Where it comes from: `seed`, `docs` or `inferred`."""
    style: str = ""
    """How a value with parts is written, by OpenAPI's word (`deepObject`), or `json`; empty for its place's default."""
    secret: bool = False
    """Holds a secret, such as a password, which must not be shown or logged."""


class Operation(NamedTuple):
    """One endpoint of the contract as data."""

    id: str
    """`tickets.messages.create`: also the path of the method on the client."""
    tag: str
    method: str
    path: str
    segments: tuple[str, ...]
    """The literal text around the path parameters; one more than there are parameters."""
    path_params: tuple[str, ...]
    team: bool
    """The first path parameter is the team id, which the client fills in."""
    params: tuple[Param, ...] = ()
    """The caller's inputs, without the team id and the idempotency key."""
    body: str = ""
    """The schema of the body, or empty."""
    body_required: bool = False
    result: str = ""
    """The schema of the result, or of its items; empty if it has no name."""
    content: str = "json"
    """The content of a 2xx answer: `json`, `text`, `bytes`, `event-stream` or `none`."""
    is_list: bool = False
    envelope: str = ""
    """The member of the JSON body that holds the result; `data.items` is a member of a member. Empty if the body is
    the result."""
    status: int = 200
    """The documented 2xx status."""
    key: str = "any"
    """The API key it needs: `any`, `secret` or `none`."""
    pagination: str = "none"
    """`page`, `cursor` or `none`."""
    page_param: str = ""
    """The query parameter with the number of the page, or with the cursor; empty if there is none."""
    size_param: str = ""
    """The query parameter with the size of the page; empty if there is none."""
    idempotent: bool = False
    """Takes an `Idempotency-Key`."""
    bulk: tuple[str, str, int] | None = None
    """The batched equivalent: resource, action, items a request."""
    id_prefix: str = ""
    """How the ids of the result begin: `tkt_`."""
    source: str = "seed"
    """Where it comes from: `seed`, `docs` or `inferred`."""
    deprecated: bool = False
    summary: str = ""
    description: str = ""
    body_type: str = "application/json"
    """The media type of the body, if it takes one."""
    encoding: tuple[tuple[str, str], ...] = ()
    """For forms: name and style or media type of the fields that are not written in the usual way."""
    accept: str = "application/json"
    """The media type to ask for."""
    acknowledges: tuple[tuple[str, object, bool], ...] = ()
    """The members of a result that the caller already knows, such as `deleted: true` and the `id` of the path: name,
    value and False, or name, path parameter and True. Empty if the result has other members."""
    risk: str = "write"
    """What a call may do at most: `read`, `write`, `send` (show something to customers or outsiders), `delete`, or
    `secret` (answer with a secret)."""
    changed_by: tuple[str, ...] = ()
    """Patterns of the webhook events that announce changes of the answer: `ticket.*`."""
    columns: tuple[str, ...] = ()
    """For lists: the wire names of the item's fields that a table shows."""
