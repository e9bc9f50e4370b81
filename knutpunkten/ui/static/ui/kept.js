/* What is typed in a form that is not saved as one writes is kept on the server, and given back after signing in again. */
"use strict";

(() => {
  const REST = 20000;
  const place = document.querySelector("#sitting").dataset;
  const changed = new Set();
  let timer = null;
  let isKept = false;
  let isUnkept = false; // something is on the page that the server has not

  const typedIn = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const isChosen = (field) => !["checkbox", "radio"].includes(field.type) || field.checked;

  function ask(address, words, said = "click", more = {}) {
    const body = new URLSearchParams({ path: location.pathname, ...words });
    const headers = { "X-CSRFToken": place.token, "X-Sitting": said };
    return fetch(address, { method: "POST", body, headers, redirect: "error", ...more });
  }

  /* Whoever typed just now is here; what is sent later than that says nothing of anybody, and makes no sitting longer. */
  async function keep(said) {
    clearTimeout(timer);
    timer = null;
    const form = [...changed].find((one) => one.isConnected && !one.dataset.sent);
    if (!form || !isUnkept) return;
    isUnkept = false;
    const fields = [];
    for (const field of form.elements) {
      if (!typedIn(field) || !isChosen(field)) continue;
      if (field.multiple && field.options) for (const option of field.selectedOptions) fields.push([field.name, option.value]);
      else fields.push([field.name, field.value]);
    }
    try {
      const answer = await ask(place.keep, { fields: JSON.stringify(fields) }, said);
      isKept = answer.ok || isKept;
      isUnkept = !answer.ok || isUnkept;
      if (!isUnkept) form.dataset.kept = "";
      if (answer.ok) dispatchEvent(new CustomEvent("sitting:lasts", { detail: Number(await answer.text()) }));
    } catch {
      // The next rest tries again, or the warning; the words are still on the page.
      isUnkept = true;
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (!form || form.method !== "post" || form.dataset.autosave || !typedIn(event.target)) return;
    if (form.querySelector("input[type=password]")) return;
    changed.add(form);
    isUnkept = true;
    for (const one of changed) delete one.dataset.kept;
    clearTimeout(timer);
    timer = setTimeout(keep, REST, "click");
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(timer);
    timer = null;
    // What is sent needs no keeping.
    if (changed.delete(event.target) && isKept) ask(place.giveBack, {}, "click", { keepalive: true }).catch(() => {});
  });
  addEventListener("sitting:soon", () => keep(timer === null ? "by itself" : "click"));

  function fill(form, fields) {
    for (const field of form.elements) {
      if (!typedIn(field)) continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.multiple && field.options) for (const option of field.options) option.selected = values.includes(option.value);
      else if (values.length) field.value = values[0];
    }
    const said = document.createElement("div");
    said.className = "notice";
    said.setAttribute("role", "status");
    said.textContent = "Det du skrev innan du loggades ut är tillbaka. Läs igenom och spara.";
    form.before(said);
    changed.add(form);
    isUnkept = true;
  }

  async function giveBack() {
    const answer = await ask(place.giveBack, {});
    const { fields } = await answer.json();
    const names = new Set(fields.map(([name]) => name));
    const forms = [...document.forms].filter((form) => form.method === "post" && [...form.elements].some((field) => names.has(field.name)));
    if (fields.length && forms.length) fill(forms[0], fields);
  }

  if ("wordsWait" in place) giveBack();
})();
