// The lead picture on the paper, as readers get its crops.
"use strict";

const box = document.querySelector("[data-crops]");
const input = box && document.getElementById(box.dataset.crops);

const isWide = matchMedia("(min-width: 50em)");

async function show() {
  const key = input.value;
  if (!key) {
    box.replaceChildren();
    return;
  }
  const response = await fetch(box.dataset.cropsUrl.replace("/0/", `/${key}/`)).catch(() => null);
  // Another picture may have been chosen meanwhile.
  if (!response?.ok || input.value !== key) return;
  box.innerHTML = await response.text();
  box.querySelector("details").open = isWide.matches;
}

if (input) {
  // The chooser sets its input by a script, and fires this event.
  input.addEventListener("change", show);
  // The box around the focal point is drawn in another window.
  window.addEventListener("focus", show);
  show();
}
