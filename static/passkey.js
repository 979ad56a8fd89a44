// Passkeys: asks the browser for one, and puts what it answers into the form. Without this script
// the button stays hidden, and a code is typed.
"use strict";

(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function asked(button) {
    const token = button.form.elements.csrf_token.value;
    const answer = await fetch(button.dataset.asked, {
      method: "POST", headers: { "X-CSRFToken": token },
    });
    if (!answer.ok) throw new Error("the page did not answer");
    const options = await answer.json();
    options.challenge = bytes(options.challenge);
    return options;
  }

  async function made(button) {
    const options = await asked(button);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    const key = await navigator.credentials.create({ publicKey: options });
    return told(key, { attestationObject: text(key.response.attestationObject) });
  }

  async function shown(button) {
    const options = await asked(button);
    options.allowCredentials = named(options.allowCredentials);
    const key = await navigator.credentials.get({ publicKey: options });
    return told(key, {
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
    });
  }

  const told = (key, response) => JSON.stringify({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    clientExtensionResults: {},
    response: { clientDataJSON: text(key.response.clientDataJSON), ...response },
  });

  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const says = button.parentElement.querySelector("[role=status]");
    button.parentElement.hidden = false;
    button.addEventListener("click", async () => {
      says.textContent = says.dataset.textAsked;
      try {
        const answer = await (button.dataset.makes ? made : shown)(button);
        button.form.elements[button.dataset.passkey].value = answer;
        says.textContent = says.dataset.textThere;
      } catch {
        says.textContent = says.dataset.textNone;
      }
    });
  }
})();
