// Where the customer writes: text, quote, attachments; Enter sends, Shift+Enter makes a line.

import { summary } from "./bubble.js";
import { h, icon } from "./dom.js";

const SAMPLES = [
  ["image", "image", "Photo"], ["voice", "mic", "Voice note"], ["document", "document", "Document"], ["location", "location", "Location"],
  ["contact", "contact", "Contact"], ["sticker", "sticker", "Sticker"], ["forwarded", "forward", "Forwarded"], ["ad", "megaphone", "From an ad"],
];
const SMS_SAMPLES = new Set(["image", "document"]);

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.quoting = null;
    this.build();
  }

  build() {
    const name = this.phone.customer.name;
    this.box = h("textarea", { rows: "1", dir: "auto", "aria-label": `Write as ${name}`, placeholder: "Message", maxlength: "4096" });
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.file = h("input", { type: "file", class: "hidden", tabindex: "-1", "aria-label": "Own file" });
    this.file.addEventListener("change", () => this.upload());
    this.plus = h("button", { type: "button", class: "icon-button", "aria-label": "Attach", "aria-expanded": "false", onclick: () => this.toggleMenu() }, icon("plus"));
    this.go = h("button", { type: "button", class: "go", onclick: () => this.send() });
    this.menu = h("div", { class: "attach", hidden: true, role: "menu" });
    this.menu.addEventListener("keydown", (event) => event.key === "Escape" && this.toggleMenu(false));
    this.quote = h("div", { class: "quoting", hidden: true });
    this.element = h("div", { class: "composer" }, this.menu, this.quote, h("div", { class: "composer-row" }, this.plus, this.box, this.file, this.go));
    this.changed();
  }

  channelChanged() {
    this.toggleMenu(false);
    this.replyTo(null);
    const whatsapp = this.phone.channel === "whatsapp";
    const offered = SAMPLES.filter(([kind]) => whatsapp || SMS_SAMPLES.has(kind));
    const entry = (kind, mark, label) => h("button", { type: "button", role: "menuitem", onclick: () => this.sample(kind) }, h("span", { class: `attach-mark of-${kind}` }, icon(mark)), label);
    this.menu.replaceChildren(...offered.map((one) => entry(...one)),
      h("button", { type: "button", role: "menuitem", onclick: () => this.file.click() }, h("span", { class: "attach-mark of-own" }, icon("file")), "Own file"));
    this.box.placeholder = whatsapp ? "Message" : "Text message";
    this.changed();
  }

  toggleMenu(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.plus.setAttribute("aria-expanded", String(open));
    if (open) this.menu.querySelector("button")?.focus();
  }

  changed() {
    const voice = !this.box.value.trim() && this.phone.channel === "whatsapp";
    this.go.replaceChildren(icon(voice ? "mic" : "send"));
    this.go.setAttribute("aria-label", voice ? "Send a voice note" : "Send");
    this.box.rows = Math.min(5, this.box.value.split("\n").length + Math.floor(this.box.value.length / 34));
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (this.box.value.trim()) this.send();
    }
    if (event.key === "Escape") this.replyTo(null);
  }

  send() {
    const text = this.box.value.trim();
    if (!text && this.phone.channel !== "whatsapp") return;
    this.phone.send(text ? { text, reply_to: this.quoting?.sid } : { sample: "voice" });
    this.empty();
  }

  sample(kind) {
    this.toggleMenu(false);
    this.phone.send({ sample: kind, text: this.box.value.trim(), reply_to: this.quoting?.sid });
    this.empty();
  }

  upload() {
    this.toggleMenu(false);
    if (this.file.files.length) this.phone.upload(this.file.files[0], this.box.value.trim());
    this.file.value = "";
    this.empty();
  }

  empty() {
    this.box.value = "";
    this.replyTo(null);
    this.changed();
    this.box.focus();
  }

  replyTo(message) {
    this.quoting = message;
    this.quote.hidden = !message;
    if (!message) return;
    const who = message.outbound ? this.phone.sender.name : "You";
    this.quote.replaceChildren(h("div", { class: "quote" }, h("strong", { dir: "auto" }, who), h("span", { dir: "auto" }, summary(message))),
      h("button", { type: "button", class: "icon-button", "aria-label": "Do not quote", onclick: () => this.replyTo(null) }, icon("close")));
    this.box.focus();
  }
}
