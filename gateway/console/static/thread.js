// The messages: fetched anew when something happened, without moving what is being read.

const scroller = () => document.getElementById("thread-scroll");
const atNewest = () => !scroller() || Math.abs(scroller().scrollTop) < 80; // column-reverse: 0 is the bottom

let running = false;
const waiting = { ask: false, messages: new Set() };

export function refreshCase(messages = []) {
  messages.forEach((id) => waiting.messages.add(id));
  waiting.ask = true;
  if (!running) run();
}

async function run() {
  running = true;
  while (waiting.ask) {
    waiting.ask = false;
    const changed = [...waiting.messages].slice(0, 200);
    waiting.messages.clear();
    await fetchChanges(changed);
  }
  running = false;
}

async function fetchChanges(changed) {
  const pane = document.querySelector("#case[data-changes]");
  const thread = document.getElementById("thread");
  if (!pane || !thread) return;
  const url = new URL(pane.dataset.changes, location.href);
  const newest = (prefix) => largest(thread, prefix);
  url.searchParams.set("message", Math.max(newest("message"), Number(thread.dataset.seenMessage)));
  url.searchParams.set("note", Math.max(newest("note"), Number(thread.dataset.seenNote)));
  url.searchParams.set("entry", Math.max(newest("line"), Number(thread.dataset.seenEntry)));
  url.searchParams.set("changed", changed.filter((id) => document.getElementById(`message-${id}`)).join(","));
  url.searchParams.set("day", [...thread.querySelectorAll("[data-day]")].at(-1)?.dataset.day ?? "");
  url.searchParams.set("composer", document.getElementById("composer")?.dataset.composer ?? "");
  const follow = atNewest();
  const before = thread.offsetHeight;
  await htmx.ajax("GET", url.pathname + url.search, { source: "#case", target: "#case", swap: "none" });
  if (!document.contains(thread)) return;
  settle(thread, follow, thread.offsetHeight - before);
}

function largest(thread, prefix) {
  const ids = [...thread.querySelectorAll(`[id^="${prefix}-"]`)].map((element) => Number(element.id.slice(prefix.length + 1)));
  return ids.length ? Math.max(...ids) : 0;
}

function settle(thread, follow, grown) {
  dropSecondDays(thread);
  const button = document.getElementById("to-newest");
  if (follow || atNewest()) {
    scroller().scrollTop = 0;
    button.hidden = true;
  } else if (grown > 0) button.hidden = false;
}

function dropSecondDays(thread) {
  let last = "";
  for (const day of thread.querySelectorAll("[data-day]")) {
    if (day.dataset.day === last) day.remove();
    last = day.dataset.day;
  }
}

export function startThread() {
  document.addEventListener("htmx:after:swap", () => {
    const thread = document.getElementById("thread");
    if (thread) dropSecondDays(thread);
  });
  document.addEventListener("rabta:changed", (event) => refreshCase(event.detail?.message ? [event.detail.message] : []));
  document.addEventListener("click", (event) => {
    if (event.target.closest("#to-newest")) settle(document.getElementById("thread"), true, 0);
    if (event.target.closest("[data-toggle-context]")) toggleContext();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("submit", (event) => event.target.closest("details.menu")?.removeAttribute("open"));
  document.addEventListener("scroll", (event) => {
    if (event.target === scroller() && atNewest()) document.getElementById("to-newest").hidden = true;
  }, true);
}

export function toggleContext(open) {
  const pane = document.getElementById("case");
  const isOpen = pane.classList.toggle("is-context-open", open);
  pane.querySelector(".show-context")?.setAttribute("aria-expanded", String(isOpen));
}
