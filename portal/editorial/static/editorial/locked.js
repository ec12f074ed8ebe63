// Makes the form of a locked page read-only, because nothing that is written there could be saved. Text can still be
// selected and copied, and rows can be opened. Wagtail's styles only keep the pointer away, from the text as well;
// editor.css undoes this.
"use strict";

const form = document.querySelector(".content-locked form[data-edit-form]");
const CONTROLS = "button, select, input:is([type=checkbox], [type=radio], [type=file])";
// These change nothing.
const ALLOWED = "[data-panel-toggle], [data-component=add-comment-button], [role=tab]";
const isLocked = (target) =>
  target instanceof Element && target.closest(".w-panel") && form.contains(target) && !target.closest(ALLOWED);

const lock = () => {
  for (const field of form.querySelectorAll(".w-panel :is(textarea, input:not([type=hidden], :read-only))")) {
    if (!field.matches(CONTROLS)) field.readOnly = true;
  }
  for (const text of form.querySelectorAll(".w-panel [contenteditable=true]")) {
    text.contentEditable = "false";
    text.setAttribute("aria-readonly", "true");
    text.tabIndex = 0;
  }
  for (const control of form.querySelectorAll(`.w-panel :is(${CONTROLS}):not([aria-disabled=true])`)) {
    if (isLocked(control)) control.setAttribute("aria-disabled", "true");
  }
};

if (form) {
  lock();
  // Draftail and blocks are built later.
  new MutationObserver(lock).observe(form, { childList: true, subtree: true, attributeFilter: ["contenteditable"] });
  // A disabled control would be missing from the form, which would then look changed.
  const isHarmless = (event) =>
    event.type === "keydown" &&
    (event.ctrlKey || event.metaKey || event.altKey || /^(Tab|Escape|F\d+)$/.test(event.key));
  const refuse = (event) => {
    const control = event.target.closest?.(CONTROLS);
    const isMenu = control?.matches("select");
    if (!control || !isLocked(control)) return;
    if (event.type === "click" || (isMenu && !isHarmless(event))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  };
  for (const name of ["click", "mousedown", "keydown"]) addEventListener(name, refuse, true);
  for (const name of ["dragstart", "drop", "paste", "cut"]) {
    addEventListener(name, (event) => {
      if (isLocked(event.target)) event.preventDefault();
      if (isLocked(event.target)) event.stopImmediatePropagation();
    }, true);
  }
}
