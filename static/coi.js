// The pages work without this; it only makes them quick. Nothing is decided here.
"use strict";

// A second click on the same button does nothing: the first one is under way.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) {
    // Where a script sends it, the page stays: by a button that is off, the Enter of the next scan would send nothing.
    setTimeout(() => { if (!event.defaultPrevented) button.disabled = true; });
    // A print is a file: the page stays, and a lost one can be asked for again after a while.
    if (event.target.matches(".paper, .take-along, .take-whole")) setTimeout(() => { button.disabled = false; }, 4000);
  }
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]:not(.never)")) button.disabled = false;
});

// A verdict is heard and felt as well. Where the browser keeps silent, word, figure and colour tell it.
function tell() {
  const sound = document.querySelector("audio[data-play]");
  if (!sound) return;
  sound.play().catch(() => {});
  // Whoever has not touched the page yet cannot be shaken, and the browser would complain; one that
  // does not tell who has is asked all the same.
  if (navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate(sound.dataset.vibrate.split(",").map(Number));
}
tell();
document.addEventListener("told", tell); // where a page stays, and shows another answer

// A number is compared with its limits as soon as it is typed, so that a slip is seen at once; the server decides.
const NUMBER = { integer: /^-?\d+$/, decimal: /^-?\d+(\.\d+)?$/ };
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[data-limits]")) return;
  const told = target.parentElement.querySelector(`#${CSS.escape(target.id)} ~ [data-kind]`);
  const text = target.value.trim(), { low, high, kind } = told.dataset;
  told.textContent = !text ? "" : !NUMBER[kind].test(text) ? told.dataset.textNone
    : low && Number(text) < Number(low) ? told.dataset.textBelow
    : high && Number(text) > Number(high) ? told.dataset.textAbove : "";
  if (told.textContent) target.setAttribute("aria-invalid", "true");
  else target.removeAttribute("aria-invalid");
});

// What no scanner wrote is entered twice: the field for that is shown as soon as it is known.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-scans]")) return;
  const again = target.form.elements.again, scanned = target.form.elements.scanned.value.split("\n").map((one) => one.trim());
  const isTyped = target.value.split("\n").some((one) => one.trim() && !scanned.includes(one.trim()));
  if (again && isTyped) again.closest("details").open = true;
});

// The decimal key beside the digits writes what the keyboard's country writes; here it is a point everywhere.
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.code !== "NumpadDecimal" || event.key !== "," || !field.matches("input[inputmode=decimal]")) return;
  event.preventDefault();
  field.setRangeText(".", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// What is left of a window when the page came, on its way down. It tells; the server decides.
function tick() {
  for (const timer of document.querySelectorAll("[data-left]")) {
    const seconds = Math.floor(timer.dataset.left - performance.now() / 1000);
    const left = timer.querySelector("span.left strong");
    if (left) left.textContent = inWords(Math.max(0, seconds));
    if (seconds >= 0 || timer.classList.contains("over")) continue;
    timer.classList.add("over");
    timer.querySelector("span.left").hidden = true;
    timer.querySelector("span.gone").hidden = false;
  }
}
// Minutes below two hours, days from four on: as the server says it.
function inWords(seconds) {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  if (hours < 2) return `${minutes} min`;
  return days < 4 ? `${hours} h ${minutes % 60} min` : `${days} d ${hours % 24} h`;
}
if (document.querySelector("[data-left]")) setInterval(tick, 5000);

// A look at the server by the page itself ends after so long: one that hung would be the last one.
const LOOK = 10000; // milliseconds

// Whoever waits for the second check is shown its end; after ten minutes they ask by the button.
const watched = document.querySelector("[data-watch]");
if (watched) {
  // Whoever goes elsewhere at this moment gets there: a reload would take them back.
  let leaving = false, underWay = false;
  addEventListener("beforeunload", () => { leaving = true; });
  const asking = setInterval(async () => {
    if (underWay) return;
    underWay = true;
    const told = { headers: { Accept: "application/json" }, signal: Patience.of(LOOK) };
    const answer = await fetch(watched.dataset.watch, told).catch(() => null);
    // Asking so keeps no session alive: whoever was away too long is led to the door.
    const isOut = answer?.redirected;
    const found = answer?.ok && !isOut ? await answer.json().catch(() => null) : null;
    underWay = false;
    if (leaving || !answer?.ok || !isOut && (!found || String(found.version) === watched.dataset.version)) return;
    location.replace(watched.dataset.page);
  }, 3000);
  setTimeout(() => clearInterval(asking), 600000);
}

// How far something is: each part that lives is taken from the page as it is by now, until all is over.
// The rest of the page stays, with whatever somebody is filling in, for as long as they are signed in.
const lives = document.querySelector("[data-again]");
const again = lives?.dataset.again;
if (again) {
  const lost = document.querySelector("[data-lost]");
  let underWay = false;
  const isCalm = lives.matches("[data-calm]");
  // A list is renewed where somebody sees it, and not below whoever types in it or has opened something.
  const isBusy = (part) => part.matches("[data-calm]") &&
    (part.querySelector("details[open]") || part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));
  const looking = setInterval(async () => {
    if (underWay || isCalm && document.hidden) return;
    underWay = true;
    const answer = await fetch(again, { signal: Patience.of(LOOK) }).catch(() => null);
    // To its last byte: the next look begins when this one is over, so that nothing older comes after it.
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    underWay = false;
    // What is on a wall must not look as if it were of now when nobody answers any more.
    if (lost) lost.hidden = text !== null;
    if (text === null) return;
    if (answer.redirected) {
      clearInterval(looking);
      location.replace(again);
      return;
    }
    const now = new DOMParser().parseFromString(text, "text/html");
    // Asked first: what is put into this page is gone from the other one.
    if (!now.querySelector("[data-again]")) clearInterval(looking);
    for (const part of document.querySelectorAll("[data-live]")) {
      const newer = now.getElementById(part.id);
      // What is as it was stays, and so does whoever is at a button in it.
      if (!newer || newer.isEqualNode(part) || isBusy(part)) continue;
      const at = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
      part.replaceWith(newer);
      if (at) newer.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    }
    document.dispatchEvent(new Event("renewed"));
  }, 1000 * (lives.dataset.every || 2));
}
