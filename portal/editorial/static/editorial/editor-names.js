// Labels rich text editors with the label of their field or block. Wagtail only labels the hidden input.
"use strict";

const form = document.querySelector("[data-edit-form]") ?? document.querySelector("main");

function nameOf(editor) {
  const input = editor.closest("[data-field-input]")?.querySelector("input[id], textarea[id]");
  const label = input && form.querySelector(`label[for="${CSS.escape(input.id)}"]`);
  const heading = editor.closest(".w-panel")?.querySelector("[data-panel-heading-text], .c-sf-block__type");
  return [label, heading].map((place) => place?.textContent.replace("*", "").trim()).find(Boolean);
}

function name() {
  for (const editor of form.querySelectorAll(".public-DraftEditor-content:not([aria-label])")) {
    const words = nameOf(editor);
    if (words) editor.setAttribute("aria-label", words);
  }
}

if (form) {
  name();
  new MutationObserver(name).observe(form, { subtree: true, childList: true });
}
