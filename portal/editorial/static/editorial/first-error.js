// “Go to the first error” for errors in a closed dialog, such as that of the schedule.
"use strict";

document.addEventListener("w-focus:focused", ({ target }) => {
  const dialog = target.closest(".w-dialog");
  if (!dialog) return;
  dialog.dispatchEvent(new CustomEvent("w-dialog:show"));
  const field = target.closest("[data-field], [data-field-wrapper]") ?? dialog;
  const input = field.querySelector("input:not([type=hidden], [tabindex='-1']), textarea, select");
  // An opened dialog focuses its first element; Wagtail focuses the error message afterwards.
  requestAnimationFrame(() => input?.focus());
  target.addEventListener("focusin", () => input?.focus(), { once: true });
});
