// Ways to break things for one customer: the panel over the phone.

import { h, icon } from "./dom.js";

const SWITCHES = [
  ["blocked", "Blocked the business", "WhatsApp 63033, SMS 30004"],
  ["no_whatsapp", "Has no WhatsApp", "63003 after the 201"],
  ["opted_out", "Opted out of SMS", "21610 at once"],
  ["landline", "Number is a landline", "SMS 30006; the look-up says landline"],
  ["hidden", "Hides the number", "a user name: Rabta sees an id like PK.1349…"],
  ["slow", "Slow network", "seconds pass before anything arrives"],
  ["duplicates", "Webhooks come twice", "at the same moment, with the same id"],
  ["disorder", "Statuses out of order", "delivered before sent"],
  ["drop_next", "Drop the next response", "the provider takes the message, Rabta never hears so"],
];
const CODES = [
  ["", "nothing"], ["20429", "429 too many requests"], ["20500", "500 server error"], ["20503", "503 unavailable"], ["20003", "401 wrong credentials"], ["21610", "21610 opted out"],
  ["21614", "21614 not a mobile number"], ["30003", "30003 phone unreachable (later)"], ["30007", "30007 filtered (later)"], ["63018", "63018 rate limit (later)"], ["63024", "63024 invalid recipient (later)"],
  ["63049", "63049 withheld by Meta (later)"],
];
const WINDOWS = [["", "as it really is"], ["23.5", "closes in half an hour"], ["25", "closed: wrote 25 hours ago"], ["240", "closed: wrote 10 days ago"]];
const DELAYS = [["0", "at once"], ["2", "after 2 s"], ["8", "after 8 s"], ["12", "after 12 s: past the time-out"]];

export class LeverPanel {
  constructor(change) {
    this.change = change;
    this.inputs = new Map();
    this.element = this.build();
  }

  build() {
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => this.toggle(false) }, icon("close"));
    this.window = h("p", { class: "lever-note" });
    const reset = h("button", { type: "button", class: "button wide", onclick: () => this.reset() }, "All well again");
    return h("section", { class: "levers", hidden: true, "aria-label": "Ways to break things", onkeydown: (event) => event.key === "Escape" && this.toggle(false) },
      h("header", {}, close, h("h3", {}, "Break things")),
      h("div", { class: "lever-rows" }, this.choice("window_hours", "24-hour window", WINDOWS), this.window,
        this.choice("fail_next", "Next send to this phone fails with", CODES), this.choice("answer_seconds", "Provider answers sends", DELAYS),
        ...SWITCHES.map(([name, label, hint]) => this.toggleOf(name, label, hint)), reset));
  }

  toggleOf(name, label, hint) {
    const input = h("input", { type: "checkbox", role: "switch", onchange: (event) => this.change({ [name]: event.target.checked }) });
    this.inputs.set(name, input);
    return h("label", { class: "lever" }, h("span", {}, h("strong", {}, label), h("small", {}, hint)), input);
  }

  choice(name, label, options) {
    const pick = h("select", { onchange: (event) => this.change({ [name]: event.target.value ? Number(event.target.value) : null }) },
      ...options.map(([value, text]) => h("option", { value }, text)));
    this.inputs.set(name, pick);
    return h("label", { class: "lever column" }, h("strong", {}, label), pick);
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    if (open) this.element.querySelector("select").focus();
  }

  reset() {
    const off = Object.fromEntries(SWITCHES.map(([name]) => [name, false]));
    this.change({ ...off, window_hours: null, fail_next: null, answer_seconds: 0 });
  }

  // Show the customer's levers; the labels of those that are on.
  update(customer) {
    const { levers } = customer;
    for (const [name, input] of this.inputs) {
      if (input.type === "checkbox") input.checked = name === "opted_out" ? levers.opted_out || customer.opted_out_on.includes("sms") : levers[name];
      else input.value = levers[name] === null ? "" : String(levers[name]);
    }
    this.window.textContent = remaining(customer.window_left);
    return this.active(customer);
  }

  active({ levers, opted_out_on: out }) {
    const on = SWITCHES.filter(([name]) => levers[name] || (name === "opted_out" && out.includes("sms"))).map(([, label]) => label);
    if (levers.window_hours !== null) on.push(levers.window_hours >= 24 ? "Window closed" : "Window closing");
    if (levers.fail_next) on.push(`Next send: ${levers.fail_next}`);
    if (levers.answer_seconds) on.push(`Answers after ${levers.answer_seconds} s`);
    return on;
  }
}

function remaining(seconds) {
  if (!seconds) return "Closed: only approved templates reach this phone on WhatsApp.";
  const hours = Math.floor(seconds / 3600);
  return `Open: ${hours ? `${hours} h ` : ""}${Math.floor((seconds % 3600) / 60)} min left.`;
}
