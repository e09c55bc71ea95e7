// One customer's phone: who it is, the chats of each channel, and what can be done on it.

import { bubble, notice, sameButTick, tick } from "./bubble.js";
import { Composer } from "./composer.js";
import { day, h, hour, icon, initials } from "./dom.js";
import { language } from "./languages.js";
import { LeverPanel } from "./levers.js";
import * as server from "./server.js";

const CHANNELS = { whatsapp: "WhatsApp", sms: "SMS" };

export class Phone {
  constructor(customer, senders, onTouch) {
    this.customer = customer;
    this.senders = senders;
    this.channels = Object.keys(CHANNELS).filter((name) => senders.some((s) => s.channel === name));
    this.channel = this.channels[0];
    this.messages = new Map();
    this.nodes = new Map();
    this.unseen = new Map();
    this.typingUntil = 0;
    this.levers = new LeverPanel((changes) => this.try(() => server.levers(this.customer.id, changes)));
    this.composer = new Composer(this);
    this.build(onTouch);
    this.update(customer);
    this.tabTo(this.channel);
  }

  get sender() {
    return this.senders.find((s) => s.channel === this.channel) ?? this.senders[0];
  }

  build(onTouch) {
    this.log = h("div", { class: "chat", role: "log", "aria-label": `Chat of ${this.customer.name}`, tabindex: "0" });
    this.problem = h("p", { class: "phone-problem", role: "alert", hidden: true });
    this.shopFace = h("span", { class: "shop-face", "aria-hidden": "true" });
    this.headName = h("strong", { dir: "auto" });
    this.headState = h("span", { class: "presence" });
    this.tabButtons = new Map(this.channels.map((name) => [name, this.tabButton(name)]));
    const head = h("div", { class: "chat-head" }, icon("back"), this.shopFace,
      h("div", { class: "shop" }, this.headName, this.headState));
    const tabs = h("div", { class: "channel-tabs", role: "group", "aria-label": "App" }, ...this.tabButtons.values());
    this.clock = h("span", {}, hour(Date.now() / 1000));
    const bar = h("div", { class: "status-bar", "aria-hidden": "true" }, this.clock, h("span", { class: "island" }), h("span", { class: "bars" }, "5G"));
    const away = (event) => event.target === this.sheet && this.closeSheet();
    this.sheet = h("div", { class: "sheet", hidden: true, onclick: away, onkeydown: (event) => event.key === "Escape" && this.closeSheet() });
    this.device = h("div", { class: "device" }, bar, head, tabs, this.log, this.problem, this.composer.element, this.sheet, this.levers.element);
    this.card = h("article", { class: "phone", "aria-label": this.customer.name, onfocusin: onTouch }, this.person(), this.device);
    this.log.addEventListener("scroll", () => this.looked(), { passive: true });
  }

  person() {
    const { name, number, colour } = this.customer;
    this.leverCount = h("b", { class: "count", hidden: true });
    const open = h("button", { type: "button", class: "button levers-open", "aria-label": `Break things for ${name}`, title: "Break things", onclick: () => this.levers.toggle() }, icon("levers"), h("span", {}, "Break things"), this.leverCount);
    this.chips = h("p", { class: "chips", hidden: true });
    return h("header", { class: "person" }, h("span", { class: `face ${colour}`, "aria-hidden": "true" }, initials(name)),
      h("div", { class: "who" }, h("h2", { dir: "auto" }, name), h("p", {}, h("bdi", {}, number)), h("p", {}, `writes ${language(this.customer.language).label}`)), open, this.chips);
  }

  tabButton(name) {
    return h("button", { type: "button", onclick: () => this.tabTo(name) }, CHANNELS[name], h("b", { class: "dot", hidden: true }));
  }

  update(customer) {
    this.customer = customer;
    const active = this.levers.update(customer);
    this.leverCount.hidden = active.length === 0;
    this.leverCount.textContent = String(active.length);
    this.chips.hidden = active.length === 0;
    this.chips.replaceChildren(...active.map((label) => h("span", { class: "chip" }, label)));
  }

  tabTo(name) {
    this.channel = name;
    this.device.dataset.channel = name;
    for (const [key, button] of this.tabButtons) button.setAttribute("aria-pressed", String(key === name));
    this.headName.textContent = this.sender.name;
    this.shopFace.textContent = initials(this.sender.name.replace("+", "#"))[0];
    this.composer.channelChanged();
    this.closeSheet();
    this.presence();
    this.redraw();
  }

  // messages

  put(message) {
    const before = this.messages.get(message.sid);
    this.messages.set(message.sid, message);
    const arrived = message.outbound && ["delivered", "read"].includes(message.status);
    if (arrived && (!before || !["delivered", "read"].includes(before.status))) {
      this.typingUntil = 0;
      if (message.status === "delivered") this.unseen.set(message.sid, message.channel);
    }
    if (failed(message)) this.typingUntil = 0;
    if (message.channel === this.channel) this.draw(message, before);
    this.presence();
    this.badges();
  }

  remove(sid) {
    this.messages.delete(sid);
    this.unseen.delete(sid);
    this.redraw();
  }

  clear() {
    this.messages.clear();
    this.unseen.clear();
    this.redraw();
  }

  settle() {
    this.redraw();
    this.looked();
  }

  shown() {
    const mine = [...this.messages.values()].filter((m) => m.channel === this.channel && visible(m));
    return mine.sort((a, b) => arrival(a) - arrival(b));
  }

  draw(message, before) {
    const node = this.nodes.get(message.sid);
    if (node && before && sameButTick(before, message)) {
      const old = node.querySelector(".tick");
      if (old) old.replaceWith(tick(message));
      return;
    }
    if (before && visible(before) === visible(message) && !visible(message)) return;
    this.redraw();
  }

  redraw() {
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    const kept = new Map();
    const rows = [];
    let last = "";
    for (const message of this.shown()) {
      const at = day(message.created);
      if (at !== last) rows.push(h("p", { class: "day" }, at));
      last = at;
      const node = this.node(message);
      kept.set(message.sid, node);
      rows.push(node);
    }
    this.nodes = kept;
    this.log.replaceChildren(this.intro(), ...rows, ...this.dots());
    if (!rows.length) this.log.append(this.suggestions());
    if (near || !rows.length) this.toEnd();
    this.looked();
  }

  node(message) {
    const old = this.nodes.get(message.sid);
    const reactions = [...this.messages.values()].filter((m) => m.fields.MessageType === "reaction" && m.fields.OriginalRepliedMessageSid === message.sid);
    const key = JSON.stringify([{ ...message, tick: "", updated: 0, status: message.outbound ? message.status : "" }, reactions.map((r) => r.body)]);
    if (old?.dataset && old.rabtaKey === key) {
      old.querySelector(".tick")?.replaceWith(tick(message));
      return old;
    }
    const made = failed(message) ? notice(message) : bubble(message, this, reactions);
    made.rabtaKey = key;
    return made;
  }

  intro() {
    return h("p", { class: "intro" }, icon("lock"), this.channel === "whatsapp"
      ? "Simulated WhatsApp. Nothing leaves this machine; the webhooks behind it are real."
      : `Simulated SMS with ${this.sender.address}. Nothing leaves this machine.`);
  }

  suggestions() {
    const first = language(this.customer.language).first;
    return h("div", { class: "suggestions" }, h("p", {}, `Write as ${this.customer.name.split(" ")[0]}, or start with`),
      ...first.map((text) => h("button", { type: "button", dir: "auto", class: "suggestion", onclick: () => this.send({ text }) }, text)));
  }

  dots() {
    if (this.channel !== "whatsapp" || Date.now() > this.typingUntil) return [];
    return [h("div", { class: "bubble in typing", role: "status", "aria-label": "typing" }, h("i"), h("i"), h("i"))];
  }

  typing(sender, seconds) {
    this.typingUntil = Date.now() + seconds * 1000;
    this.presence();
    this.redraw();
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => { this.presence(); this.redraw(); }, seconds * 1000 + 50);
  }

  presence() {
    const typing = this.channel === "whatsapp" && Date.now() < this.typingUntil;
    this.headState.textContent = typing ? "typing…" : this.channel === "whatsapp" ? "business account" : this.sender.address;
  }

  toEnd() {
    requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; });
  }

  // what the customer does

  async send(tap) {
    this.toEnd();
    await this.try(() => server.tap(this.customer.id, { channel: this.channel, sender: this.sender.address, ...tap }));
    this.toEnd();
  }

  upload(file, caption) {
    const where = { channel: this.channel, sender: this.sender.address, caption };
    return this.try(() => server.upload(this.customer.id, file, where));
  }

  async try(act) {
    try {
      await act();
      this.problem.hidden = true;
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    }
  }

  openSheet(title, children) {
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => this.closeSheet() }, icon("close"));
    this.sheet.replaceChildren(h("div", { class: "sheet-body", role: "dialog", "aria-label": title }, h("header", {}, close, h("h3", { dir: "auto" }, title)), ...children));
    this.sheet.hidden = false;
    this.sheet.querySelector("input, button")?.focus();
  }

  closeSheet() {
    this.sheet.hidden = true;
    this.sheet.replaceChildren();
  }

  // what the customer has seen

  looked() {
    const inView = document.visibilityState === "visible" && this.device.offsetParent !== null;
    if (!inView) return;
    const sids = [...this.unseen].filter(([, channel]) => channel === this.channel).map(([sid]) => sid);
    sids.forEach((sid) => this.unseen.delete(sid));
    if (sids.length && this.channel === "whatsapp") setTimeout(() => server.seen(this.customer.id, sids).catch(() => {}), 400);
    this.badges();
  }

  unread() {
    return this.unseen.size;
  }

  badges() {
    for (const [name, button] of this.tabButtons) {
      const waiting = [...this.unseen.values()].filter((channel) => channel === name).length;
      const dot = button.querySelector(".dot");
      dot.hidden = waiting === 0;
      dot.textContent = String(waiting);
    }
    const total = this.unread();
    if (total !== this.reported) document.dispatchEvent(new Event("rabta-unread"));
    this.reported = total;
  }
}

const failed = (message) => message.outbound && ["failed", "undelivered"].includes(message.status);
const visible = (message) => {
  if (message.fields.MessageType === "reaction" && !message.outbound) return false;
  return !message.outbound || failed(message) || ["delivered", "read"].includes(message.status);
};
const arrival = (message) => message.created;
