// Passkeys: asks the device to make one or to use one, puts its answer into the form, and sends the form as it is.
// <form data-passkey="create|get" data-options="{…}"> or data-source="address that gives {request_options: …}".

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const words = (buffer) =>
  buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What the server asks, with text turned into bytes where browsers want bytes. */
function question({ publicKey }) {
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  const user = publicKey.user && { ...publicKey.user, id: bytes(publicKey.user.id) };
  return {
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      ...(user && { user }),
      ...(publicKey.allowCredentials && { allowCredentials: keys(publicKey.allowCredentials) }),
      ...(publicKey.excludeCredentials && { excludeCredentials: keys(publicKey.excludeCredentials) }),
    },
  };
}

/** What the device answers, with bytes turned into text. */
function answer(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((name) => response[name]).map((name) => [name, words(response[name])]);
  return JSON.stringify({
    id: credential.id,
    rawId: words(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(told),
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function asked(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const given = await fetch(form.dataset.source, { headers: { Accept: "application/json" } });
  if (!given.ok) throw new Error(given.status);
  return (await given.json()).request_options;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[type=submit]");
  const say = (which) => {
    for (const line of form.querySelectorAll("[data-says]")) line.hidden = line.dataset.says !== which;
  };
  if (!button) continue;
  if (!window.PublicKeyCredential) {
    say("none");
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    button.disabled = true;
    try {
      const made = await navigator.credentials[form.dataset.passkey](question(await asked(form)));
      form.elements.credential.value = answer(made);
      const shared = document.querySelector("[name=shared]:checked");
      if (shared && !form.elements.shared) form.append(shared.cloneNode());
      form.submit();
    } catch (error) {
      say(error.name === "InvalidStateError" ? "known" : "problem");
      button.disabled = false;
    }
  });
  button.disabled = false;
}
