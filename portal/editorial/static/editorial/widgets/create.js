// A chooser without results: opens the form for a new record, with the words of the search, or clears the search.
"use strict";

const FIELDS = "[role=search] input[type=text], [data-chooser-modal-search] :is(input[type=text], select)";

function create(button) {
  const dialog = button.closest(".w-tabs");
  dialog.querySelector("[role=tab]:not([href='#tab-search'])").click();
  const field = dialog.querySelector("#tab-create input[type=text], #tab-upload input");
  if (field.type === "text" && button.dataset.create) {
    field.value = button.dataset.create;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.focus();
}

function clear(button) {
  const fields = [...button.closest(".modal").querySelectorAll(FIELDS)];
  for (const field of fields) {
    field.value = "";
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
  fields.find((field) => field.matches("input"))?.focus();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-create], [data-clear-search]");
  if (button) (button.matches("[data-create]") ? create : clear)(button);
});
