// Files in a bubble: photo, sticker, voice note with its wave, video, document, person, place.

import { h, icon, s, size } from "./dom.js";

const BARS = 34;
let playing = null;

export function attachment(file, message) {
  const url = `/cdn/${file.sid}`;
  const kind = file.content_type.split("/")[0];
  if (!file.content_type) return h("div", { class: "file pending" }, icon("file"), "On its way…");
  if (message.fields.MessageType === "sticker") return h("img", { class: "sticker-image", src: url, alt: "Sticker", loading: "lazy" });
  if (kind === "image") return h("a", { class: "photo", href: url, target: "_blank" }, h("img", { src: url, alt: file.filename || "Photo", loading: "lazy" }));
  if (kind === "video") return h("video", { class: "video", src: url, controls: true, preload: "metadata" });
  if (kind === "audio") return voice(url, file.sid);
  if (file.content_type === "text/vcard") return person(url, file);
  return h("a", { class: "file", href: url, target: "_blank", download: file.filename || true },
    h("span", { class: "file-kind" }, extension(file)), h("span", {}, h("strong", { dir: "auto" }, file.filename || "Document"), h("small", {}, size(file.size))));
}

const extension = (file) => (file.filename.split(".").pop() || file.content_type.split("/").pop()).slice(0, 4).toUpperCase();

function voice(url, seed) {
  const audio = h("audio", { src: url, preload: "auto" });
  const { wave, bars } = drawn(seed);
  const time = h("span", { class: "length" }, "0:00");
  const button = h("button", { type: "button", class: "play", "aria-label": "Play the voice note" }, icon("play"));
  const shown = (seconds) => { time.textContent = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`; };
  const paint = () => {
    const part = audio.duration ? audio.currentTime / audio.duration : 0;
    bars.forEach((bar, n) => bar.classList.toggle("played", n / BARS < part));
    if (Number.isFinite(audio.duration)) shown(audio.paused && !audio.currentTime ? audio.duration : audio.currentTime);
  };
  const face = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", audio.paused ? "Play the voice note" : "Pause");
  };
  button.addEventListener("click", () => {
    if (playing && playing !== audio) playing.pause();
    playing = audio;
    if (audio.paused) audio.play().catch(() => {});
    else audio.pause();
  });
  wave.addEventListener("click", (event) => {
    if (audio.duration) audio.currentTime = (event.offsetX / wave.clientWidth) * audio.duration;
  });
  for (const name of ["timeupdate", "loadedmetadata", "ended"]) audio.addEventListener(name, paint);
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, face);
  return h("div", { class: "voice" }, button, h("div", { class: "voice-body" }, wave, time), h("span", { class: "voice-mic" }, icon("mic")), audio);
}

// A wave that looks spoken: its shape follows from the file's id, so that it never changes.
function drawn(seed) {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const next = () => (state = (state * 1664525 + 1013904223) >>> 0) / 4294967296;
  const bars = [];
  for (let n = 0; n < BARS; n += 1) {
    const swell = 0.35 + 0.65 * Math.abs(Math.sin(n / 3.1) * Math.cos(n / 7.3));
    const height = 3 + 19 * swell * (0.35 + 0.65 * next());
    bars.push(s("rect", { x: n * 5, y: 13 - height / 2, width: 3, height, rx: 1.5 }));
  }
  return { wave: s("svg", { class: "wave", viewBox: `0 0 ${BARS * 5} 26`, preserveAspectRatio: "none" }, ...bars), bars };
}

function person(url, file) {
  const name = h("strong", { dir: "auto" }, file.filename.replace(/\.vcf$/i, "") || "Contact");
  const number = h("small", {}, "");
  fetch(url).then((answer) => answer.text()).then((card) => {
    name.textContent = /^FN[^:]*:(.+)$/m.exec(card)?.[1].trim() ?? name.textContent;
    number.textContent = /^TEL[^:]*:(.+)$/m.exec(card)?.[1].trim() ?? "";
  }).catch(() => {});
  return h("a", { class: "file person-card", href: url, target: "_blank" }, h("span", { class: "file-kind round" }, icon("contact")), h("span", {}, name, number));
}

export function place(fields) {
  const { Latitude: latitude, Longitude: longitude, Label: label, Address: address } = fields;
  const map = s("svg", { class: "map", viewBox: "0 0 240 120", role: "img", "aria-label": `Map at ${latitude}, ${longitude}` },
    s("rect", { width: 240, height: 120, class: "land" }), s("path", { class: "water", d: "M0 92c40-12 62 8 104-4s76-30 136-18v50H0z" }),
    s("rect", { class: "park", x: 148, y: 12, width: 54, height: 34, rx: 4 }),
    s("path", { class: "road", d: "M-5 38L245 66M54-5l22 130M120-5l14 130M-5 8l250 14M196-5l-20 130" }), s("path", { class: "road wide", d: "M-5 76C60 60 120 66 245 24" }),
    s("path", { class: "pin", d: "M120 66s17-15 17-28a17 17 0 0 0-34 0c0 13 17 28 17 28z" }), s("circle", { class: "pin-eye", cx: 120, cy: 38, r: 6 }));
  return h("a", { class: "place", href: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`, target: "_blank", rel: "noreferrer noopener" },
    map, label && h("strong", { dir: "auto" }, label), h("small", { dir: "auto" }, address || `${latitude}, ${longitude}`));
}
