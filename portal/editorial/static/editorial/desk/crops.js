// The lead picture in the editor: its crops as readers see them, and its description.
"use strict";

const box = document.querySelector("[data-crops]");
const input = box && document.getElementById(box.dataset.crops);
const texts = document.querySelector("[data-picture-texts]");

const isWide = matchMedia("(min-width: 50em)");

async function show(isNew) {
  const key = input.value;
  if (!key) {
    box.replaceChildren();
    return;
  }
  const response = await fetch(box.dataset.cropsUrl.replace("/0/", `/${key}/`)).catch(() => null);
  // Another picture may have been chosen meanwhile.
  if (!response?.ok || input.value !== key) return;
  const wasOpen = box.querySelector("details")?.open;
  box.innerHTML = await response.text();
  // Crops are shown just after a picture was chosen; later they would separate the picture from the text.
  box.querySelector("details").open = isNew ? isWide.matches : Boolean(wasOpen);
}

// On a phone, the fields are folded once they are complete.
function fold() {
  const isComplete = [...texts.querySelectorAll("#id_lead_image_alt, #id_lead_image_decorative:checked")].some((field) => field.value);
  texts.open = isWide.matches || !isComplete || Boolean(texts.querySelector(".w-field--error"));
}

if (input) {
  // The chooser sets its input by script and fires this event.
  input.addEventListener("change", () => {
    show(true);
    texts.open = true;
  });
  // The user draws the box around the focal point in another window or tab.
  window.addEventListener("focus", () => show(false));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) show(false); });
  show(false);
  isWide.addEventListener("change", fold);
  fold();
}
