// What is known about one line: the request and its answer, the event and its deliveries.

import { ask, attempt, byId, make, notify, shortTime, statusOf } from "./api.js";

const MOST_TEXT = 50_000;
let shown = null;
let turn = 0;

/** Show an item; what it takes is fetched. A later choice overtakes an earlier one. */
export async function show(item) {
  const mine = ++turn;
  shown = item;
  const pane = byId("details");
  try {
    const parts = await PARTS[item.kind](item);
    if (mine === turn) pane.replaceChildren(...parts);
  } catch (error) {
    if (error.status === undefined) throw error;
    if (mine === turn) pane.replaceChildren(title(item), make("p", { class: "faint" }, error.message));
  }
}

/** Show it again if a new item is about the same event. */
export function refresh(items) {
  if (!shown) return;
  const event = eventOf(shown);
  if (event && items.some((each) => eventOf(each) === event)) show(shown);
}

export function hint() {
  shown = null;
  turn += 1;
  byId("details").replaceChildren(
    make("p", { class: "faint" }, "Choose a line to see it in full."),
    make("dl", { class: "keys" },
      ...[["↑ ↓", "move along the lines"], ["Enter", "show a line in full"], ["/", "search"], ["p", "pause, go on"],
        ["Esc", "close, back to the lines"]].flatMap(([key, meaning]) => [
        make("dt", {}, make("kbd", {}, key)), make("dd", {}, meaning)])),
  );
}

const eventOf = (item) => (item.kind === "event" ? item.id : item.event);

const PARTS = {
  request: async (item) => {
    const found = await ask("GET", `requests/${item.record}`);
    return [
      title(item, `${item.method} ${item.path}`),
      facts([["status", badge(item.status)], ["operation", item.operation], ["request id", item.requestId],
        ["took", `${item.milliseconds} ms`], ["team", item.team],
        ["fault", item.fault ? `rule ${item.fault} struck` : null],
        ["replayed", item.replayed ? "the answer was kept for this idempotency key" : null]]),
      ...message("Request", found.request),
      ...message("Answer", found.answer),
    ];
  },
  change: async (item) => [
    title(item, item.action),
    facts([["resource", item.resource], ["id", item.id], ["request id", item.requestId]]),
    heading("Details"), code(item.details),
  ],
  event: async (item) => {
    const event = await ask("GET", `events/${encodeURIComponent(item.id)}`);
    return [
      title(item, event.type),
      facts([["event id", event.id], ["request id", event.requestId], ["team", event.team]]),
      heading("Deliveries"),
      ...(event.deliveries.length ? event.deliveries.map(delivery) : [quiet("No webhook wants this type of event.")]),
      heading("Payload"), code(event.payload),
    ];
  },
  attempt: (item) => about(item),
  delivery: (item) => about(item),
  control: async (item) => [title(item, item.action), code(item.details)],
};

async function about(item) {
  const [found, event] = await Promise.all([
    ask("GET", `deliveries/${item.delivery}`), ask("GET", `events/${encodeURIComponent(item.event)}`)]);
  return [
    title(item, found.type), facts([["event id", found.event], ["request id", item.requestId]]),
    heading("Delivery"), delivery(found), heading("Payload"), code(event.payload),
  ];
}

function delivery(each) {
  const again = make("button", { type: "button", class: "resend", "data-delivery": each.number }, "Resend");
  again.addEventListener("click", () => attempt(async () => {
    again.disabled = true;
    try {
      await ask("POST", `deliveries/${each.number}/resend`, {});
      notify("Sent again.");
    } finally {
      again.disabled = false;
    }
  }));
  return make("div", { class: "delivery" },
    make("div", { class: "delivery-head" },
      make("bdi", { class: "url" }, each.url ?? "webhook gone"),
      make("span", { class: `tag ${each.state === "delivered" ? "good" : each.state === "failed" ? "bad" : ""}` },
        each.state), again),
    each.due ? quiet(`next attempt ${each.due.replace("T", " ").slice(0, 19)}`) : null,
    ...(each.attempts.length ? each.attempts.map(tried) : [quiet("No attempt yet.")]));
}

function tried(each) {
  return make("div", { class: "tried" },
    make("div", { class: "tried-head" }, make("span", { class: "faint" }, `${each.attempt}.`),
      make("time", { datetime: each.at }, shortTime(each.at)), badge(each.status),
      make("span", { class: "faint" }, `${each.milliseconds} ms`)),
    each.error ? make("p", { class: "bad" }, each.error) : null,
    each.answer ? make("pre", { class: "small" }, each.answer) : null);
}

function message(name, found) {
  if (!found) return [heading(name), quiet("Not kept any more.")];
  const size = found.size > 9999 ? `${Math.round(found.size / 1024)} KiB` : `${found.size} bytes`;
  return [
    heading(name, found.size ? size : ""),
    make("details", {}, make("summary", {}, `Headers (${found.headers.length})`),
      make("dl", { class: "headers" }, ...found.headers.flatMap(([key, value]) => [
        make("dt", {}, key), make("dd", {}, value)]))),
    found.body ? code(parsed(found)) : quiet("No body."),
    found.truncated ? quiet("The body is longer; only its beginning was kept.") : null,
  ].filter(Boolean);
}

function parsed(found) {
  if (found.truncated) return found.body;
  try {
    return JSON.parse(found.body);
  } catch {
    return found.body;
  }
}

function code(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const cut = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}\n… ${text.length - MOST_TEXT} characters more` : text;
  return make("pre", { tabindex: "0", dir: "ltr" }, cut);
}

const title = (item, text = item.kind) => make("div", { class: "title" },
  make("h2", {}, text), make("p", { class: "faint" }, `${item.kind} · ${item.at.replace("T", " ").replace("Z", " UTC")}`));
const heading = (text, more = "") => make("h3", {}, text, more && make("span", { class: "faint" }, ` ${more}`));
const quiet = (text) => make("p", { class: "faint" }, text);
const facts = (pairs) => make("dl", { class: "facts" }, ...pairs.filter(([, value]) => value).flatMap(([name, value]) => [
  make("dt", {}, name), make("dd", {}, value)]));

function badge(status) {
  const [text, kind] = statusOf(status);
  return make("span", { class: `status ${kind}` }, text);
}
