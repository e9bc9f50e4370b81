/* What is typed in a form that is not saved as one writes is kept on the server, and given back after signing in again. */
"use strict";

(() => {
  const REST = 20000;
  const place = document.querySelector("#sitting").dataset;
  const changed = new Set();
  let timer = null;
  let isKept = false;

  const typedIn = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const isChosen = (field) => !["checkbox", "radio"].includes(field.type) || field.checked;

  function ask(address, words, more = {}) {
    const body = new URLSearchParams({ path: location.pathname, ...words });
    return fetch(address, { method: "POST", body, headers: { "X-CSRFToken": place.token }, redirect: "error", ...more });
  }

  async function keep() {
    clearTimeout(timer);
    const form = [...changed].find((one) => one.isConnected && !one.dataset.sent);
    if (!form) return;
    const fields = [];
    for (const field of form.elements) {
      if (!typedIn(field) || !isChosen(field)) continue;
      if (field.multiple && field.options) for (const option of field.selectedOptions) fields.push([field.name, option.value]);
      else fields.push([field.name, field.value]);
    }
    try {
      const answer = await ask(place.keep, { fields: JSON.stringify(fields) });
      isKept = answer.ok || isKept;
      if (answer.ok) dispatchEvent(new CustomEvent("sitting:lasts", { detail: Number(await answer.text()) }));
    } catch {
      // The next rest tries again; the words are still on the page.
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (!form || form.method !== "post" || form.dataset.autosave || !typedIn(event.target)) return;
    if (form.querySelector("input[type=password]")) return;
    changed.add(form);
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // What is sent needs no keeping.
    if (changed.delete(event.target) && isKept) ask(place.giveBack, {}, { keepalive: true }).catch(() => {});
  });
  addEventListener("sitting:soon", keep);

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
