// Every request between the simulator and Rabta, newest first, with what it carried.

import { h, icon, second } from "./dom.js";

const KEPT = 250;

export class Wire {
  constructor(element, customerOf) {
    this.customerOf = customerOf;
    this.list = element.querySelector("#wire-list");
    this.nothing = element.querySelector("#wire-empty");
    this.who = element.querySelector("#wire-customer");
    this.kind = element.querySelector("#wire-kind");
    for (const pick of [this.who, this.kind]) pick.addEventListener("change", () => this.filter());
  }

  know(customer) {
    this.who.append(h("option", { value: customer.id }, customer.name));
  }

  fill(entries) {
    this.list.replaceChildren(...entries.slice(-KEPT).reverse().map((entry) => this.row(entry)));
    this.filter();
  }

  add(entry) {
    this.list.prepend(this.row(entry));
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
    this.filter();
  }

  row(entry) {
    const bad = entry.status === null || entry.status >= 400;
    const customer = this.customerOf(entry.customer);
    const status = h("span", { class: `status ${bad ? "bad" : "good"}` }, entry.status === null ? "—" : String(entry.status));
    const summary = h("summary", {},
      h("span", { class: `way ${entry.to_product ? "in" : "out"}`, title: entry.to_product ? "to Rabta" : "from Rabta" }, entry.to_product ? "→" : "←"),
      h("span", { class: `face small ${customer?.colour ?? "none"}`, title: customer?.name ?? "", "aria-hidden": "true" }, customer ? customer.name[0] : "·"),
      h("span", { class: "wire-what" }, h("strong", {}, entry.what || entry.method), h("small", {}, `${entry.method} ${short(entry.target)}`)),
      entry.attempt > 1 && h("span", { class: "tag" }, `try ${entry.attempt}`),
      entry.signed && icon("lock", entry.to_product ? "signed" : "with credentials"), status, h("span", { class: "ms" }, `${entry.millis} ms`));
    return h("li", { "data-customer": entry.customer, "data-kind": entry.to_product ? "in" : "out", "data-bad": String(bad) },
      h("details", {}, summary, this.details(entry)), entry.note && h("p", { class: "wire-note" }, entry.note));
  }

  details(entry) {
    const rows = Object.entries(entry.request).map(([name, value]) =>
      h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, typeof value === "string" ? value : JSON.stringify(value))));
    return h("div", { class: "wire-detail" }, h("p", {}, h("time", {}, second(entry.at)), " ", h("code", {}, `${entry.method} ${entry.target}`)),
      rows.length > 0 && h("dl", {}, ...rows), entry.answer && h("pre", { dir: "auto" }, pretty(entry.answer)));
  }

  filter() {
    let shown = 0;
    for (const row of this.list.children) {
      const fits = (!this.who.value || row.dataset.customer === this.who.value)
        && (!this.kind.value || row.dataset.kind === this.kind.value || (this.kind.value === "bad" && row.dataset.bad === "true"));
      row.hidden = !fits;
      shown += fits;
    }
    this.nothing.hidden = shown > 0;
  }
}

function short(target) {
  const path = target.split("?")[0].replace("/webhooks/twilio", "…").replace(/\/api\/2010-04-01\/Accounts\/AC\w+/, "…").replace(/(SM|MM|ME|HX)[0-9a-f]{28}([0-9a-f]{4})/g, "$1…$2");
  return target.includes("?") ? `${path}?…` : path;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}
