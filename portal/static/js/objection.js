// The button of the privacy notice by which a reader objects to audience measurement, in this browser.
const KEY = "audience-measurement";
const part = document.querySelector("[data-objection]");
// What does the same without a script, where our own server counts.
const form = document.querySelector("[data-objection-form]");
const button = part?.querySelector("button");
const state = part?.querySelector("[role=status]");

const isRefused = () => localStorage.getItem(KEY) === "refused";

// Our own server counts without a script, and reads no storage: it sets a cookie, which it keeps longer than a script may.
const tellServer = async (refused) => {
  if (!part.dataset.address) return;
  const body = new URLSearchParams({ choice: refused ? "refuse" : "allow" });
  const answer = await fetch(part.dataset.address, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.statusText);
};

const show = () => {
  const refused = isRefused();
  button.textContent = refused ? part.dataset.allow : part.dataset.refuse;
  state.textContent = refused ? part.dataset.refused : part.dataset.counted;
};

const leaveToForm = () => {
  part.hidden = true;
  if (form) form.hidden = false;
};

try {
  // Whose cookie has ended, or who objected by the form, has the same again.
  if (document.cookie.includes("uncounted=")) localStorage.setItem(KEY, "refused");
  else if (isRefused()) tellServer(true).catch(leaveToForm);
  show();
  part.hidden = false;
  if (form) form.hidden = true;
  button.addEventListener("click", async () => {
    try {
      await tellServer(!isRefused());
      if (isRefused()) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, "refused");
      show();
    } catch {
      leaveToForm();
    }
  });
} catch {
  // Without storage the form is left, and the notice names whom to write to.
}
