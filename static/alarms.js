// Whoever is at a page is told that something begins to ring: the head asks again for its number, and what hangs on a wall
// is compared with what hung there before. Nobody is kept signed in by it. Nothing is decided here.
"use strict";

(() => {
  const EVERY = 30000, LONGEST = 480000; // milliseconds between two questions; the longest, where nobody answers
  const SHAKE = [120, 60, 120, 60, 120], TOGETHER = 5000; // milliseconds within which one tone is enough
  const head = document.querySelector("[data-alarms]"), wall = document.querySelector(".wall[data-tone]");
  const { tone } = (wall || head || document.body).dataset;
  if (!tone) return;

  // Where the browser keeps silent, the number and the words tell it.
  let toned = -TOGETHER;
  const ring = () => {
    if (performance.now() - toned < TOGETHER) return;
    toned = performance.now();
    new Audio(tone).play().catch(() => {
      const silent = document.querySelector("[data-silent]");
      if (silent) silent.hidden = false;
    });
    if (navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(SHAKE);
  };

  // On a wall: each line that has become an alarm since the look before.
  const ringing = () => new Set([...document.querySelectorAll("[data-rings]")].map((line) => line.dataset.rings));
  let rang = ringing();
  if (wall) {
    document.addEventListener("renewed", () => {
      const now = ringing();
      if ([...now].some((one) => !rang.has(one))) ring();
      rang = now;
    });
    addEventListener("pointerdown", () => { document.querySelector("[data-silent]").hidden = true; });
  }
  if (!head) return;

  const told = document.getElementById("alarms-told"), tag = document.getElementById("alarms-mine");
  let mine = Number(head.dataset.mine), wait = EVERY, asked = performance.now(), underWay = false, timer;
  const show = (number) => {
    const words = number > 99 ? "99+" : String(number);
    head.querySelector("strong")?.remove();
    if (number) {
      const newer = tag.content.cloneNode(true);
      newer.querySelector("strong").prepend(words);
      head.append(" ", newer);
    }
    const grew = number > mine;
    told.textContent = grew ? (number === 1 ? told.dataset.textOne : told.dataset.textMore.replace("#", words)) : "";
    if (grew) ring();
    mine = number;
  };
  const ask = async () => {
    clearTimeout(timer);
    if (underWay || document.hidden) return;
    underWay = true;
    asked = performance.now();
    const answer = await fetch(head.dataset.alarms, { headers: { Accept: "application/json" } }).catch(() => null);
    const found = answer?.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    underWay = false;
    if (answer?.redirected) return; // nobody is signed in any more
    wait = found ? EVERY : Math.min(2 * wait, LONGEST);
    if (found && found.mine !== mine) show(found.mine);
    timer = setTimeout(ask, wait);
  };
  timer = setTimeout(ask, EVERY);
  // Whoever comes back to the page is told at once what began meanwhile.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(0, asked + wait - performance.now()));
  });
})();
