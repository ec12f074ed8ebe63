// On a phone, each list row is a block (phone.css). Each value in it needs its column's name.
"use strict";

const name = (table) => {
  const columns = [...table.querySelectorAll("thead th")].map((cell) => (cell.querySelector(".w-sr-only") ? "" : cell.innerText.trim()));
  for (const row of table.tBodies[0]?.rows ?? []) {
    [...row.cells].forEach((cell, number) => {
      cell.dataset.column = columns[number] ?? "";
      cell.toggleAttribute("data-is-empty", !cell.innerText.trim() && !cell.querySelector("input, img, button, a"));
    });
  }
  table.classList.add("listing--named");
};

// Tables with a phone layout of their own are excluded.
const nameAll = () => document.querySelectorAll("table.listing:not(.dashboard-table, .board)").forEach(name);

const phone = matchMedia("(max-width: 49.9375em)");
const nameOnPhone = () => phone.matches && nameAll();
phone.addEventListener("change", nameOnPhone);
// Filters and searches replace the list without loading the page.
document.addEventListener("w-swap:success", nameOnPhone);
nameOnPhone();
