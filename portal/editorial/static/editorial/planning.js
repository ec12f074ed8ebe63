// The calendar of the newsroom: an entry dragged to another day is moved there. Touch and keyboard use the link
// “Move to…”. In the form of a new item, only the sections that may contain the chosen kind are offered.
"use strict";

const calendar = document.querySelector("[data-planning]");
const form = calendar?.querySelector("[data-planning-move]");
let dragged = null;

const dayOf = (target) => target.closest?.("[data-day]");

function leave() {
  for (const day of calendar.querySelectorAll(".planning-day--target")) day.classList.remove("planning-day--target");
}

if (form) {
  calendar.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move-url]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.moveUrl);
  });
  calendar.addEventListener("dragover", (event) => {
    const day = dayOf(event.target);
    leave();
    if (!dragged || !day || day.contains(dragged)) return;
    event.preventDefault();
    day.classList.add("planning-day--target");
  });
  calendar.addEventListener("dragend", () => {
    leave();
    dragged = null;
  });
  calendar.addEventListener("drop", (event) => {
    const day = dayOf(event.target);
    if (!dragged || !day || day.contains(dragged)) return;
    event.preventDefault();
    form.action = dragged.dataset.moveUrl;
    form.elements.day.value = day.dataset.day;
    form.submit();
  });
}

const item = document.querySelector("[data-planning-item]");
const places = document.getElementById("planning-places");

if (item && places) {
  const allowed = JSON.parse(places.textContent);
  const { kind, place } = item.elements;
  const options = [...place.options];
  const offer = () => {
    const keys = (allowed[kind.value] ?? []).map(String);
    const chosen = place.value;
    place.replaceChildren(...options.filter(({ value }) => keys.includes(value)));
    if (keys.includes(chosen)) place.value = chosen;
  };
  kind.addEventListener("change", offer);
  offer();
}
