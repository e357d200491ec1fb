// The timeline: what happened in one request stands together, what happened last on top.

import { byId, make, shortTime, statusOf } from "./api.js";

export const KINDS = ["request", "change", "event", "attempt", "delivery", "control"];
const MOST_GROUPS = 1000;
const STATES = {
  dropped: "lost by a fault", held: "held", released: "released", cancelled: "webhook deleted or paused",
};

const groups = new Map();
let current = null;

/** Enter items; `select` is called with the item of a line that is chosen. */
export function enter(items, filter, select) {
  const list = byId("list");
  for (const item of items) {
    const key = item.requestId ? `r ${item.requestId}` : `n ${item.number}`;
    let group = groups.get(key);
    if (group) groups.delete(key); // to the end of the map: the latest
    else group = { element: make("article", { class: "group" }), lines: [] };
    groups.set(key, group);
    const line = makeLine(item, select);
    group.lines.push(line);
    keepFocus(() => {
      group.element.append(line.element);
      if (list.firstChild !== group.element) list.prepend(group.element);
    });
    apply(group, filter);
  }
  for (const [key, group] of groups) {
    if (groups.size <= MOST_GROUPS) break;
    group.element.remove();
    groups.delete(key);
  }
  settle();
}

/** Say something between the groups, such as that the sandbox was started again. */
export function divide(text) {
  if (!groups.size) return;
  byId("list").prepend(make("p", { class: "divider" }, text));
}

/** Show what the filter lets through. */
export function refilter(filter) {
  for (const group of groups.values()) apply(group, filter);
  settle();
}

export function clear() {
  groups.clear();
  current = null;
  byId("list").replaceChildren();
  settle();
}

/** Move along the lines that are shown; +1 is down. */
export function step(by) {
  const lines = [...byId("list").querySelectorAll(".line:not([hidden])")].filter((each) => !each.closest("[hidden]"));
  if (!lines.length) return;
  const place = lines.indexOf(current);
  const next = lines[place < 0 ? 0 : Math.min(lines.length - 1, Math.max(0, place + by))];
  mark(next);
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function apply(group, filter) {
  const found = !filter.text || group.lines.some((each) => each.text.includes(filter.text));
  let shown = 0;
  for (const line of group.lines) {
    const hidden = !found || filter.hidden.has(line.item.kind) ||
      Boolean(filter.team && line.item.team && line.item.team !== filter.team);
    line.element.hidden = hidden;
    shown += hidden ? 0 : 1;
  }
  group.element.hidden = !shown;
}

function settle() {
  const some = [...groups.values()].some((each) => !each.element.hidden);
  byId("empty").hidden = groups.size > 0;
  byId("nothing").hidden = some || !groups.size;
  // One line of the list can be reached with Tab, the others from it with the arrows.
  if (!current?.isConnected) {
    const first = byId("list").querySelector(".line:not([hidden])");
    if (first) mark(first, false);
  }
}

function mark(element, chosen = true) {
  if (current) {
    current.tabIndex = -1;
    current.removeAttribute("aria-current");
  }
  current = element;
  current.tabIndex = 0;
  if (chosen) current.setAttribute("aria-current", "true");
}

function keepFocus(change) {
  const focused = document.activeElement;
  change();
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

function makeLine(item, select) {
  const element = make(
    "button",
    { type: "button", class: `line is-${item.kind}`, tabindex: "-1", "data-number": item.number },
    make("time", { datetime: item.at, title: item.at }, shortTime(item.at)),
    make("span", { class: "kind" }, item.kind),
    make("span", { class: "what" }, ...WHAT[item.kind](item)),
    make("span", { class: "more" }, ...MORE[item.kind](item)),
  );
  element.addEventListener("click", () => { mark(element); select(item); });
  return { item, element, text: JSON.stringify(item).toLowerCase() };
}

const faint = (text) => make("span", { class: "faint" }, text);
const tag = (text, kind = "") => make("span", { class: `tag ${kind}` }, text);
const words = (text) => make("bdi", {}, text);

function badge(status) {
  const [text, kind] = statusOf(status);
  return make("span", { class: `status ${kind}` }, text);
}

const milliseconds = (value) => faint(value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

/** The path below the team, which the page shows anyway. */
const below = (path) => path.replace(/^\/api\/v1\/teams\/[^/]+/, "") || path;

const WHAT = {
  request: (item) => [make("b", {}, item.method), " ", words(below(item.path))],
  change: (item) => [make("b", {}, item.action), " ", faint(item.id ?? "")],
  event: (item) => [make("b", {}, item.type), " ", item.about ? words(item.about) : faint(item.id)],
  attempt: (item) => [
    "→ ", make("b", {}, item.type), " ", faint(words(item.url.replace(/^https?:\/\//, ""))), " ",
    "← ", words(item.error ?? (item.answer || "no words")),
  ],
  delivery: (item) => [make("b", {}, item.type), " ", faint(STATES[item.state] ?? item.state)],
  control: (item) => [
    make("b", {}, item.action.replace(".", " ")), " ",
    faint(Object.entries(item.details).map(([name, value]) => `${name} ${value}`).join(", ")),
  ],
};

const MORE = {
  request: (item) => [
    item.replayed ? tag("replayed") : "", item.fault ? tag(`fault ${item.fault}`, "bad") : "",
    milliseconds(item.milliseconds), badge(item.status),
  ],
  change: () => [],
  event: () => [],
  attempt: (item) => [
    item.attempt > 1 ? tag(`attempt ${item.attempt}`) : "",
    item.next ? tag(`next ${item.next.slice(5, 19).replace("T", " ")}`, "odd") : "",
    item.state === "failed" ? tag("given up", "bad") : "", milliseconds(item.milliseconds), badge(item.status),
  ],
  delivery: (item) => [item.next ? tag(`due ${item.next.slice(5, 19).replace("T", " ")}`) : ""],
  control: () => [],
};
