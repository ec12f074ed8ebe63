// “Go to the first error” also where it stands in a dialog that is closed, such as the one of the schedule.
"use strict";

document.addEventListener("w-focus:focused", ({ target }) => {
  const dialog = target.closest(".w-dialog");
  if (!dialog) return;
  dialog.dispatchEvent(new CustomEvent("w-dialog:show"));
  const field = target.closest("[data-field], [data-field-wrapper]") ?? dialog;
  const input = field.querySelector("input:not([type=hidden], [tabindex='-1']), textarea, select");
  // The dialog takes the focus to its own beginning when it opens; Wagtail takes it to the words of the error after that.
  requestAnimationFrame(() => input?.focus());
  target.addEventListener("focusin", () => input?.focus(), { once: true });
});
