// Joining: a name that is taken up fills the field without sending the form, and other names come without a new page.
// An e-mail address needs no help; the password field shows only where a password is wanted (css/people.css).

const form = document.querySelector(".joining");
form?.addEventListener("click", async (event) => {
  const button = event.target.closest(".names button");
  if (!button) return;
  event.preventDefault();
  if (button.name === "take") {
    const field = form.elements.username;
    field.value = button.value;
    field.focus();
    return;
  }
  const names = button.closest(".names");
  try {
    const answer = await fetch(names.dataset.names);
    if (!answer.ok) throw new Error(answer.status);
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    names.replaceWith(fresh.content.querySelector(".names"));
    form.querySelector(".names [name=others]").focus();
  } catch {
    button.formNoValidate = true;
    form.requestSubmit(button); // the server gives the page anew, with what was typed
  }
});

// Without passkeys in this browser only the password is offered.
if (!window.PublicKeyCredential) form?.querySelector("[name=how][value=passkey]")?.closest("label").remove();
