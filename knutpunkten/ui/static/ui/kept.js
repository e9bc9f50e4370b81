/* What is typed in a form is kept on the server, and given back until the form is sent; of a form that is saved as one
   writes only the last words, which the page loaded anew is drawn before, and what the server did not save. */
"use strict";

(() => {
  const WHILE = 5000; // at most this long is typed that the server has not
  const AGAIN = 1500;
  const SAVED_SINCE = 60; // older words of a form that is saved as one writes have been saved, perhaps changed by another
  const OVERTAKEN = "Något annat har sparats här sedan dess. Gäller det samma sak får du läsa det innan ditt sparas.";
  const BASIS = ["seen", "refused"]; // the names under which it is kept over what the words were written
  const place = document.querySelector("#sitting").dataset;
  const unkept = new Set(); // forms with something typed that the server has not
  const onServer = new WeakSet(); // forms of which the server has something, though perhaps not the newest
  const waited = new WeakSet(); // forms that wait no longer for what is kept before them
  const touched = new WeakMap(); // by form the names of what one has answered since the page was drawn
  let timer = null;
  let keeping = null; // what is on its way to the server

  // An identity number is kept nowhere, nor anything of a form that answers with a page, or that asks
  // whether what was sent is right: it would stand beside what is answered.
  const isUnkept = (element) => "unkept" in element.dataset;
  const typedIn = (field) =>
    field.name && !field.disabled && !isUnkept(field) && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const isTicked = (field) => ["checkbox", "radio"].includes(field.type);
  const isChosen = (field) => !isTicked(field) || field.checked;
  // Not form.action: a field may be called that. What a page was asked makes no other form of one that is sent back there.
  const addressOf = (form) => {
    const { pathname, search } = new URL(form.getAttribute("action") || location.pathname, location.href);
    return pathname + search;
  };
  // There, or by a button with an address of its own.
  const isSentTo = (form, path) =>
    addressOf(form).split("?")[0] === path || [...form.querySelectorAll("[formaction]")].some((button) => new URL(button.formAction).pathname === path);
  const isKeepable = (form) =>
    form.method === "post" &&
    !isUnkept(form) &&
    form.getAttribute("role") !== "search" &&
    !form.querySelector("input[type=password]");

  function fieldsOf(form) {
    const fields = [];
    for (const field of form.elements) {
      if (!typedIn(field) || !isChosen(field)) continue;
      if (field.multiple && field.options) for (const option of field.selectedOptions) fields.push([field.name, option.value]);
      else fields.push([field.name, field.value]);
    }
    return fields;
  }

  /* They go back with it, so that the server refuses them if another has saved something since; and with whether it has
     said no to them already. */
  function basisOf(form) {
    const { seen } = form.elements;
    if (!seen) return [];
    return ["refused" in form.dataset ? ["refused", form.dataset.refused] : ["seen", seen.value]];
  }

  function ask(address, form, words, said, more = {}) {
    const body = new URLSearchParams({ path: addressOf(form), ...words });
    const headers = { "X-CSRFToken": place.token, "X-Sitting": said };
    return fetch(address, { method: "POST", body, headers, redirect: "error", ...more });
  }

  async function keepOne(form, said, more) {
    unkept.delete(form);
    const fields = fieldsOf(form);
    if (!fields.length || !form.isConnected || form.dataset.sent) return;
    onServer.add(form);
    try {
      const answer = await ask(place.keep, form, { fields: JSON.stringify([...fields, ...basisOf(form)]) }, said, more);
      if (!answer.ok) throw new Error(String(answer.status));
      if (!unkept.has(form)) form.dataset.kept = "";
      dispatchEvent(new CustomEvent("sitting:lasts", { detail: Number(await answer.text()) }));
    } catch {
      // The next words try again, or the warning; these are still on the page.
      unkept.add(form);
    }
  }

  /* Whoever typed just now is here; what is sent later than that says nothing of anybody, and makes no sitting longer. */
  function keep(more) {
    const said = timer === null ? "by itself" : "click";
    clearTimeout(timer);
    timer = null;
    if (!unkept.size) return;
    const sent = Promise.all([keeping, ...[...unkept].map((form) => keepOne(form, said, more))]);
    keeping = sent;
    sent.then(() => {
      if (keeping === sent) keeping = null;
    });
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (!form || !isKeepable(form) || !typedIn(event.target)) return;
    unkept.add(form);
    touched.set(form, (touched.get(form) ?? new Set()).add(event.target.name));
    delete form.dataset.kept;
    if (!form.dataset.autosave) timer ??= setTimeout(keep, WHILE);
  });
  // writing.js has saved all that is typed in the form: its last words are no others.
  document.addEventListener("words:saved", ({ target: form }) => {
    unkept.delete(form);
    if (onServer.has(form)) letGo(form).catch(() => {});
  });
  addEventListener("sitting:soon", () => keep());
  // A closed tab, a page loaded anew, another app on a phone: the last words go along, before the next page is asked for.
  addEventListener("beforeunload", () => keep({ keepalive: true }));
  addEventListener("pagehide", () => keep({ keepalive: true }));
  document.addEventListener("visibilitychange", () => document.hidden && keep({ keepalive: true }));

  /* The server lets go of a form's words when it takes the form: what is on its way must be there before that. So must what
     is typed in the page's other forms before one signs out. A form that is answered with a question is taken first when
     that is answered: its words wait until then. */
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!("asksAgain" in form.dataset)) unkept.delete(form);
    const mayGo = waited.delete(form);
    if (!mayGo) keep();
    if (mayGo || !keeping) return void sentElsewhere(form, submitter);
    event.preventDefault();
    event.stopImmediatePropagation();
    keeping.then(() => {
      waited.add(form);
      form.requestSubmit(submitter);
    });
  }, { capture: true });

  /* A button with an address of its own: the server does not see there whose words it takes. */
  function sentElsewhere(form, submitter) {
    if (!submitter?.hasAttribute("formaction") || !onServer.has(form)) return;
    ask(place.keep, form, { fields: "[]" }, "click", { keepalive: true }).catch(() => {});
  }

  /* What one answers while the older words are on their way is the newer. */
  function fill(form, fields) {
    for (const field of form.elements) {
      if (!typedIn(field) || touched.get(form)?.has(field.name)) continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (isTicked(field)) field.checked = values.includes(field.value);
      else if (field.multiple && field.options) for (const option of field.options) option.selected = values.includes(option.value);
      else if (values.length) field.value = values[0];
    }
    form.dataset.kept = "";
  }

  function listOf(texts) {
    const list = document.createElement("ul");
    list.className = "bullets";
    for (const text of texts) {
      const one = document.createElement("li");
      one.className = "written";
      one.textContent = text;
      list.append(one);
    }
    return list;
  }

  function say(form, sentence, texts = []) {
    const said = document.createElement("div");
    said.className = "notice row";
    said.setAttribute("role", "status");
    const words = document.createElement("div");
    words.textContent = sentence;
    if (form.querySelector("input[data-unkept]")) words.textContent += " Personnumret är inte med: det sparas först när du skickar.";
    if (texts.length) words.append(listOf(texts));
    const away = document.createElement("button");
    away.type = "button";
    away.className = "ds-button";
    away.dataset.variant = "secondary";
    away.dataset.size = "sm";
    away.textContent = "Släng det";
    away.addEventListener("click", () => throwAway(form));
    said.append(words, away);
    form.before(said);
    if (!texts.length) form.addEventListener("words:saved", () => said.remove());
  }

  const hasBox = (form, name, value) =>
    [...form.elements].some((field) => field.name === name && (!isTicked(field) || field.value === value));

  /* What has no box on the page now is shown to be copied, if it was written rather than chosen and stands nowhere else there. */
  function showBoxless(form, words) {
    const bare = (text) => text.replace(/\s/g, "");
    const page = bare([form.textContent, ...fieldsOf(form).map(([, value]) => value)].join(""));
    const texts = words.map(([, value]) => value).filter((text) => text.trim().includes(" ") && !page.includes(bare(text)));
    if (texts.length) say(form, "Det här skrev du sist, men det är inte sparat och har ingen ruta här nu. Kopiera det du vill ha kvar innan du lämnar sidan.", texts);
  }

  async function letGo(form, said = "by itself") {
    onServer.delete(form);
    delete form.dataset.kept;
    await keeping;
    return ask(place.keep, form, { fields: "[]" }, said);
  }

  async function throwAway(form) {
    const answer = await letGo(form, "click");
    if (!answer.ok) return;
    unkept.delete(form);
    form.dataset.sent = "1"; // nothing of it is asked about, kept or saved as the page goes
    location.reload();
  }

  async function wordsOf(form) {
    const answer = await ask(place.giveBack, form, {}, "by itself");
    const { fields, seconds } = await answer.json();
    const isUnsaved = fields.some(([name]) => name === "refused");
    if (!form.dataset.autosave || isUnsaved || !(seconds > SAVED_SINCE)) return fields;
    await letGo(form);
    return [];
  }

  /* Whether something else than the words were written over stands there now, which their writer has not seen. */
  function takeBasis(form, basis) {
    const { seen } = form.elements;
    if (!seen || basis === undefined || basis === seen.value) return false;
    seen.value = basis;
    return true;
  }

  async function giveBack(form) {
    let fields = await wordsOf(form);
    if (!fields.length && isAnew) {
      // The last words of the page before may still be on their way.
      await new Promise((done) => setTimeout(done, AGAIN));
      if (!unkept.has(form)) fields = await wordsOf(form);
    }
    if (fields.length) onServer.add(form);
    const kept = fields.filter(([name]) => !BASIS.includes(name));
    const words = kept.filter((pair) => hasBox(form, ...pair));
    showBoxless(form, kept.filter((pair) => !words.includes(pair)));
    if (!words.length || JSON.stringify(words) === JSON.stringify(fieldsOf(form))) return;
    fill(form, words);
    const isOvertaken = takeBasis(form, fields.find(([name]) => BASIS.includes(name))?.[1]);
    if (!form.dataset.autosave) return say(form, `Det du skrev sist är tillbaka, men inte skickat. ${isOvertaken ? OVERTAKEN : "Läs igenom och skicka."}`);
    if (isOvertaken) say(form, "Det du skrev sist är tillbaka i rutorna, men inte sparat. Något annat har sparats sedan dess. Spara för att se båda.");
    form.dispatchEvent(new Event("input")); // writing.js saves what came back, and says so
  }

  const forms = [...document.forms].filter((form) => isKeepable(form) && [...form.elements].some(typedIn));
  // A page loaded anew may be drawn before the last words came to the server: it does not say that they wait.
  const isAnew = performance.getEntriesByType("navigation")[0]?.type === "reload";
  const waiting = new Set(isAnew ? forms.map(addressOf) : place.wordsWait?.split(" "));
  const isDrawnAgain = document.querySelector("#errors, form[data-refused]");
  for (const form of forms) {
    // What comes back with what must be mended has the newest words, and they are written down nowhere yet.
    if (isDrawnAgain && isSentTo(form, location.pathname)) unkept.add(form);
    else if (waiting.delete(addressOf(form))) giveBack(form);
  }
  keep();
})();
