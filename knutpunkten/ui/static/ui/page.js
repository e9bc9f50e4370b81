/* What every page does by itself: search key, menus that close, meeting keys, undo that counts down. */
"use strict";

const typing = (element) => element.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

function openSearch() {
  const shown = [...document.querySelectorAll(".search input[type=search]")].find((field) => field.checkVisibility());
  const menu = document.querySelector(".menu-phone");
  if (!shown && menu) menu.open = true;
  const field = shown ?? menu?.querySelector("input[type=search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    if (openSearch()) event.preventDefault();
  } else if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details[data-closes][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  } else if (document.querySelector("[data-keys]") && !event.ctrlKey && !event.metaKey && !event.altKey) {
    meetingKey(event);
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

function meetingKey(event) {
  if (typing(event.target)) return;
  const key = event.key.toLowerCase();
  const way = { j: "next", k: "prev" }[key];
  if (way) {
    document.querySelector(`a[rel=${way}]`)?.click();
    return;
  }
  const choice = /^[1-9]$/.test(key) && document.querySelector(`input[data-key="${key}"]`);
  if (!choice || choice.disabled) return;
  event.preventDefault();
  choice.checked = true;
  choice.focus({ preventScroll: true }); // the person's name stays in view above the bar
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

// In a narrow window what a besked asks lies below the bar of choices, out of view: whoever presses one is taken there.
// Not from the keyboard, where one goes on to it by Tab and through the choices by the arrows: such a click counts none.
document.addEventListener("click", (event) => {
  if (!event.detail || !event.target.matches(".decision-choices input")) return;
  const asked = [...event.target.form.querySelectorAll(".decision-fields :is(input, textarea, select)")];
  const first = asked.find((field) => field.checkVisibility());
  if (!first || first.getBoundingClientRect().bottom <= innerHeight) return;
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
});

function countDown(panel) {
  // Screen readers hear the word once, not every second.
  const counter = document.createElement("span");
  counter.setAttribute("aria-hidden", "true");
  panel.querySelector("button").append(counter);
  let left = Number(panel.dataset.undo);
  const tick = () => {
    if (left <= 0) return panel.remove();
    counter.textContent = `, ${left} s`;
    left -= 1;
    // Someone about to press must not see the button vanish under the finger.
    setTimeout(tick, panel.contains(document.activeElement) || panel.matches(":hover") ? 2000 : 1000);
  };
  tick();
}

function onReady() {
  for (const panel of document.querySelectorAll("[data-undo]:not([data-counting])")) {
    panel.dataset.counting = "";
    countDown(panel);
  }
  document.querySelector("#errors")?.focus();
}

document.addEventListener("DOMContentLoaded", onReady);
document.addEventListener("DOMContentLoaded", () => {
  // No page is kept by the browser, and one that answered a form could only come back by sending it again:
  // whoever goes back gets the page afresh instead of a question about that.
  if (document.body.hasAttribute("data-answers-post")) history.replaceState(null, "", location.href);
});
document.addEventListener("htmx:after:swap", onReady);
