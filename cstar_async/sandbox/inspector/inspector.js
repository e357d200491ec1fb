// The page as a whole: the stream of what happens, the filters, the keys.

import { ask, attempt, byId, make, Refused } from "./api.js";
import { hint, refresh, show } from "./details.js";
import { isNewTeam, loadClock, loadFaults, loadSettings, loadTeams, seen, tick, wireClock } from "./panels.js";
import { clear, divide, enter, KINDS, refilter, step } from "./view.js";

const AGAIN = 2000; // milliseconds between attempts where the browser itself has given up
const NARROW = matchMedia("(max-width: 860px)");
const CLEARED = "cstar-sandbox-cleared";
const filter = { text: "", team: "", hidden: new Set() };
let source = null;
let last = sessionStorage.getItem(CLEARED) ?? "0";
let waiting = [];
let paused = false;
let flushing = 0;

// --- the stream

function connect() {
  source?.close();
  source = new EventSource(`timeline/stream?after=${encodeURIComponent(last)}`);
  source.onopen = () => { connection("live", "Live"); attempt(loadAll); };
  source.onmessage = (event) => {
    last = event.lastEventId;
    waiting.push(JSON.parse(event.data));
    if (!flushing) flushing = setTimeout(flush, 30);
  };
  source.addEventListener("restart", () => { flush(); divide("The sandbox was started again"); });
  source.addEventListener("gap", (event) => {
    flush();
    divide(`${JSON.parse(event.data).missed} items are not kept any more`);
  });
  source.onerror = () => {
    connection("lost", "Disconnected, trying again …");
    if (source.readyState === EventSource.CLOSED) setTimeout(reconnect, AGAIN);
  };
}

/** Where the browser does not try again by itself: the answer was no stream. It may want the token. */
async function reconnect() {
  try {
    await ask("GET", "clock");
    connect();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) signIn();
    else setTimeout(reconnect, AGAIN);
  }
}

function connection(state, text) {
  const element = byId("connection");
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  element.textContent = text;
}

function flush() {
  clearTimeout(flushing);
  flushing = 0;
  if (paused) {
    byId("pause").textContent = waiting.length ? `Go on (${waiting.length})` : "Go on";
    return;
  }
  const items = waiting;
  waiting = [];
  if (!items.length) return;
  enter(items, filter, choose);
  seen(items.at(-1).at);
  refresh(items);
  if (items.some((each) => each.kind === "control" || isNewTeam(each.team))) attempt(loadAll);
  else if (items.some((each) => each.fault)) attempt(loadFaults);
}

function choose(item) {
  openSide("details");
  attempt(() => show(item));
  if (NARROW.matches) byId("details").focus(); // the lines are covered now
}

const loadAll = () => Promise.all([loadClock(), loadFaults(), loadSettings(), loadTeams()]);

// --- the tools

function wireTools() {
  for (const kind of KINDS) {
    const button = make("button", { type: "button", class: `chip is-${kind}`, "aria-pressed": "true" }, kind);
    button.addEventListener("click", () => {
      const hide = !filter.hidden.delete(kind);
      if (hide) filter.hidden.add(kind);
      button.setAttribute("aria-pressed", String(!hide));
      refilter(filter);
    });
    byId("kinds").append(button);
  }
  byId("text").addEventListener("input", (event) => {
    filter.text = event.target.value.trim().toLowerCase();
    refilter(filter);
  });
  byId("team").addEventListener("change", (event) => {
    filter.team = event.target.value;
    refilter(filter);
  });
  byId("pause").addEventListener("click", pause);
  byId("clear").addEventListener("click", () => {
    waiting = [];
    sessionStorage.setItem(CLEARED, last);
    clear();
    hint();
  });
}

function pause() {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  byId("pause").textContent = paused ? "Go on" : "Pause";
  flush();
}

// --- the side, which covers the page where it is narrow

const LOAD = { details: async () => {}, faults: loadFaults, settings: loadSettings, teams: loadTeams };
const TABS = ["details", "faults", "settings", "teams"];

function openSide(name) {
  for (const each of TABS) {
    byId(each).hidden = each !== name;
    const tab = byId(`tab-${each}`);
    tab.setAttribute("aria-selected", String(each === name));
    tab.tabIndex = each === name ? 0 : -1;
  }
  byId("side").classList.add("is-open");
}

function closeSide() {
  byId("side").classList.remove("is-open");
  byId("list").querySelector(".line[tabindex='0']")?.focus();
}

function wireSide() {
  TABS.forEach((name, index) => {
    const tab = byId(`tab-${name}`);
    tab.addEventListener("click", () => { openSide(name); attempt(LOAD[name]); });
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = TABS[(index + by + TABS.length) % TABS.length];
      openSide(next);
      byId(`tab-${next}`).focus();
    });
  });
  byId("open-side").addEventListener("click", () => { openSide("faults"); byId("tab-faults").focus(); });
  byId("close-side").addEventListener("click", closeSide);
  openSide("details");
  byId("side").classList.remove("is-open");
}

function wireKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSide();
    const typing = event.target.closest("input, select, textarea, pre, [role=tab], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = {
      ArrowDown: () => step(1), ArrowUp: () => step(-1), j: () => step(1), k: () => step(-1),
      "/": () => byId("text").focus(), p: pause,
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

// --- signing in, where the sandbox has a token

function signIn() {
  const dialog = byId("sign-in");
  connection("lost", "Not signed in");
  if (!dialog.open) dialog.showModal();
}

byId("sign-in").addEventListener("cancel", (event) => event.preventDefault());
byId("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await ask("POST", "session", { token: byId("token").value });
  } catch (error) {
    byId("sign-in-error").textContent = error.message;
    return;
  }
  byId("token").value = "";
  byId("sign-in").close();
  connect();
});

function example() {
  byId("example").textContent = [
    `curl ${location.origin}/api/v1/auth/whoami \\`, '  -H "Authorization: Bearer $CSTAR_API_KEY"'].join("\n");
}

wireTools();
wireSide();
wireKeys();
wireClock();
hint();
example();
reconnect();
setInterval(tick, 1000);
setInterval(() => { if (!document.hidden && source?.readyState === EventSource.OPEN) loadClock().catch(() => {}); }, 5000);
