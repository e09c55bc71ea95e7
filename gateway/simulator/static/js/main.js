// The page: one card per customer, the wire beside them, kept fresh by the stream.

import { h, icon } from "./dom.js";
import { LANGUAGES } from "./languages.js";
import { Phone } from "./phone.js";
import * as server from "./server.js";
import { Templates } from "./templates.js";
import { Wire } from "./wire.js";

const phones = new Map();
const at = (id) => document.getElementById(id);
let senders = [];
let source = null;
const templates = new Templates(at("templates-dialog"));
const wire = new Wire(at("wire"), (id) => phones.get(id)?.customer);

async function start() {
  const state = await server.state();
  senders = state.senders;
  at("desk").href = state.desk_url;
  state.customers.forEach(customerChanged);
  state.messages.forEach((message) => phones.get(message.customer_id)?.put(message));
  for (const phone of phones.values()) phone.settle();
  wire.fill(state.wire);
  source?.close();
  source = server.follow(state.last, { message, gone, customer: customerChanged, wire: (e) => wire.add(e), typing, reload }, stale);
}

function message(data) {
  phones.get(data.customer_id)?.put(data);
}

function gone({ sid }) {
  for (const phone of phones.values()) phone.remove(sid);
}

function typing({ customer_id: id, sender, seconds }) {
  phones.get(id)?.typing(sender, seconds);
}

function reload() {
  for (const phone of phones.values()) phone.clear();
  start();
}

function stale(lost) {
  at("stale").hidden = !lost;
}

function customerChanged(customer) {
  if (phones.has(customer.id)) {
    phones.get(customer.id).update(customer);
  } else {
    const phone = new Phone(customer, senders, () => show(customer.id));
    phones.set(customer.id, phone);
    at("phones").append(phone.card);
    wire.know(customer);
  }
  drawTabs();
}

function drawTabs() {
  const shown = document.body.dataset.shown ?? [...phones.keys()][0];
  const tab = (id, name, badge) =>
    h("button", { type: "button", class: "tab", "aria-pressed": String(id === shown), onclick: () => show(id) }, name, badge > 0 && h("b", {}, String(badge)));
  const people = [...phones.values()].map((phone) => tab(phone.customer.id, phone.customer.name.split(" ")[0], phone.unread()));
  at("tabs").replaceChildren(...people, tab("wire", "Wire", 0));
  show(shown, false);
}

function show(id, redraw = true) {
  document.body.dataset.shown = id;
  for (const phone of phones.values()) phone.card.classList.toggle("shown", phone.customer.id === id);
  at("wire").classList.toggle("shown", id === "wire");
  at("phones").classList.toggle("shown", id !== "wire");
  if (id === "wire" || !phones.has(id)) at("main").dataset.pane = "wire";
  else at("main").dataset.pane = "phone";
  if (redraw) {
    drawTabs();
    for (const phone of phones.values()) phone.looked();
  }
}

function dialog() {
  const form = at("add-form");
  form.elements.language.append(...Object.entries(LANGUAGES).map(([code, { label }]) => h("option", { value: code }, label)));
  at("add").addEventListener("click", () => {
    form.reset();
    at("add-problem").textContent = "";
    at("add-dialog").showModal();
  });
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value !== "add") return;
    event.preventDefault();
    try {
      const customer = await server.add(Object.fromEntries(new FormData(form)));
      at("add-dialog").close();
      customerChanged(customer);
      show(customer.id);
      phones.get(customer.id).card.scrollIntoView({ inline: "end" });
    } catch (error) {
      at("add-problem").textContent = error.message;
    }
  });
}

function theme() {
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
  at("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme.startsWith("dark");
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", document.documentElement.dataset.theme);
  });
}

document.addEventListener("visibilitychange", () => phones.forEach((phone) => phone.looked()));
document.addEventListener("rabta-unread", drawTabs);
at("templates").addEventListener("click", () => templates.open());
theme();
dialog();
start().catch(() => stale(true));
