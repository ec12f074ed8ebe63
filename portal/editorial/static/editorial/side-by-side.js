// The fields of rich text beside an original: Draftail draws them by itself, without a name and without a language.
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
