// Pictures in the page editor: for a chosen picture without alternative text, offers the one that the picture has
// elsewhere on this page, or the library's, unless the picture is decorative.
"use strict";

// A lead image's fields are lead_image and lead_image_alt; a block's are image and alt.
function beside(chosen, name) {
  return document.getElementById(`${chosen}_${name}`) ?? document.getElementById(chosen.replace(/-image$/, `-${name}`));
}

// The description of the same picture in another field of the form, such as a photo of the recap.
function describedElsewhere(input) {
  const fields = [...input.form.querySelectorAll("input[id$=-image], #id_lead_image")];
  const same = fields.filter((field) => field !== input && field.value === input.value && !field.closest(".deleted, [hidden]"));
  return same.map((field) => beside(field.id, "alt")?.value.trim()).find(Boolean) ?? "";
}

function offer(input, offered, text) {
  const alt = beside(input.id, "alt");
  if (!alt || alt === input || beside(input.id, "decorative")?.checked) return;
  if (alt.value.trim() && alt.value !== offered) return;
  alt.value = text ?? "";
  alt.dispatchEvent(new Event("input", { bubbles: true }));
  alt.dispatchEvent(new Event("change", { bubbles: true }));
}

// Only the chooser's object fires an event, so a listener is added on first use.
const known = new WeakSet();
function listen(event) {
  const chooser = event.target.closest?.(".image-chooser");
  const widget = chooser?.widget;
  if (!widget || known.has(widget)) return;
  known.add(widget);
  let offered = widget.getState()?.default_alt_text ?? "";
  widget.addEventListener("chosen", ({ detail }) => {
    const text = describedElsewhere(widget.input) || detail.default_alt_text || "";
    offer(widget.input, offered, text);
    offered = text;
  });
}

function follow(checkbox) {
  const alt = document.getElementById(checkbox.id.replace(/decorative$/, "alt"));
  if (alt) alt.disabled = checkbox.checked;
}

document.addEventListener("click", listen, { capture: true });
document.addEventListener("change", ({ target }) => {
  if (target.type === "checkbox" && /[-_]decorative$/.test(target.id)) follow(target);
});
for (const checkbox of document.querySelectorAll("input[type=checkbox][id$=decorative]")) follow(checkbox);
