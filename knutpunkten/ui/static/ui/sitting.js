/* Warns before one is signed out, and leaves the page when one is: the server has decided already. */
"use strict";

// Another tab may have made the sitting longer: what they tell one another is the clock time at which it ends.
const channel = new BroadcastChannel("sitting");
const dialog = document.querySelector("#sitting");
const warned = Number(dialog.dataset.warned) * 1000;
let ends = 0;

function lasts(seconds) {
  ends = Date.now() + seconds * 1000;
  channel.postMessage(ends);
}

channel.addEventListener("message", (event) => {
  ends = Math.max(ends, event.data);
});

// What is saved while one writes tells the server that somebody is there; its answer says how long that lasts.
addEventListener("sitting:lasts", (event) => {
  if (!("last" in dialog.dataset)) lasts(event.detail);
});

function leave() {
  const here = location.pathname + location.search;
  const way = new URL(dialog.dataset.ended, location.origin);
  way.searchParams.set("next", here);
  way.searchParams.set("slut", "1");
  dispatchEvent(new CustomEvent("sitting:over")); // writing.js asks nothing about words that are kept
  location.replace(way);
}

function look() {
  const left = ends - Date.now();
  if (left <= 0) return leave();
  if (left > warned && dialog.open && !("last" in dialog.dataset)) dialog.close();
  if (left <= warned && !dialog.open && !dialog.dataset.closed) {
    dialog.showModal();
    dispatchEvent(new CustomEvent("sitting:soon")); // kept.js saves what is typed
  }
  // Every half minute, and each second at the end only for the eye: a screen reader is not to be talked down.
  const words = left > 60000 ? "Två minuter kvar." : left > 30000 ? "En minut kvar." : "Mindre än en halv minut kvar.";
  const place = dialog.querySelector("[data-left]");
  if (dialog.open && place.textContent !== words) place.textContent = words;
  setTimeout(look, Math.min(1000, left));
}

async function stay() {
  const answer = await fetch(dialog.dataset.stay, { method: "POST", headers: { "X-CSRFToken": dialog.dataset.token }, redirect: "manual" });
  if (!answer.ok) return leave();
  lasts(Number(await answer.text()));
  dialog.close();
}

dialog.querySelector("[data-stays]")?.addEventListener("click", stay);
// Escape says the same as the button: whoever presses a key is here.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (dialog.querySelector("[data-stays]")) stay();
  else dialog.querySelector("[data-close]").click();
});
dialog.querySelector("[data-close]")?.addEventListener("click", () => {
  dialog.dataset.closed = "";
  dialog.close();
});

lasts(Number(dialog.dataset.sitting));
look();
