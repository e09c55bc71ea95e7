// What the page asks of the simulator, and the stream of changes that it follows.

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await reason(answer));
  return answer.json();
}

async function reason(answer) {
  const text = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("p")?.textContent;
  return text ?? `the simulator answered ${answer.status}`;
}

export const state = async () => (await fetch("/state")).json();
export const add = (customer) => post("/phones", customer);
export const tap = (id, message) => post(`/phones/${id}/messages`, message);
export const seen = (id, sids) => post(`/phones/${id}/seen`, { sids });
export const templates = async () => (await fetch("/templates")).json();
export const decide = (sid, status) => post(`/templates/${sid}`, { status });
export const reviewers = (seconds) => post("/reviewers", { seconds });
export const levers = (id, changes) => post(`/phones/${id}/levers`, changes);

export async function upload(id, file, where) {
  const query = new URLSearchParams({ ...where, name: file.name });
  const type = file.type || "application/octet-stream";
  const headers = { "Content-Type": type.startsWith("text/plain") ? "application/octet-stream" : type };
  const answer = await fetch(`/phones/${id}/file?${query}`, { method: "POST", headers, body: file });
  if (!answer.ok) throw new Error(await reason(answer));
}

export function follow(after, handlers, onStale) {
  const source = new EventSource(`/live?after=${after}`);
  for (const [kind, handle] of Object.entries(handlers)) {
    source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  }
  source.addEventListener("open", () => onStale(false));
  source.addEventListener("error", () => onStale(true));
  return source;
}
