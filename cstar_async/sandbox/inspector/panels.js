// The controls: clock, faults, switches and quota, teams.

import { ask, attempt, byId, make, notify } from "./api.js";

let base = null; // the sandbox's time when it was asked, and this machine's at that moment

export async function loadClock() {
  const clock = await ask("GET", "clock");
  base = { at: Date.parse(clock.time), asked: performance.now(), running: clock.running };
  byId("clock-kind").textContent = clock.running ? "running" : "standing";
  tick();
}

/** Show the time; a clock that runs is not asked every second. */
export function tick() {
  if (!base) return;
  const now = base.at + (base.running ? performance.now() - base.asked : 0);
  byId("clock").textContent = new Date(now).toISOString().slice(0, 19).replace("T", " ");
}

/** The clock shows at least this moment: something has happened at it. */
export function seen(at) {
  const moment = Date.parse(at);
  if (base && !base.running && moment > base.at) base.at = moment;
  tick();
}

export function wireClock() {
  for (const button of document.querySelectorAll("[data-advance]")) {
    const [unit, amount] = button.dataset.advance.split(":");
    button.addEventListener("click", () => attempt(async () => {
      await ask("POST", "clock/advance", { [unit]: Number(amount) });
      await loadClock();
    }));
  }
}

const before = new Map();

/** Whether a panel has something new to show; drawing the same again would take the focus and close what is open. */
function isNews(panel, data) {
  const text = JSON.stringify(data);
  if (before.get(panel) === text) return false;
  before.set(panel, text);
  return true;
}

// --- faults

const number = (name, attributes) => make("input", { type: "number", name, ...attributes });
const times = () => field("Times", number("times", { value: 1, min: 1, placeholder: "without end", "data-null": "" }));
const check = (name, text) => make("label", { class: "check" }, make("input", { type: "checkbox", name }), text);
const field = (text, input) => make("label", {}, text, input);
const choice = (name, values) => make("select", { name }, ...values.map((each) => make("option", { value: each },
  each || "any")));

const FORMS = {
  requests: () => [
    field("Path or operation", make("input", { name: "path", placeholder: "/tickets or tickets.create; empty: any" })),
    make("div", { class: "pair" }, field("Method", choice("method", ["", "GET", "POST", "PATCH", "PUT", "DELETE"])),
      times()),
    make("div", { class: "pair" }, field("Status", number("status", { placeholder: "503", min: 400, max: 599 })),
      field("Delay, seconds", number("delay", { placeholder: "0", min: 0, max: 600, step: "any" }))),
    make("div", { class: "checks" }, check("reset", "lose the answer"), check("truncate", "cut the answer short"),
      check("hang", "never answer"), check("malformed", "answer no JSON")),
  ],
  deliveries: () => [
    field("Event", make("input", { name: "event", placeholder: "ticket.* ; empty: any" })),
    make("div", { class: "pair" }, times(),
      field("Delay, seconds", number("delay", { placeholder: "0", min: 0, step: "any" }))),
    make("div", { class: "checks" }, check("drop", "lose"), check("duplicate", "send twice"),
      check("reorder", "send after the next"), check("badSignature", "bad signature")),
  ],
};
const NAMES = { requests: "Requests", deliveries: "Deliveries of events" };

export async function loadFaults() {
  const pane = byId("faults");
  const rules = await ask("GET", "faults");
  const lists = pane.querySelectorAll(".rules");
  if (!lists.length) {
    pane.replaceChildren(...Object.keys(FORMS).flatMap((kind) => [
      make("h3", {}, NAMES[kind]), make("ul", { class: "rules", "data-kind": kind }), faultForm(kind)]),
    make("button", { type: "button", onclick: () => attempt(async () => {
      await ask("DELETE", "faults");
      await loadFaults();
    }) }, "Clear all faults"));
  }
  for (const list of pane.querySelectorAll(".rules")) list.replaceChildren(...rules[list.dataset.kind].map(rule));
  const count = rules.requests.length + rules.deliveries.length;
  byId("tab-faults").textContent = count ? `Faults (${count})` : "Faults";
}

function rule(each) {
  const usual = { number: each.number, probability: 1 };
  const told = Object.entries(each).filter(([name, value]) => value && usual[name] !== value);
  const words = told.map(([name, value]) => (value === true ? name : `${name} ${value}`));
  if (each.times === null) words.push("without end");
  return make("li", {}, make("span", {}, words.join(", ")),
    make("button", { type: "button", "aria-label": "Remove this fault", onclick: () => attempt(async () => {
      await ask("DELETE", `faults/${each.number}`);
      await loadFaults();
    }) }, "✕"));
}

function faultForm(kind) {
  const form = make("form", { class: "form" }, ...FORMS[kind](), make("button", { type: "submit", class: "primary" },
    "Add a fault"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await ask("POST", `faults/${kind}`, valuesOf(form));
      await loadFaults();
      notify("The next match is struck.");
    });
  });
  return form;
}

function valuesOf(form) {
  const values = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    if (input.type === "checkbox") {
      if (input.checked) values[input.name] = true;
    } else if (input.value.trim()) {
      values[input.name] = input.type === "number" ? Number(input.value) : input.value.trim();
    } else if ("null" in input.dataset) {
      values[input.name] = null; // empty is a choice of its own
    }
  }
  return values;
}

// --- settings

export async function loadSettings() {
  const [switches, quota] = await Promise.all([ask("GET", "switches"), ask("GET", "quota")]);
  if (!isNews("settings", [switches, quota])) return;
  const focused = byId("settings").contains(document.activeElement) ? document.activeElement.name : "";
  const selects = Object.entries(switches.choices).map(([name, values]) => {
    const select = choice(name, values);
    select.value = switches[name];
    select.addEventListener("change", () => attempt(() => ask("PATCH", "switches", { [name]: select.value })));
    return field(name, select);
  });
  const enforced = make("input", { type: "checkbox", name: "enforced", checked: quota.enforced, onchange: () => attempt(async () => {
    await ask("PATCH", "quota", { enforced: enforced.checked });
    await loadSettings();
  }) });
  byId("settings").replaceChildren(
    make("h3", {}, "Where the documents disagree"), make("div", { class: "form" }, ...selects),
    make("h3", {}, "Quota"), make("label", { class: "check" }, enforced, "refuse requests above the hourly limit"),
    make("ul", { class: "rules" }, ...quota.keys.map((each) => make("li", {}, make("code", {}, `${each.prefix}…`),
      make("span", {}, `${each.used} of ${each.limit} this hour`)))),
  );
  if (focused) byId("settings").querySelector(`[name=${focused}]`)?.focus();
}

// --- teams

let known = new Set();

/** Whether a team was not there yet when the teams were asked for. */
export const isNewTeam = (id) => Boolean(id) && !known.has(id);

export async function loadTeams() {
  const { teams } = await ask("GET", "teams");
  if (!isNews("teams", teams.map((each) => [each.id, each.name]))) return;
  known = new Set(teams.map((each) => each.id));
  const select = byId("team");
  const chosen = select.value;
  select.replaceChildren(make("option", { value: "" }, "All teams"),
    ...teams.map((each) => make("option", { value: each.id }, each.name)));
  select.value = teams.some((each) => each.id === chosen) ? chosen : "";
  const pane = byId("teams");
  if (!pane.firstChild) pane.append(teamForm(), make("div", { class: "cards" }));
  pane.lastChild.replaceChildren(...teams.map(card));
}

function teamForm() {
  const form = make("form", { class: "form" },
    field("Name", make("input", { name: "name", placeholder: "Team", maxlength: 200 })),
    check("demo", "with demo data"), make("button", { type: "submit", class: "primary" }, "Make a team"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      await ask("POST", "teams", valuesOf(form));
      form.reset();
      await loadTeams();
    });
  });
  return form;
}

function card(team) {
  const empty = make("button", { type: "button", onclick: () => attempt(async () => {
    if (empty.dataset.sure !== "yes") { // asked twice, since there is no way back
      empty.dataset.sure = "yes";
      empty.textContent = "Really empty it?";
      return;
    }
    await ask("POST", `teams/${team.id}/reset`, {});
    empty.dataset.sure = "";
    empty.textContent = "Empty";
    notify(`${team.name} is empty.`);
  }) }, "Empty");
  return make("div", { class: "card" },
    make("div", { class: "delivery-head" }, make("b", {}, team.name), empty),
    make("details", {}, make("summary", {}, "Id and keys"), make("dl", { class: "headers" },
      make("dt", {}, "id"), make("dd", {}, team.id), make("dt", {}, "secret key"), make("dd", {}, team.secretKey ?? "–"),
      make("dt", {}, "publishable key"), make("dd", {}, team.publishableKey ?? "–"))));
}
