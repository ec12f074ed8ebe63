// Tab leads from one field of a page to the next. The links to a panel and the buttons that fold an open one are left
// out: “Collapse all” folds them for a keyboard, and a folded panel's button is a stop again.
"use strict";

const form = document.querySelector("[data-edit-form]");

function order() {
  for (const link of form.querySelectorAll(".w-panel__anchor")) link.tabIndex = -1;
  for (const button of form.querySelectorAll(".w-panel__toggle")) {
    button.tabIndex = button.getAttribute("aria-expanded") === "true" ? -1 : 0;
  }
}

if (form) {
  order();
  // Blocks bring panels of their own.
  new MutationObserver(order).observe(form, { subtree: true, childList: true, attributeFilter: ["aria-expanded"] });
}
