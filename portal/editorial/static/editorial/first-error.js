// Makes “Go to the first error” work for errors in a closed dialog, such as the schedule.
"use strict";

document.addEventListener("w-focus:focused", ({ target }) => {
  const dialog = target.closest(".w-dialog");
  if (!dialog) return;
  dialog.dispatchEvent(new CustomEvent("w-dialog:show"));
  const field = target.closest("[data-field], [data-field-wrapper]") ?? dialog;
  const input = field.querySelector("input:not([type=hidden], [tabindex='-1']), textarea, select");
  // A dialog focuses its first element when opened; Wagtail focuses the error message afterwards.
  requestAnimationFrame(() => input?.focus());
  target.addEventListener("focusin", () => input?.focus(), { once: true });
});
