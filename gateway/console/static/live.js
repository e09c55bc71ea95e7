// The event stream: says what happened to whom; what it means is fetched. Ids already seen are dropped.
import { refreshCase } from "./thread.js";

const REMEMBER = 5000;
const GATHER_MS = 150;
const LIST_EVERY_MS = 500; // a busy morning must not become a storm of questions
const LOST_AFTER_MS = 4000;

const seen = new Set();
const dirty = { conversations: new Set(), messages: new Set() };
let gathering = null;
let lostTimer = null;

function isNew(id) {
  if (seen.has(id)) return false;
  seen.add(id);
  if (seen.size > REMEMBER) seen.delete(seen.values().next().value);
  return true;
}

function onEvent(event) {
  if (!isNew(event.lastEventId)) return;
  const { conversation_id: conversation, message_id: message } = JSON.parse(event.data);
  if (conversation) dirty.conversations.add(conversation);
  if (message) dirty.messages.add(message);
  gathering ??= setTimeout(refresh, GATHER_MS);
}

function refresh() {
  gathering = null;
  const conversations = [...dirty.conversations];
  const messages = [...dirty.messages];
  dirty.conversations.clear();
  dirty.messages.clear();
  const open = Number(document.getElementById("case")?.dataset.id ?? 0);
  if (conversations.includes(open)) refreshCase(messages);
  refreshList(conversations);
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const listed = { changed: new Set(), busy: false };

async function refreshList(changed) {
  changed.forEach((id) => listed.changed.add(id));
  if (listed.busy) return;
  listed.busy = true;
  while (listed.changed.size) {
    const now = [...listed.changed];
    listed.changed.clear();
    await askForRows(now).catch(() => {});
    await pause(LIST_EVERY_MS);
  }
  listed.busy = false;
}

async function askForRows(changed) {
  const list = document.getElementById("list");
  const shown = [...list.querySelectorAll(".row")].map((row) => row.dataset.id);
  const fresh = (list.querySelector("[data-fresh]")?.dataset.fresh ?? "").split(",").filter(Boolean);
  const ids = [...new Set([...fresh, ...changed.map(String)])].slice(-200);
  const url = new URL(list.dataset.changes, location.href);
  url.searchParams.set("ids", ids.join(","));
  url.searchParams.set("shown", ids.filter((id) => shown.includes(id)).join(","));
  url.searchParams.set("open", document.getElementById("case")?.dataset.id ?? "");
  await htmx.ajax("GET", url.pathname + url.search, { source: "#list", target: "#list", swap: "none" });
}

function banner(text) {
  const offline = document.getElementById("offline");
  offline.textContent = text;
  offline.hidden = !text;
}

function lost() {
  lostTimer ??= setTimeout(() => banner("Connection lost. What you see may be old; Rabta keeps trying."), LOST_AFTER_MS);
}

function found() {
  clearTimeout(lostTimer);
  lostTimer = null;
  banner("");
}

export function startLive() {
  follow(onEvent);
}

// For pages of their own: `told` hears the kind of everything new.
export function listen(told) {
  follow((event) => isNew(event.lastEventId) && told(JSON.parse(event.data).kind));
}

function follow(hear) {
  const { live, after, login } = document.body.dataset;
  if (!live) return;
  let newest = after;
  let source = null;
  let retry = 1000;
  const connect = () => {
    const url = new URL(live, location.href);
    url.searchParams.set("after", newest);
    source = new EventSource(url, { withCredentials: true });
    source.onopen = () => { retry = 1000; found(); };
    source.onmessage = (event) => { newest = event.lastEventId || newest; hear(event); };
    source.addEventListener("reload", () => { source.close(); setTimeout(() => location.reload(), Math.random() * 4000); });
    source.addEventListener("signed-out", () => { location.href = login; });
    source.onerror = () => {
      lost();
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      setTimeout(connect, retry); // refused outright: a proxy's error page, or signed out
      retry = Math.min(retry * 2, 30000);
    };
  };
  connect();
  addEventListener("pagehide", () => source?.close());
}
