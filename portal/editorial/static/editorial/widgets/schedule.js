// The dialog of the schedule counts by its button alone. What was typed in it is given up when it is closed otherwise,
// and an autosave meanwhile takes the dates that stood there when it was opened.
"use strict";

const ID = "schedule-publishing-dialog";
// The fields and what they held when the dialog was opened; null while it is closed.
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
  // Wagtail sets the fields back by itself after this, to what they held when the page was opened.
  queueMicrotask(() => {
    for (const [field, value] of held) {
      if (field.value === value) continue;
      field.value = value;
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    }
  });
});

// Wagtail closes the dialog during the click on its button if somebody else has saved the page.
document.addEventListener("click", ({ target }) => {
  if (!target.closest?.(`#${ID} button[type=submit]`)) return;
  isPressed = true;
  setTimeout(() => { isPressed = false; });
}, true);

document.addEventListener("w-autosave:save", ({ detail }) => {
  for (const [field, value] of former ?? []) detail.formData.set(field.name, value);
}, true);
