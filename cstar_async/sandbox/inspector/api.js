// Talking to the sandbox, and making elements. All text goes through textContent; nothing here parses markup.

export class Refused extends Error {
  constructor(status, message, field) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/** Ask the control API; the parsed answer. Throws Refused, with the server's own words. */
export async function ask(method, path, body) {
  const options = { method, headers: {}, credentials: "same-origin" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused(0, "The sandbox does not answer.");
  }
  const data = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = data.error ?? {};
    throw new Refused(response.status, error.message ?? `The sandbox answered ${response.status}.`, error.field);
  }
  return data;
}

/** An element with attributes, listeners (`onclick`) and children; text children stay text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((each) => each !== null && each !== undefined && each !== ""));
  return element;
}

export const byId = (id) => document.getElementById(id);

let hiding = 0;

/** Say something for a few seconds. */
export function notify(text, bad = false) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.classList.toggle("is-bad", bad);
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { notice.hidden = true; }, 4000);
}

/** Run an action of the user's; what the sandbox says against it is shown, not lost in the console. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notify(error.message, true);
    return undefined;
  }
}

/** `2026-03-02T09:00:00.000Z` in the form of a line: `03-02 09:00:00.000`. */
export const shortTime = (at) => `${at.slice(5, 10)} ${at.slice(11, 23)}`;

/** A status as words and as a class: good, odd, bad. */
export function statusOf(status) {
  if (status === 0) return ["lost", "bad"];
  if (status === null || status === undefined) return ["none", "bad"];
  return [String(status), status < 400 ? (status < 300 ? "good" : "odd") : status < 500 ? "odd" : "bad"];
}
