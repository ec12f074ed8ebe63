// Handles URLs that point into the form, such as "#:w:contentpath=changed_dates". Wagtail finds fields and blocks; for
// a list of rows this unfolds the last one, or the one with a field for "&row=…".
"use strict";

const place = new URLSearchParams(location.hash.replace(/^#:w:/, ""));
const name = place.get("contentpath");
const rows = name ? document.getElementById(`id_${name}-FORMS`) : null;

// Wagtail folds its panels once the page has loaded, so smooth scrolling would end at the wrong place.
function lead() {
  for (let panel = rows.closest(".w-panel"); panel; panel = panel.parentElement.closest(".w-panel")) {
    panel.querySelector(":scope > .w-panel__header .w-panel__toggle[aria-expanded=false]")?.click();
  }
  const panel = rows.closest(".w-panel");
  const shown = [...rows.children].filter((child) => child.offsetParent !== null);
  const wanted = shown.find((child) => child.querySelector(`[data-row="${CSS.escape(place.get("row") ?? "")}"]`));
  const row = wanted ?? shown.at(-1) ?? panel;
  row.scrollIntoView({ block: "center", behavior: "instant" });
  // A topic list has one field for all rows.
  const field = panel.querySelector("[role=combobox]")
    // Not the field that tells this row from the others.
    ?? (wanted && row.querySelector(".date-field input:not([data-row], [aria-hidden])"))
    ?? row.querySelector(".date-field input, input:not([type=hidden]), textarea, select");
  field?.focus({ preventScroll: true });
}

if (rows) window.addEventListener("load", () => requestAnimationFrame(lead));
