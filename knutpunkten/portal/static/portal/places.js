/* Min sida: the bar at the thumb marks which of its places one reads. Without this it marks the page, as the server says. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const places = [...document.querySelectorAll(".tabbar a")]
    .filter((link) => link.pathname === location.pathname && link.hash)
    .map((link) => ({ link, part: document.getElementById(link.hash.slice(1)) }))
    .filter(({ part }) => part);
  if (places.length < 2) return;
  // At the top one reads "Hem", unless it is the page of another of one's cases: that has no place at the top.
  const home = places.find(({ part }) => part.id === "innehall");

  function reading() {
    // What one has jumped to may stand so near the end that it cannot come to the top.
    const wanted = places.find(({ link }) => link.hash === location.hash);
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const isInSight = ({ part }) => part.getBoundingClientRect().top < innerHeight;
    if (isAtEnd && wanted && wanted.part.getBoundingClientRect().top > 0) return wanted;
    if (isAtEnd && scrollY > 0) return places.findLast(isInSight) ?? home;
    const line = parseFloat(getComputedStyle(document.documentElement).scrollPaddingBlockStart) + 8;
    return places.findLast(({ part }) => part.getBoundingClientRect().top <= line) ?? home;
  }

  function mark() {
    const here = reading();
    for (const place of places) {
      if (place === here) place.link.setAttribute("aria-current", place === home ? "page" : "location");
      else place.link.removeAttribute("aria-current");
    }
  }

  document.addEventListener("scroll", mark, { passive: true });
  addEventListener("hashchange", mark);
  mark();
});
