// Moves the focus to the title of a new page, and after a choice back to the chooser.
"use strict";

// The form can be focused when the page has loaded.
window.addEventListener("load", () => {
  const title = document.getElementById("id_title");
  const isNew = location.pathname.includes("/pages/add/") && !location.hash && !document.querySelector(".error-message");
  // On a phone the keyboard would cover half of the page.
  if (!title || !isNew || document.activeElement !== document.body || matchMedia("(pointer: coarse)").matches) return;
  title.focus({ preventScroll: true });
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
