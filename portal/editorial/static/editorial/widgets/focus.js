// Where the keyboard goes on: at the title of a new page, and after a choice at the chooser whose button was pressed.
"use strict";

// The form is shown, and can be gone to, once the page is there.
window.addEventListener("load", () => {
  const title = document.getElementById("id_title");
  const isNew = location.pathname.includes("/pages/add/") && !location.hash && !document.querySelector(".error-message");
  // On a phone the focus would cover half of the page with its keyboard.
  if (!title || !isNew || document.activeElement !== document.body || matchMedia("(pointer: coarse)").matches) return;
  title.focus({ preventScroll: true });
});

let chooser = null;
document.addEventListener("click", ({ target }) => {
  chooser = target.closest?.("[data-chooser-action-choose]")?.closest(".chooser") ?? chooser;
}, true);
// Wagtail goes back to the button that was pressed, which is hidden once something is chosen.
window.jQuery(document).on("hidden.bs.modal", () => {
  const place = chooser;
  chooser = null;
  if (!place || document.activeElement !== document.body) return;
  [...place.querySelectorAll("button, a[href]")].find((button) => button.checkVisibility())?.focus();
});
