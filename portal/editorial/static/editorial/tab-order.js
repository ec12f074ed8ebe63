// Tab leads from one field to the next. It skips the links to panels and the buttons of open panels: “Collapse all”
// folds these with the keyboard, and a folded panel's button can be focused. Ctrl+Enter moves the focus to the
// page's next step, because a long text has more than a hundred fields and buttons before it. Ctrl+Enter presses
// nothing.
"use strict";

const form = document.querySelector("[data-edit-form]");

function order() {
  for (const link of form.querySelectorAll(".w-panel__anchor")) link.tabIndex = -1;
  for (const button of form.querySelectorAll(".w-panel__toggle")) {
    button.tabIndex = button.getAttribute("aria-expanded") === "true" ? -1 : 0;
  }
}

// Outside the form, these elements handle the keys themselves.
const ELSEWHERE = "a[href], form, .w-dialog, body > .modal";

function leadToNextStep(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.closest(form.contains(event.target) ? ".w-dialog" : ELSEWHERE)) return;
  event.preventDefault();
  event.stopPropagation();
  buttons().find((button) => button.checkVisibility())?.focus();
}

const buttons = () => [...form.querySelectorAll(":scope > .footer :is(button, a[href])")];

if (form) {
  order();
  buttons()[0]?.setAttribute("aria-keyshortcuts", "Control+Enter Meta+Enter");
  // This runs before the text editor, which would break the line.
  window.addEventListener("keydown", leadToNextStep, true);
  // Blocks have panels of their own.
  new MutationObserver(order).observe(form, { subtree: true, childList: true, attributeFilter: ["aria-expanded"] });
}
