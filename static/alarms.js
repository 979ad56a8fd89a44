// Whoever is at a page is told that something begins to ring: the head asks again which are theirs, and compares them with those
// that were seen last in this tab, on this page or the one before; what hangs on a wall with what hung there before. Nobody is kept signed in by it. Nothing is decided here.
"use strict";

(() => {
  const EVERY = 30000, LONGEST = 480000; // milliseconds between two questions; the longest, where nobody answers
  const PATIENCE = 10000; // then a question counts as not answered: one that hung would be the last one
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
  const SEEN = "coi-alarms", MOST = 100; // of so many at most the server tells the marks, the newest first
  const { who } = document.body.dataset;
  let shown = Number(head.dataset.mine), wait = EVERY, asked = performance.now(), underWay = false, timer;

  // Marks tell nothing of what they stand for; those of somebody else who was here before do not count.
  const seen = () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(SEEN));
      return kept?.who === who ? kept.marks : null;
    } catch {
      return null;
    }
  };
  let before = seen();
  const keep = (marks) => {
    before = marks;
    try {
      sessionStorage.setItem(SEEN, JSON.stringify({ who, marks }));
    } catch {} // this page knows them all the same
  };
  // Where there are more, what moved up behind all that were seen is no news.
  const isNews = (marks) => {
    const last = Math.max(...marks.map((one, n) => (before.includes(one) ? n : -1)));
    const newer = before.length < MOST || last < 0 ? marks : marks.slice(0, last);
    return newer.some((one) => !before.includes(one));
  };
  const tell = (number, marks) => {
    const isNew = before !== null && isNews(marks), words = number > 99 ? "99+" : String(number);
    told.textContent = isNew ? (number === 1 ? told.dataset.textOne : told.dataset.textMore.replace("#", words)) : "";
    if (isNew) ring();
    keep(marks);
  };
  const show = (number) => {
    if (number === shown) return;
    shown = number;
    head.querySelector("strong")?.remove();
    if (!number) return;
    const newer = tag.content.cloneNode(true);
    newer.querySelector("strong").prepend(number > 99 ? "99+" : String(number));
    head.append(" ", newer);
  };
  const ask = async () => {
    clearTimeout(timer);
    if (underWay || document.hidden) return;
    underWay = true;
    asked = performance.now();
    const signal = Patience.of(PATIENCE);
    const answer = await fetch(head.dataset.alarms, { headers: { Accept: "application/json" }, signal }).catch(() => null);
    const found = answer?.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    underWay = false;
    if (answer?.redirected) return; // nobody is signed in any more
    wait = found ? EVERY : Math.min(2 * wait, LONGEST);
    if (found) {
      show(found.mine);
      tell(found.mine, found.marks);
    }
    timer = setTimeout(ask, wait);
  };
  tell(Number(head.dataset.mine), head.dataset.marks.split(" ").filter(Boolean));
  timer = setTimeout(ask, EVERY);
  // Whoever comes back to the page is told at once what began meanwhile.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(0, asked + wait - performance.now()));
  });
})();
