/* What is written is not lost: drafts saved at rest, a warning before leaving, a form sent once. */
"use strict";

const REST = 1000;
const AGAIN = 10000;
const CLOSED = "Inte sparat. Det här är inte öppet för dig längre. Kopiera det du vill ha kvar.";
const unsaved = new Set();
const autosaved = new Map(); // each form that is saved as one writes, with how to save it at once
let isOver = false; // the sitting: nobody may be there to answer, and the page would stand on the screen meanwhile

const isRefused = (form) => "refused" in form.dataset;

function written(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function autosave(form) {
  let timer = null;
  let busy = false;
  let isTyped = false; // since it was last sent: what is sent once more after a failure is nobody's click
  let saving = Promise.resolve();
  const status = () => document.querySelector(form.dataset.autosaveStatus || "[data-saved]");

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => (busy ? later(REST) : (saving = save())), wait);
  };

  async function save() {
    busy = true;
    const said = isTyped ? "click" : "by itself";
    isTyped = false;
    unsaved.delete(form);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: written(form),
        headers: { "HX-Request": "true", "X-Sitting": said },
        redirect: "error",
      });
      const html = await answer.text();
      const isClosed = answer.status === 404; // to the one who writes: no later try is answered otherwise
      if (!answer.ok && answer.status !== 422 && !isClosed) throw new Error(String(answer.status));
      show(isClosed ? CLOSED : html, answer.ok);
      const seen = answer.headers.get("X-Seen");
      if (seen && form.elements.seen) form.elements.seen.value = seen;
      if (answer.ok) delete form.dataset.refused;
      else refuse();
      if (!unsaved.has(form)) form.dispatchEvent(new CustomEvent("words:saved", { bubbles: true })); // kept.js
      const left = Number(answer.headers.get("X-Sitting"));
      if (left) dispatchEvent(new CustomEvent("sitting:lasts", { detail: left }));
    } catch {
      unsaved.add(form);
      show("Inte sparat än. Texten finns kvar här, och vi försöker igen.", false);
      later(AGAIN);
    }
    busy = false;
  }

  // The server said no: what is typed stands on the page alone, written over what the page had seen then.
  function refuse() {
    unsaved.add(form);
    form.dataset.refused = form.elements.seen?.value ?? "";
  }

  function show(html, saved) {
    const answer = new DOMParser().parseFromString(html, "text/html").body;
    // What else the page says of what is saved.
    for (const part of answer.querySelectorAll("[data-fresh]")) {
      part.remove();
      document.getElementById(part.id)?.replaceWith(part);
    }
    const place = status();
    if (!place) return;
    place.replaceChildren(...(answer.querySelector("[data-saved]") ?? answer).childNodes);
    place.classList.toggle("failed", !saved);
  }

  form.addEventListener("input", () => {
    isTyped = true;
    unsaved.add(form);
    later(REST);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    unsaved.delete(form); // what is sent needs no last words
    if (!busy) return;
    // The answer on its way tells which version one has seen: sent before it, the form would meet its own words as another's.
    event.preventDefault();
    event.stopImmediatePropagation();
    saving.then(() => form.requestSubmit(event.submitter));
  });
  autosaved.set(form, {
    isWaiting: () => busy || unsaved.has(form),
    async saveNow() {
      await saving;
      clearTimeout(timer);
      if (unsaved.has(form)) await (saving = save());
    },
  });
  if ("unsaved" in form.dataset) {
    // Drawn again with what must be mended: what was typed is written down nowhere yet, and stands over nobody's words.
    unsaved.add(form);
    later(0);
  }
  addEventListener("focus", () => {
    // Back from another tab, where what stood in the way may be mended: the role put on again.
    if (!isRefused(form)) return;
    isTyped = true;
    later(0);
  });
  // A phone may never come back to a page that another app hides.
  document.addEventListener("visibilitychange", () => document.hidden && unsaved.has(form) && !isRefused(form) && later(0));
  addEventListener("pagehide", () => {
    // The last words, written less than a second before leaving. The next page may be drawn already: kept.js gives them to it.
    if (unsaved.has(form) && !form.dataset.sent) {
      fetch(form.dataset.autosave, { method: "POST", body: written(form), headers: { "HX-Request": "true" }, keepalive: true });
    }
  });
}

/* The page that comes is drawn from what is saved: what was just typed in the page's other forms goes first. A form that
   rests on them waits for what could not be saved: that is sent by itself, and comes back with what must be mended. */
function othersFirst(event) {
  const form = event.target;
  if ("othersSaved" in form.dataset) return void delete form.dataset.othersSaved;
  const waiting = [...autosaved].filter(([other, its]) => other !== form && other.isConnected && its.isWaiting());
  const hindrance = () => "restsOnSaved" in form.dataset && [...unsaved].find((other) => other !== form && other.isConnected);
  if (!waiting.length && !hindrance()) return;
  event.preventDefault();
  event.stopPropagation();
  const submitter = event.submitter;
  Promise.all(waiting.map(([, its]) => its.saveNow())).then(() => {
    const first = hindrance();
    if (first) return void sendToBeMended(first);
    form.dataset.othersSaved = "";
    form.requestSubmit(submitter);
  });
}

/* Over what it was written: another's words are written over by the form's own button alone. */
function sendToBeMended(form) {
  if (isRefused(form) && form.elements.seen) form.elements.seen.value = form.dataset.refused;
  form.requestSubmit();
}

addEventListener("submit", othersFirst, { capture: true });

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    // After the browser has read the form: a disabled button is not sent along.
    setTimeout(() => form.querySelectorAll("button[type=submit], button:not([type])").forEach((b) => (b.disabled = true)));
  });
}

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelectorAll("button:disabled").forEach((button) => (button.disabled = false));
  }
});

function warnUnsaved(form) {
  // What comes back with what must be mended is written down nowhere yet.
  if (document.getElementById("errors") || isRefused(form)) unsaved.add(form);
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

function isLost(form) {
  if (!form.isConnected || form.dataset.sent || (isOver && isKept(form))) return false;
  return "warnUnsaved" in form.dataset || isRefused(form);
}

// What was refused is given back at the next sitting where the page tells over what it was written.
function isKept(form) {
  return "kept" in form.dataset && (!isRefused(form) || Boolean(form.elements.seen));
}

addEventListener("sitting:over", () => (isOver = true));
addEventListener("beforeunload", (event) => {
  if ([...unsaved].some(isLost)) event.preventDefault();
});

function everyForm() {
  for (const form of document.querySelectorAll("form:not([data-known])")) {
    form.dataset.known = "";
    if (form.dataset.autosave) autosave(form);
    if ("once" in form.dataset) sendOnce(form);
    if ("warnUnsaved" in form.dataset) warnUnsaved(form);
  }
}

document.addEventListener("DOMContentLoaded", everyForm);
document.addEventListener("htmx:after:swap", everyForm);
