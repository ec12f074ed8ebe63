// “Go to the first error” also where it stands in a dialog that is closed, such as the one of the schedule.
"use strict";

document.addEventListener("w-focus:focused", ({ target }) => {
  const dialog = target.closest(".w-dialog");
  if (!dialog) return;
  dialog.dispatchEvent(new CustomEvent("w-dialog:show"));
  const field = target.closest("[data-field], [data-field-wrapper]") ?? dialog;
  // The dialog takes the focus to its own beginning when it opens.
  requestAnimationFrame(() => field.querySelector("input:not([type=hidden], [tabindex='-1']), textarea, select")?.focus());
});
