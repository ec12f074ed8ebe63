// Tab leads from one field to the next. It skips the links to panels and the buttons of open ones: “Collapse all” folds
// them with the keyboard, and the button of a folded panel can be focused.
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
  // Blocks have panels of their own.
  new MutationObserver(order).observe(form, { subtree: true, childList: true, attributeFilter: ["aria-expanded"] });
}
