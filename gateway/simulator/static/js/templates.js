// The reviewers' dialog: every template that was submitted, how it stands, and what they are to say of it.

import { h } from "./dom.js";
import * as server from "./server.js";

const PACES = [["0", "at once"], ["10", "after 10 s"], ["60", "after a minute"], ["3600", "after an hour"], ["31536000", "never by themselves"]];
const LOOK_MILLISECONDS = 2000;

export class Templates {
  constructor(dialog) {
    this.dialog = dialog;
    this.turn = Promise.resolve();
    this.rows = dialog.querySelector("tbody");
    this.nothing = dialog.querySelector(".nothing");
    this.pace = dialog.querySelector("select");
    this.pace.append(...PACES.map(([value, text]) => h("option", { value }, text)));
    this.pace.addEventListener("change", () => this.draw(() => server.reviewers(Number(this.pace.value))));
    dialog.addEventListener("close", () => clearInterval(this.timer));
  }

  open() {
    this.dialog.showModal();
    this.draw(server.templates);
    this.timer = setInterval(() => this.dialog.contains(document.activeElement?.closest("select")) || this.draw(server.templates), LOOK_MILLISECONDS);
  }

  // One question at a time, in the order asked: what was decided first must not come last.
  draw(ask) {
    this.turn = this.turn.catch(() => {}).then(async () => this.show(await ask()));
    return this.turn;
  }

  show({ templates, states, seconds }) {
    this.pace.value = String(seconds);
    this.nothing.hidden = templates.length > 0;
    this.rows.replaceChildren(...templates.map((template) => this.row(template, states)));
  }

  row({ sid, friendly_name: name, language, types, approval }, states) {
    const body = Object.values(types)[0]?.body ?? "";
    const shown = states.includes(approval.status) ? states : [approval.status, ...states];
    const state = h("select", { class: `state ${approval.status}`, "aria-label": `What the reviewers say of ${name}`, onchange: ({ target }) => this.draw(() => server.decide(sid, target.value)) },
      ...shown.map((word) => h("option", { value: word, selected: word === approval.status }, word)));
    const words = h("td", {}, h("strong", {}, name), h("small", { dir: "auto", lang: /[\u0600-\u06ff]/.test(body) ? "ur" : undefined }, body));
    return h("tr", {}, words, h("td", {}, language), h("td", {}, approval.category.toLowerCase()), h("td", {}, state));
  }
}
