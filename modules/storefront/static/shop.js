// The shop works without this. A form that is on its way says so, and is not sent twice.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = form.querySelector("button[type=submit]");
  if (button && button.dataset.busy) {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy;
  }
});
// Back from the browser's memory: the form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
