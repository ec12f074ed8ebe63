// Begins django-allauth's scripts for the buttons of passkeys, and says beside them that a passkey was not used, of which
// it tells the console alone.
"use strict";

const PARTS = { loginForm: "login", authenticateForm: "authenticate", addForm: "add" };

for (const button of document.querySelectorAll("[data-passkey]")) {
  const { passkey, credential, passwordless } = button.dataset;
  window.allauth.webauthn.forms[passkey]({ ids: { [PARTS[passkey]]: button.id, credential, passwordless, data: "js_data" } });
}

document.addEventListener("allauth.error", () => {
  const problem = document.querySelector("[data-passkey-problem]");
  problem.textContent = problem.dataset.passkeyProblem;
  problem.hidden = false;
});
