// Times that run: how long somebody waits, how long a window stays open.

const pad = (number) => String(number).padStart(2, "0");

export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))}`;
  return `${Math.floor(seconds / 86400)} d`;
}

function tick() {
  const now = Date.now();
  const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  for (const element of document.querySelectorAll("[data-since]")) say(element, span(now - Date.parse(element.dataset.since)));
  for (const element of document.querySelectorAll("[data-until]")) say(element, span(Date.parse(element.dataset.until) - now));
}

export function startClocks() {
  tick();
  setInterval(tick, 1000);
}
