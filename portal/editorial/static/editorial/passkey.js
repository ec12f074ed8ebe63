// Starts django-allauth's scripts for passkey buttons. Those scripts only log failures to the console, so this script
// shows them beside the buttons.
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
