// A message as a bubble: quote, files, text, options, time and ticks.

import { h, hour, icon, rich } from "./dom.js";
import { attachment, place } from "./media.js";

const TICKS = { sending: ["clock", "sending"], sent: ["sent", "sent"], delivered: ["delivered", "delivered"], read: ["delivered", "read"], refused: ["refused", "not taken"] };
const REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export function bubble(message, phone, reactions) {
  const { fields, media, content } = message;
  const side = message.outbound ? "in" : "out";
  const sticker = fields.MessageType === "sticker";
  const text = message.body && h("div", { class: "text", dir: "auto", lang: script(message.body, phone.customer.language) }, ...rich(message.body, message.channel === "whatsapp"));
  const body = h("div", { class: `bubble ${side}${sticker ? " sticker" : ""}`, tabindex: "-1" },
    fields.Forwarded === "true" && h("p", { class: "mark" }, icon("forward"), "Forwarded"),
    fields.ReferralSourceId && h("p", { class: "mark" }, icon("megaphone"), h("span", { dir: "auto" }, `From an ad: ${fields.ReferralBody}`)),
    quoted(message, phone), ...media.map((file) => attachment(file, message)), fields.Latitude && place(fields), text,
    content?.footer && h("p", { class: "footer", dir: "auto" }, content.footer),
    h("span", { class: "meta" }, h("time", { datetime: new Date(message.created * 1000).toISOString() }, hour(message.created)), !message.outbound && tick(message)));
  const row = h("div", { class: `row ${side}`, "data-sid": message.sid }, h("div", { class: "stack" }, body, ...options(message, phone), badge(reactions)));
  if (message.channel === "whatsapp") row.append(tools(message, phone));
  return row;
}

const ARABIC = /[\u0600-\u06ff]/;

// Urdu has its own face and line height; Arabic script of others has not.
const script = (text, language) => (ARABIC.test(text) ? (language.startsWith("ur") ? "ur" : "ar") : undefined);

export function tick(message) {
  const [name, label] = TICKS[message.tick] ?? TICKS.sent;
  const mark = h("span", { class: `tick ${message.tick}`, title: label }, icon(name, label));
  return mark;
}

// Everything but the tick is as it was: the bubble may stay, and a voice note goes on playing.
export function sameButTick(before, after) {
  const bare = (message) => JSON.stringify({ ...message, tick: "", updated: 0, status: message.outbound ? message.status === "read" ? "delivered" : message.status : "" });
  return bare(before) === bare(after);
}

export function notice(message) {
  const what = message.body || (message.media.length ? "a file" : "a message");
  return h("div", { class: "row lost", "data-sid": message.sid }, h("div", { class: "notice" },
    h("strong", {}, icon("refused"), `Never arrived: ${message.error_code} ${REASONS[message.error_code] ?? ""}`), h("span", { dir: "auto" }, what)));
}

const REASONS = {
  30003: "phone unreachable", 30004: "blocked", 30005: "unknown number", 30006: "landline", 30007: "filtered by the carrier", 30008: "unknown error",
  63003: "no WhatsApp on this number", 63005: "content not accepted", 63016: "outside the 24-hour window", 63013: "a line break or many spaces in a variable", 63018: "rate limit", 63019: "the file could not be fetched", 63021: "WhatsApp does not take this file", 63034: "the file is too large", 63024: "invalid recipient",
  63027: "no such template", 63028: "other variables than the template has", 63033: "customer blocked the business", 63040: "template rejected", 63041: "template paused", 63042: "template disabled", 63049: "withheld by Meta",
};

function quoted(message, phone) {
  const sid = message.fields.OriginalRepliedMessageSid;
  const original = sid && phone.messages.get(sid);
  if (!original) return null;
  const who = original.outbound ? phone.sender.name : "You";
  return h("button", { type: "button", class: "quote", onclick: () => jump(phone, sid) }, h("strong", { dir: "auto" }, who), h("span", { dir: "auto" }, summary(original)));
}

export function summary(message) {
  if (message.body) return message.body;
  if (message.fields.Latitude) return message.fields.Label || "Location";
  return message.media[0]?.filename || message.media[0]?.content_type || "Message";
}

function jump(phone, sid) {
  const node = phone.nodes.get(sid);
  node?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  node?.classList.add("flash");
  setTimeout(() => node?.classList.remove("flash"), 1200);
}

function options(message, phone) {
  const content = message.outbound ? message.content : null;
  if (!content) return [];
  const out = (content.buttons ?? []).map((button) => action(button, message, phone));
  if (content.list) {
    out.push(h("button", { type: "button", class: "option", dir: "auto", onclick: () => openList(content.list, message, phone) }, icon("list"), content.list.button));
  }
  return out.length ? [h("div", { class: "options" }, ...out)] : [];
}

function action(button, message, phone) {
  if (button.url) return h("a", { class: "option", href: button.url, target: "_blank", rel: "noreferrer noopener", dir: "auto" }, icon("link"), button.title);
  const press = () => phone.send({ button: { sid: message.sid, id: button.id } });
  return h("button", { type: "button", class: "option", dir: "auto", onclick: press }, icon("tap"), button.title);
}

function openList(list, message, phone) {
  const rows = list.items.map((row, index) => h("label", { class: "list-row" },
    h("span", {}, h("strong", { dir: "auto" }, row.item), row.description && h("small", { dir: "auto" }, row.description)),
    h("input", { type: "radio", name: `list-${message.sid}`, value: row.id, checked: index === 0 })));
  const send = h("button", { type: "button", class: "button strong wide", onclick: () => {
    const chosen = phone.sheet.querySelector("input:checked");
    phone.closeSheet();
    if (chosen) phone.send({ choice: { sid: message.sid, id: chosen.value } });
  } }, "Send");
  phone.openSheet(list.button, [h("div", { class: "list-rows" }, ...rows), send]);
}

function badge(reactions) {
  const newest = reactions.at(-1);
  return newest ? h("span", { class: "reaction" }, newest.body) : null;
}

function tools(message, phone) {
  const react = (emoji) => h("button", { type: "button", "aria-label": `React ${emoji}`, onclick: () => phone.send({ reaction: { emoji, sid: message.sid } }) }, emoji);
  const more = h("details", { class: "react" }, h("summary", { "aria-label": "React" }, icon("smile")), h("div", { class: "emojis" }, ...REACTIONS.map(react)));
  const reply = h("button", { type: "button", "aria-label": "Reply to this", onclick: () => phone.composer.replyTo(message) }, icon("reply"));
  return h("div", { class: "tools" }, reply, message.outbound && more);
}
