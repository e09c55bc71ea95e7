// Pages beside the desk: they ask for their fresh part when something happened that concerns them.
import { listen } from "./live.js";

const EVERY_MS = 1000;
const fresh = document.getElementById("fresh");
let asked = false;
let again = false;

async function refresh() {
  if (asked) {
    again = true;
    return;
  }
  asked = true;
  await htmx.ajax("GET", fresh.dataset.refresh, { source: fresh, target: fresh, swap: "innerHTML" }).catch(() => {});
  setTimeout(() => {
    asked = false;
    if (again) {
      again = false;
      refresh();
    }
  }, EVERY_MS);
}

const kinds = (fresh?.dataset.kinds ?? "campaign_ delivery_changed").split(" ");
if (fresh) listen((kind) => kinds.some((each) => kind.startsWith(each)) && refresh());
