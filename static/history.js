// Keeps the last checkpoint that this browser saw (whose record, how many entries, their root; no name), and asks for a
// proof that the record goes on from it. Where there is none it says STOP, and tells the server (docs/checkpoints.md).
"use strict";

// RFC 9162, 2.1.4.2: whether a proof leads from one root to the other. Sizes are numbers, hashes bytes.
const grew = (() => {
  const same = (a, b) => a.length === b.length && a.every((one, n) => one === b[n]);
  const above = async (left, right) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.of(1, ...left, ...right)));
  return async (first, root, second, newer, proof) => {
    if (first === 0 || first > second) return false;
    if (first === second) return !proof.length && same(root, newer);
    let whole = first;
    while (whole % 2 === 0) whole /= 2;
    const path = whole === 1 ? [root, ...proof] : proof;
    if (!path.length || path.length > 66 || path.some((one) => one.length !== 32)) return false;
    let at = first - 1, last = second - 1, old = path[0], now = path[0];
    const up = () => { at = Math.floor(at / 2); last = Math.floor(last / 2); };
    while (at % 2) up();
    for (const one of path.slice(1)) {
      if (!last) return false;
      if (at % 2 || at === last) {
        old = await above(one, old);
        now = await above(one, now);
        while (at && at % 2 === 0) up();
      } else now = await above(now, one);
      up();
    }
    return last === 0 && same(old, root) && same(now, newer);
  };
})();

(() => {
  const SEEN = "coi-head", STOPPED = "coi-stopped", PAUSE = 60000; // milliseconds between two questions
  const { head: asked, trial } = document.body.dataset;
  if (!asked || !window.crypto?.subtle) return;

  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const read = (note) => {
    const [origin, size, root] = note.split("\n");
    return { origin, size: Number(size), root: bytes(root) };
  };

  function stop() {
    const there = document.getElementById("history");
    if (there) return there;
    const told = document.createElement("div");
    told.id = "history";
    told.className = "notice refusal stop";
    told.setAttribute("role", "alert");
    told.append(document.getElementById("history-changed").content.cloneNode(true));
    document.getElementById("main").prepend(told);
    for (const button of document.querySelectorAll("main button:not([data-confirmed])")) {
      button.classList.add("never");
      button.disabled = true;
    }
    return told;
  }

  // A record that says that it was put back has a name that begins with the old one. Anybody can write such a name:
  // it goes on once a person says that quality assurance has confirmed it.
  function offer(note, told) {
    told.querySelector("[data-put-back]").hidden = false;
    told.querySelector("[data-confirmed]").addEventListener("click", () => {
      localStorage.setItem(SEEN, note);
      localStorage.removeItem(STOPPED);
      location.reload();
    });
  }

  async function goesOn(before, now, proof) {
    // Made-up worlds come and go at one address.
    if (now.origin !== before.origin) return trial !== undefined;
    return grew(before.size, before.root, now.size, now.root, proof);
  }

  async function ask() {
    const kept = localStorage.getItem(SEEN);
    const before = kept && read(kept);
    const answer = await fetch(`${asked}?since=${before ? before.size : 0}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { note, proof } = await answer.json();
    if (!note && !before) return;
    if (!before || note && await goesOn(before, read(note), proof.map(bytes))) {
      // Another tab may have seen more by now: what is kept only grows.
      if (localStorage.getItem(SEEN) === kept) localStorage.setItem(SEEN, note);
      localStorage.removeItem(STOPPED);
      sessionStorage.setItem(SEEN, Date.now());
      return;
    }
    const told = stop();
    if (note && read(note).origin.startsWith(`${before.origin}/`)) offer(note, told);
    if (localStorage.getItem(STOPPED) === kept) return;
    localStorage.setItem(STOPPED, kept);
    await fetch(asked, { method: "POST", headers: { "X-CSRFToken": document.querySelector("[name=csrf_token]").value }, body: new URLSearchParams({ note: kept }) });
  }

  if (localStorage.getItem(STOPPED)) stop();
  else if (Date.now() - sessionStorage.getItem(SEEN) < PAUSE) return;
  ask().catch(() => {}); // no network, or a browser that keeps nothing: it is asked with the next page
})();
