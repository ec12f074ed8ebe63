// Gives the translation editor's rich text editors a name and a language, which Draftail does not set.
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
