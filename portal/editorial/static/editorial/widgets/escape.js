// Escape closes only one menu or dialog, and the focus stays in the text.
"use strict";

// Wagtail hides the menu of “+” in a text, but the button stays pressed and the focus is lost.
window.addEventListener("keydown", (event) => {
  const text = event.key === "Escape" && event.target.closest?.("[data-draftail-editor-wrapper]");
  const button = text && text.querySelector(".Draftail-BlockToolbar__trigger[aria-expanded=true]");
  if (!button) return;
  event.stopPropagation();
  button.click();
  [...text.parentNode.querySelectorAll("input")].find((input) => input.draftailEditor)?.draftailEditor.focus();
}, true);

// On a phone, Wagtail's menu takes the focus on Escape, even if it is closed. So its button cannot be focused
// meanwhile.
const TOGGLE = ".sidebar-nav-toggle";
const release = () => document.querySelector(TOGGLE)?.removeAttribute("inert");

window.addEventListener("keydown", ({ key }) => {
  const toggle = key === "Escape" && document.querySelector(`${TOGGLE}:not(:focus, .sidebar-nav-toggle--open)`);
  if (!toggle) return;
  toggle.inert = true;
  setTimeout(release, 500);
  // A dialog that is still opening does not have the focus, and would not receive the key.
  const dialog = document.querySelector("body > .modal.in");
  if (!dialog?.contains(document.activeElement)) dialog?.focus({ preventScroll: true });
}, true);
for (const name of ["keyup", "pointerdown"]) window.addEventListener(name, release, true);
