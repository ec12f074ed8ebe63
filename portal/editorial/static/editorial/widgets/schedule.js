// Only the button of the schedule dialog applies its input. If the dialog closes otherwise, its input is discarded.
// While it is open, an autosave submits the earlier dates.
"use strict";

const ID = "schedule-publishing-dialog";
// The fields and their values when the dialog was opened; null while it is closed.
let former = null;
let isPressed = false;

document.addEventListener("w-dialog:shown", ({ target }) => {
  if (target.id !== ID) return;
  former = [...target.querySelectorAll("input[type=text][name], textarea[name]")].map((field) => [field, field.value]);
});

document.addEventListener("w-dialog:hidden", ({ target }) => {
  if (target.id !== ID || !former) return;
  const held = isPressed ? former.map(([field]) => [field, field.value]) : former;
  former = null;
  // Wagtail then resets the fields to their values when the page was loaded.
  queueMicrotask(() => {
    for (const [field, value] of held) {
      if (field.value === value) continue;
      field.value = value;
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    }
  });
});

// If somebody else has saved the page, Wagtail closes the dialog while its button is clicked.
document.addEventListener("click", ({ target }) => {
  if (!target.closest?.(`#${ID} button[type=submit]`)) return;
  isPressed = true;
  setTimeout(() => { isPressed = false; });
}, true);

document.addEventListener("w-autosave:save", ({ detail }) => {
  for (const [field, value] of former ?? []) detail.formData.set(field.name, value);
}, true);
