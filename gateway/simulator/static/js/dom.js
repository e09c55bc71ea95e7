// Small helpers to build elements without markup strings: texts of customers never become HTML.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name, label = "") {
  const svg = s("svg", { class: `icon i-${name}` }, s("use", { href: `#i-${name}` }));
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  return svg;
}

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

export const hour = (seconds) => HOUR.format(new Date(seconds * 1000));
export const second = (seconds) => {
  const at = new Date(seconds * 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
};

export function day(seconds) {
  const at = new Date(seconds * 1000);
  const today = new Date();
  if (at.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  return at.toDateString() === today.toDateString() ? "Yesterday" : DAY.format(at);
}

export const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("").toUpperCase();

const MARKS = [
  [/```([\s\S]+?)```/, "code"],
  [/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/, "strong"],
  [/(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])/, "em"],
  [/(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/, "s"],
  [/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/, "a"],
];

// WhatsApp's *bold*, _italic_, ~struck~, ```fixed``` and links, as nodes.
export function rich(text, marked) {
  for (const [pattern, tag] of MARKS) {
    if (!marked && tag !== "a") continue;
    const found = pattern.exec(text);
    if (!found) continue;
    const link = tag === "a" ? { href: found[1], target: "_blank", rel: "noreferrer noopener" } : {};
    const inner = tag === "a" || tag === "code" ? [found[1]] : rich(found[1], marked);
    return [...rich(text.slice(0, found.index), marked), h(tag, link, ...inner), ...rich(text.slice(found.index + found[0].length), marked)];
  }
  return text ? [document.createTextNode(text)] : [];
}

export const size = (bytes) => (bytes > 900_000 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`);
