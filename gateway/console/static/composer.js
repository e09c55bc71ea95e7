// The reply box: drafts that survive, a key against sending twice, how long the text is, SMS segments.

const GSM = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[\]~|€]*$/;
const EXTENDED = /[\^{}\\[\]~|€]/g;
const TYPING_EVERY_MS = 15000;
const said = { url: "", at: 0 };
const sending = { text: "", open: false };

const box = () => document.getElementById("composer");
const draftName = (kind) => `rabta:draft:${box().dataset.draft}:${kind}`;

function keep(textarea) {
  try {
    if (textarea.value) localStorage.setItem(draftName(textarea.id), textarea.value);
    else localStorage.removeItem(draftName(textarea.id));
  } catch { /* no storage: the text stays in the page */ }
}

function restore() {
  for (const textarea of box()?.querySelectorAll("textarea") ?? []) {
    if (textarea.dataset.restored) continue;
    textarea.dataset.restored = "yes";
    try { textarea.value ||= localStorage.getItem(draftName(textarea.id)) ?? ""; } catch { /* none kept */ }
  }
  count();
}

export function segments(text) {
  if (GSM.test(text)) {
    const length = text.length + (text.match(EXTENDED) ?? []).length;
    return length <= 160 ? 1 : Math.ceil(length / 153);
  }
  return text.length <= 70 ? 1 : Math.ceil(text.length / 67);
}

function count() {
  const counter = document.getElementById("counter");
  const text = document.getElementById("reply-text")?.value ?? "";
  if (!counter) return;
  const limit = Number(box().dataset.limit);
  const parts = Math.ceil(text.length / limit);
  const words = [];
  if (text.length > 100) words.push(`${text.length} characters`);
  if (text && box().dataset.channel === "sms") words.push(`${segments(text)} SMS`);
  else if (parts > 1) words.push(`goes as ${parts} messages`);
  counter.textContent = words.join(" · ");
}

// The customer sees that somebody writes: said when it begins and again while it goes on, never waited for.
function typing(textarea) {
  const { typing: url } = textarea.form.dataset;
  if (!url || !textarea.value.trim() || (said.url === url && Date.now() - said.at < TYPING_EVERY_MS)) return;
  Object.assign(said, { url, at: Date.now() });
  const body = new URLSearchParams({ csrf_token: textarea.form.elements.csrf_token.value });
  fetch(url, { method: "POST", body, keepalive: true }).catch(() => {});
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function submitted(form) {
  Object.assign(sending, { text: form.elements.text.value, open: true });
}

// Only what was sent leaves the box: a second answer to the same text, or a slow one, finds what was typed since.
function sent() {
  const text = document.getElementById("reply-text");
  if (!text || !sending.open) return;
  sending.open = false;
  if (text.value.startsWith(sending.text)) text.value = text.value.slice(sending.text.length).trimStart();
  said.at = 0;
  keep(text);
  text.form.elements.client_key.value = newKey();
  count();
  text.focus();
}

function noted() {
  const text = document.getElementById("note-text");
  text.value = "";
  keep(text);
  if (document.getElementById("reply-text")) document.getElementById("mode-reply").checked = true;
}

// Puts the cursor into the box for "reply" or "note"; false where there is none to write in.
export function write(mode) {
  const text = document.getElementById(`${mode}-text`);
  if (!text) return false;
  document.getElementById(`mode-${mode}`).checked = true;
  text.focus();
  return true;
}

export function startComposer() {
  restore();
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#composer textarea")) return;
    keep(event.target);
    count();
    typing(event.target);
  });
  document.addEventListener("submit", (event) => { if (event.target.id === "reply") submitted(event.target); }, true);
  document.addEventListener("htmx:after:swap", () => { if (box()) restore(); });
  document.addEventListener("rabta:replied", sent);
  document.addEventListener("rabta:noted", noted);
}
