// Checks a scanned certificate in the browser: what stands behind the # of an address is sent nowhere. courses/signed.py says how it is made.
const FIELDS = ["code", "name", "course", "organisation", "issued_on", "done", "whole", "weeks", "hours", "outcomes"];
const CONTEXT = new TextEncoder().encode("harm reduction certificate 1:");
const page = document.querySelector("[data-verify]");
const digits = decodeURIComponent(location.hash.slice(1));

const bytesOf = (number) => {
  const hex = BigInt(number).toString(16);
  return Uint8Array.from((hex.length % 2 ? `0${hex}` : hex).match(/../g), (pair) => parseInt(pair, 16));
};
const keyOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const show = (name) => {
  const part = page.querySelector(`[data-${name}]`);
  part.hidden = false;
  part.querySelector("[tabindex]")?.focus();
};

async function fieldsOf(number) {
  const whole = bytesOf(number);
  const [name, signature, packed] = [whole.slice(1, 5), whole.slice(5, 69), whole.slice(69)];
  if (whole[0] !== 1 || !packed.length) return null;
  const signed = new Uint8Array([...CONTEXT, ...name, ...packed]);
  for (const text of page.dataset.keys.split(" ")) {
    const raw = keyOf(text);
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    if (!(await crypto.subtle.verify("Ed25519", key, signature, signed))) continue;
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const values = await new Response(unpacked).json();
    return Object.fromEntries(FIELDS.map((field, place) => [field, values[place]]));
  }
  return null;
}

async function check() {
  let fields;
  try {
    fields = await fieldsOf(digits);
  } catch {
    // An old browser, or a page without https: the form does it.
    page.querySelector("[name=certificate]").value = digits;
    return show("by-form");
  }
  if (!fields) return show("altered");
  for (const place of page.querySelectorAll("[data-genuine] [data-field]")) {
    const value = fields[place.dataset.field];
    if (Array.isArray(value)) place.replaceChildren(...value.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    else place.textContent = value || "–";
  }
  show("genuine");
  try {
    const answer = await fetch(`${page.dataset.verify}${encodeURIComponent(fields.code)}/`, { headers: { Accept: "application/json" } });
    const { state } = await answer.json();
    if (state === "revoked" || state === "unknown") show(state);
  } catch {
    show("unasked");
  }
}

if (/^\d{180,4200}$/.test(digits)) {
  // The name is no business of this browser's history.
  history.replaceState(null, "", location.pathname);
  check();
} else if (digits) show("altered");
