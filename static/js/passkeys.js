// Passkeys: asks the browser for one and sends what it answers with the form (WebAuthn §5.1).

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

function withBytes(options) {
  const described = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) {
    read.user = { ...options.user, id: toBytes(options.user.id) };
    read.excludeCredentials = described(options.excludeCredentials);
  } else {
    read.allowCredentials = described(options.allowCredentials);
  }
  return read;
}

function asJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) {
      response[name] = toText(credential.response[name]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function answer(form, options, more = {}) {
  const asked = { publicKey: withBytes(options.publicKey), ...more };
  const credential = await navigator.credentials[form.dataset.passkey](asked);
  form.elements.answer.value = asJson(credential);
  form.submit();
}

const failed = (form) => {
  form.querySelector("[data-passkey-failed]").hidden = false;
};

async function fetched(form) {
  const response = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!response.ok) {
    throw new Error(String(response.status));
  }
  return response.json();
}

// On the sign-in page the browser also offers passkeys where the name is typed.
async function offerWhereTheNameIsTyped(form, waiting) {
  const isPossible = await window.PublicKeyCredential.isConditionalMediationAvailable?.();
  if (!isPossible) {
    return;
  }
  try {
    await answer(form, await fetched(form), { mediation: "conditional", signal: waiting.signal });
  } catch {
    // Nobody chose one.
  }
}

function begin(form) {
  const waiting = new AbortController();
  const written = form.querySelector("script[type='application/json']");
  form.hidden = false;
  form.querySelectorAll("[data-with-passkey]").forEach((button) => {
    button.hidden = false;
  });
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.hasAttribute("data-without-passkey")) {
      return;
    }
    event.preventDefault();
    if (button?.name) {
      // Sent by a script, a form leaves out the button that it was sent with.
      const chosen = Object.assign(document.createElement("input"), { type: "hidden" });
      chosen.name = button.name;
      chosen.value = button.value;
      form.querySelectorAll(`input[name="${button.name}"]`).forEach((earlier) => earlier.remove());
      form.append(chosen);
    }
    waiting.abort();
    const options = written ? Promise.resolve(JSON.parse(written.textContent)) : fetched(form);
    options.then((found) => answer(form, found)).catch(() => failed(form));
  });
  if (!written) {
    offerWhereTheNameIsTyped(form, waiting);
  }
}

if (window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach(begin);
} else {
  document.querySelectorAll("[data-passkey-unknown]").forEach((notice) => {
    notice.hidden = false;
  });
}
