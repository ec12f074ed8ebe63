// The button of the privacy notice by which a reader objects to audience measurement, in this browser.
const KEY = "audience-measurement";
// Thirteen months, in seconds.
const AGE = 34_128_000;
const part = document.querySelector("[data-objection]");
const button = part?.querySelector("button");
const state = part?.querySelector("[role=status]");

const isRefused = () => localStorage.getItem(KEY) === "refused";

// Our own server counts without a script, and reads no storage: it is told by a cookie, which nothing but this sets.
const tellServer = (refused) => {
  if (!part.dataset.cookie) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${part.dataset.cookie}=1; path=/; max-age=${refused ? AGE : 0}; SameSite=Lax${secure}`;
};

const show = () => {
  const refused = isRefused();
  // Who refused before there was a cookie has none, and some browsers keep one of a script for seven days only.
  if (refused) tellServer(true);
  button.textContent = refused ? part.dataset.allow : part.dataset.refuse;
  state.textContent = refused ? part.dataset.refused : part.dataset.counted;
};

try {
  show();
  part.hidden = false;
  button.addEventListener("click", () => {
    if (isRefused()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "refused");
    tellServer(isRefused());
    show();
  });
} catch {
  // Without storage nothing can be remembered: the notice still names whom to write to.
}
