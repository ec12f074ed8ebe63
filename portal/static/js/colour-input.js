// Adds the browser's own picker beside a colour field. A change of one also changes the other.
"use strict";

for (const input of document.querySelectorAll("[data-colour]")) {
  const picker = Object.assign(document.createElement("input"), {
    type: "color",
    className: "colour-input__picker",
    ariaLabel: input.dataset.colour,
  });
  const follow = () => {
    const typed = input.value.trim().toLowerCase();
    if (/^#[0-9a-f]{6}$/.test(typed)) picker.value = typed;
  };
  const row = Object.assign(document.createElement("div"), { className: "colour-input" });
  input.replaceWith(row);
  row.append(input, picker);
  input.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    input.value = picker.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  follow();
}
