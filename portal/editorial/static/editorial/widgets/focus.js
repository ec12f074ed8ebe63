// Moves the focus to a new page's title, to the first field of an added row, and after a choice back to the chooser.
"use strict";

// The form is focusable once the page has loaded.
window.addEventListener("load", () => {
  const title = document.getElementById("id_title");
  const isNew = location.pathname.includes("/pages/add/") && !location.hash && !document.querySelector(".error-message");
  // On a phone, the keyboard would cover half the page.
  if (!title || !isNew || document.activeElement !== document.body || matchMedia("(pointer: coarse)").matches) return;
  title.focus({ preventScroll: true });
});

// Wagtail focuses the row itself, so that typed text would be lost. A row of choosers has no such field.
document.addEventListener("w-formset:added", ({ target }) => {
  const fields = [...target.querySelectorAll("input:not([type=hidden]), textarea, select")];
  fields.find((field) => field.checkVisibility())?.focus();
});

let chooser = null;
document.addEventListener("click", ({ target }) => {
  chooser = target.closest?.("[data-chooser-action-choose]")?.closest(".chooser") ?? chooser;
}, true);
// Wagtail focuses the pressed button, which is hidden after the choice.
window.jQuery(document).on("hidden.bs.modal", () => {
  const place = chooser;
  chooser = null;
  if (!place || document.activeElement !== document.body) return;
  [...place.querySelectorAll("button, a[href]")].find((button) => button.checkVisibility())?.focus();
});
