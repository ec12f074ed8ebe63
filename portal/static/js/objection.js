// The button in the privacy notice with which a reader objects to audience measurement in this browser.
const KEY = "audience-measurement";
const part = document.querySelector("[data-objection]");
// The form that does the same without a script if our own server counts.
const form = document.querySelector("[data-objection-form]");
const button = part?.querySelector("button");
const state = part?.querySelector("[role=status]");

const isRefused = () => localStorage.getItem(KEY) === "refused";

// Our own server counts without a script and cannot read local storage. It sets a cookie, which may live longer than a
// cookie set by a script.
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
  // Restore the objection if the cookie has expired, or if the reader objected with the form.
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
  // Without storage, the form remains, and the notice has a contact address.
}
