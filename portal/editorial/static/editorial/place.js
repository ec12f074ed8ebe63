// An address may name the part of the form that somebody comes for: "#:w:contentpath=changed_dates". Wagtail finds
// fields and blocks; here is found what several rows make up: its last row is unfolded and stands ready.
"use strict";

const name = new URLSearchParams(location.hash.replace(/^#:w:/, "")).get("contentpath");
const rows = name ? document.getElementById(`id_${name}-FORMS`) : null;

// Wagtail folds its panels once the page is there; a smooth way there would end where the page changes meanwhile.
function lead() {
  for (let panel = rows.closest(".w-panel"); panel; panel = panel.parentElement.closest(".w-panel")) {
    panel.querySelector(":scope > .w-panel__header .w-panel__toggle[aria-expanded=false]")?.click();
  }
  const row = [...rows.children].filter((child) => child.offsetParent !== null).at(-1) ?? rows;
  row.scrollIntoView({ block: "center", behavior: "instant" });
  row.querySelector(".date-field input, input:not([type=hidden]), textarea, select")?.focus({ preventScroll: true });
}

if (rows) window.addEventListener("load", () => requestAnimationFrame(lead));
