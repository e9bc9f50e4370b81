/* Counts the shown item's minutes by the server's clock: how far this machine's differs is learnt once. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-ends]");
  if (!place) return;
  const ahead = Date.now() / 1000 - Number(place.dataset.now);
  const all = Number(place.dataset.of);
  const ring = place.querySelector(".left");
  const whole = 56.5;
  const show = () => {
    const minutes = Math.ceil((Number(place.dataset.ends) - (Date.now() / 1000 - ahead)) / 60);
    place.querySelector("strong").textContent = minutes >= 0 ? `${minutes} min kvar` : `${-minutes} min över`;
    ring.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(1, minutes / all)) * whole} ${whole}`);
  };
  setInterval(show, 10000);
});
