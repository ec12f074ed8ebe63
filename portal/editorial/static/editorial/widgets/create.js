// Prefills a chooser's creation form with the search query that found nothing.
"use strict";

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-create]");
  const dialog = button?.closest(".w-tabs");
  const field = dialog?.querySelector("#tab-create input[type=text]");
  if (!field) return;
  dialog.querySelector('[role=tab][href="#tab-create"]').click();
  field.value = button.dataset.create;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
