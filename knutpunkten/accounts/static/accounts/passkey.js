/* Passkeys: the browser asks for the finger, the face or the code, and the form is sent with its answer. */
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

function asked(options) {
  const wanted = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  const known = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  wanted.allowCredentials = known(wanted.allowCredentials);
  wanted.excludeCredentials = known(wanted.excludeCredentials);
  if (!wanted.user) return { publicKey: wanted };
  wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
  // A passkey signs in by itself: it must be found without a name, and ask who holds it.
  const selection = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
  wanted.authenticatorSelection = { ...wanted.authenticatorSelection, ...selection };
  return { publicKey: wanted };
}

function answered(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    type: credential.type,
    id: credential.id,
    rawId: text(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.passkeyJson) {
    const data = JSON.parse(document.getElementById(form.dataset.passkeyJson).textContent);
    return data.creation_options ?? data.request_options;
  }
  const answer = await fetch(form.dataset.passkeyOptions, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

async function ask(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    const way = form.dataset.passkey;
    const credential = await navigator.credentials[way](asked(await optionsOf(form)));
    form.elements.credential.value = JSON.stringify(answered(credential));
    form.submit();
  } catch {
    // Cancelled, no key of ours here, or too slow: the browser does not tell which.
    problem.textContent = "Det blev inget av passernyckeln. Pröva igen, eller välj ett annat sätt.";
    problem.hidden = false;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () => ask(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
});
