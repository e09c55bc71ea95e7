// Short messages at the bottom: those from the server go by themselves, problems stay until dismissed.

const SECONDS = 8;

export function toast(text, bad = false) {
  const element = document.createElement("div");
  element.className = bad ? "toast is-bad" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  element.append(words, close);
  document.getElementById("toasts").append(element);
}

export function startToasts() {
  const box = document.getElementById("toasts");
  new MutationObserver((changes) => {
    for (const added of changes.flatMap((change) => [...change.addedNodes])) {
      if (added.nodeType !== 1) continue;
      if (!added.classList.contains("is-bad")) setTimeout(() => added.remove(), SECONDS * 1000);
    }
  }).observe(box, { childList: true });
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
  });
  box.addEventListener("htmx:after:request", (event) => event.target.closest(".toast")?.remove());
  document.addEventListener("htmx:error", () => toast("No connection to Rabta. Nothing was lost; please try again.", true));
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) toast("Something went wrong on our side. Please try again.", true);
  });
}
