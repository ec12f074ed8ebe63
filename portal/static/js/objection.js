// The button of the privacy notice by which a reader objects to audience measurement, in this browser.
const KEY = "audience-measurement";
const part = document.querySelector("[data-objection]");
const button = part?.querySelector("button");
const state = part?.querySelector("[role=status]");

const isRefused = () => localStorage.getItem(KEY) === "refused";

const show = () => {
  const refused = isRefused();
  button.textContent = refused ? part.dataset.allow : part.dataset.refuse;
  state.textContent = refused ? part.dataset.refused : part.dataset.counted;
};

try {
  show();
  part.hidden = false;
  button.addEventListener("click", () => {
    if (isRefused()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "refused");
    show();
  });
} catch {
  // Without storage nothing can be remembered: the notice still names whom to write to.
}
