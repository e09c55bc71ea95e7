// The keyboard: one letter does one thing, and none fires while somebody types.
import { write } from "./composer.js";
import { toggleContext } from "./thread.js";

const typing = (target) => target.matches?.("input, textarea, select, [contenteditable]");
const isFound = () => document.querySelector("#found > *") !== null;
const links = () => [...document.querySelectorAll(isFound() ? "#found .hit a" : "#rows .row a")];
const findBox = () => document.getElementById("find-box");

function move(step) {
  const all = links();
  if (!all.length) return;
  const from = all.findIndex((link) => link.classList.contains("is-picked"));
  const start = from >= 0 ? from : all.findIndex((link) => link.getAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, start < 0 ? 0 : start + step))];
  all.forEach((link) => link.classList.toggle("is-picked", link === next));
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

// While an action is under way no letter acts: somebody who claims and types on must not resolve by an "e".
const WAIT_MS = 3000;
const underWay = { until: 0, then: "" };

function press(key) {
  const button = document.querySelector(`#case-head [data-key="${key}"]`);
  if (!button) return;
  underWay.until = Date.now() + WAIT_MS;
  button.click();
}

function writeWhenReady(mode) {
  if (!write(mode) && Date.now() < underWay.until) underWay.then = mode;
}

function arrived() {
  underWay.until = 0;
  if (underWay.then) write(underWay.then);
  underWay.then = "";
}

function open() {
  document.querySelector("#list a.is-picked")?.click();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  Enter: open,
  c: () => press("c"),
  e: () => press("e"),
  r: () => writeWhenReady("reply"),
  n: () => writeWhenReady("note"),
  "/": find,
  "?": () => document.getElementById("keys").showModal(),
};

function find() {
  findBox().focus();
  findBox().select();
}

// In the search box and among what is found the arrows move; the box is above the first.
function arrow(event) {
  const all = links();
  const at = all.indexOf(event.target.closest("a"));
  if (!isFound() || (at < 0 && event.target !== findBox())) return;
  event.preventDefault();
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  (all[Math.min(next, all.length - 1)] ?? findBox()).focus();
}

function stopFinding() {
  findBox().value = "";
  document.getElementById("found").replaceChildren();
}

let goingTo = 0;

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("#composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.key === "Escape") return leave(event.target);
  if (event.key === "k" && (event.ctrlKey || event.metaKey) && findBox()) { event.preventDefault(); return find(); }
  if (event.key.startsWith("Arrow") && "ArrowUp ArrowDown".includes(event.key)) return arrow(event);
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "g") { goingTo = Date.now(); return; }
  if (event.key === "i" && Date.now() - goingTo < 1500) { location.href = "/console/inbox"; return; }
  if (event.key === "Enter" && event.target !== document.body) return; // links and buttons do their own
  if (ACTIONS[event.key]) {
    event.preventDefault();
    if (Date.now() < underWay.until && !"rn".includes(event.key)) return;
    ACTIONS[event.key]();
  }
}

function leave(target) {
  if (target.closest?.("#find, #found") && isFound()) stopFinding();
  if (typing(target)) target.blur();
  if (document.querySelector(".is-context-open")) toggleContext(false);
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  new MutationObserver((changes) => {
    const drawn = (node) => node.id === "composer" || node.id === "case";
    if (changes.some((change) => [...change.addedNodes].some(drawn))) arrived();
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open=keys]")) document.getElementById("keys").showModal();
    const link = event.target.closest("#rows .row a");
    if (link) links().forEach((each) => each.classList.toggle("is-picked", each === link));
  });
  document.addEventListener("htmx:after:swap", () => {
    const openId = document.querySelector("#case[data-id]")?.dataset.id;
    for (const link of links()) {
      if (link.closest(".row").dataset.id === openId) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  });
}
