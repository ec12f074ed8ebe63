// Gives the translation editor's rich text editors a name and a language, which Draftail does not set. In an untranslated
// field, selects the original's text on first focus, so that typing replaces it.
"use strict";

function name(field) {
  const passage = field.closest(".passage");
  const input = passage?.querySelector("[data-draftail-input]");
  if (!input || field.hasAttribute("aria-labelledby")) return;
  field.setAttribute("aria-labelledby", input.getAttribute("aria-labelledby"));
  field.lang = input.lang;
}

const form = document.getElementById("w-editor-form");
const nameAll = () => form.querySelectorAll(".passage [role=textbox]").forEach(name);
nameAll();
new MutationObserver(nameAll).observe(form, { childList: true, subtree: true });

const isUntranslated = (passage) => passage.querySelector("[name$=-shown-as]")?.value === "missing";
const seen = new WeakSet();

function selectAll(field) {
  if (field.matches("textarea, input")) field.select();
  else getSelection().selectAllChildren(field);
}

form.addEventListener("focusin", ({ target }) => {
  const passage = target.closest(".passage");
  if (!passage || !target.matches("textarea, [role=textbox]") || seen.has(target) || !isUntranslated(passage)) return;
  seen.add(target);
  selectAll(target);
  // A click places the caret after the focus.
  target.addEventListener("click", () => {
    if (getSelection().isCollapsed || target.selectionStart === target.selectionEnd) selectAll(target);
  }, { once: true });
});
