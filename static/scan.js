// What a scanner types goes into the box for codes, wherever the focus is, and nothing is lost.
// Loaded before the page is there: a scanner does not wait. Nothing is decided here; without this
// script whatever is in the box counts as typed.
"use strict";

(() => {
  const FAST = 30; // milliseconds between two keys: no hand is so quick
  const QUIET = 120; // so long after the last key the burst is over
  const LEAVING = 3000; // so long a page may take to go; a download never goes
  const SHORTEST = 6; // characters: less is no code, and may be a hand that was quick twice
  const KEPT = "coi.burst";
  const EDITING = "acvxzyrpf+-0"; // with Ctrl, what a hand means: copy, paste, reload, print, find

  let last = -Infinity; // when the last key came
  let slowest = 0; // the longest pause within the code in the box
  let codes = []; // read, and not sent yet
  let timer = 0;
  let leaving = 0; // the page is on its way out, until this timer says that it is not
  let kept = ""; // what a scanner typed when no page was there to take it
  let chosen = null; // a list in which somebody was about to choose, and what was chosen before

  const scanBox = () => document.getElementById("scan-box");
  const ownBox = () => document.querySelector("[data-scan]") || document.getElementById("codes");
  const isList = (element) => element.tagName === "SELECT";
  const takesText = (element) =>
    element.isContentEditable || element.tagName === "TEXTAREA" ||
    (element.tagName === "INPUT" && !/^(radio|checkbox|button|submit|hidden|file)$/.test(element.type));

  // -- a key -----------------------------------------------------------------------------------

  addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || event.isComposing || isModifier(event.key)) return;
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (leaving || !document.body || (document.readyState === "loading" && !scanBox())) keep(event, gap);
    else if (event.target === scanBox()) inBox(event, gap);
    else elsewhere(event, gap);
  }, true);

  const isModifier = (key) => /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|Dead)$/.test(key);
  const isPlain = (event) => event.key.length === 1 && !isCommand(event);
  // AltGr is Ctrl and Alt on some keyboards, and writes letters.
  const isCommand = (event) =>
    event.metaKey || (event.ctrlKey !== event.altKey && !event.getModifierState("AltGraph"));

  // The control character that Ctrl with a key stands for: GS comes as Ctrl+].
  function controlOf(event) {
    const code = event.key.toUpperCase().charCodeAt(0);
    return event.ctrlKey && event.key.length === 1 && code >= 64 && code < 96
      ? String.fromCharCode(code - 64) : "";
  }

  function inBox(event, gap) {
    const box = event.target;
    clearTimeout(timer);
    if (event.key === "Enter" || (event.key === "Tab" && gap < FAST)) {
      event.preventDefault();
      take(box);
    } else if (isPlain(event)) {
      slowest = box.value === "" ? 0 : Math.max(slowest, gap);
    } else if (isCommand(event)) {
      if (gap >= FAST && EDITING.includes(event.key.toLowerCase())) return;
      event.preventDefault();
      const character = controlOf(event);
      if (/[\r\n\t]/.test(character)) take(box);
      else box.value += character;
    } else if (gap < FAST) event.preventDefault(); // keys of a configuration code: Escape, F5, arrows
    else slowest = Infinity; // a hand corrects what it typed
    if (codes.length) timer = setTimeout(send, QUIET);
  }

  function elsewhere(event, gap) {
    const at = event.target;
    const inBurst = gap < FAST;
    if (isCommand(event)) {
      if (inBurst || event.key === "]") event.preventDefault();
      if (event.key === "]" && at === ownBox()) at.setRangeText("\x1d", at.selectionStart, at.selectionEnd, "end");
      return;
    }
    if (takesText(at)) return;
    const box = ownBox() || scanBox();
    if (!box) return;
    if (isList(at)) return inList(event, inBurst, box);
    const presses = event.key === " " && at.closest("button, a, summary, input");
    if (isPlain(event) && !presses) {
      if (box === scanBox()) slowest = box.value === "" ? 0 : Infinity;
      box.focus(); // the key itself follows the focus
    } else if (inBurst && event.key !== "Tab") event.preventDefault();
  }

  // The first key of a burst chooses something in a list: that is taken back.
  function inList(event, inBurst, box) {
    if (!isPlain(event)) {
      if (inBurst) event.preventDefault();
    } else if (inBurst && chosen && chosen.list === event.target) {
      event.preventDefault();
      chosen.list.value = chosen.value;
      slowest = 0;
      box.value += chosen.key + event.key;
      box.focus();
      chosen = null;
    } else chosen = { list: event.target, value: event.target.value, key: event.key };
  }

  // -- a code ----------------------------------------------------------------------------------

  function take(box) {
    const code = box.value.trim();
    const scanned = code.length >= SHORTEST && slowest < FAST;
    if (code) codes.push({ code, how: scanned ? "scanned" : "typed" });
    box.value = "";
    slowest = 0;
  }

  function send() {
    const box = scanBox();
    clearTimeout(timer);
    take(box);
    if (!codes.length) return;
    for (const one of codes.splice(0)) {
      for (const name of ["code", "how"]) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = one[name];
        field.className = "burst";
        box.form.append(field);
      }
    }
    box.disabled = true; // its codes stand beside it now
    box.form.requestSubmit();
  }

  addEventListener("input", (event) => {
    if (event.target === scanBox() && event.inputType !== "insertText") slowest = Infinity; // pasted
  }, true);

  addEventListener("submit", (event) => {
    const box = scanBox();
    if (box && event.target === box.form && !box.disabled) {
      event.preventDefault(); // pressed by hand: once more, with how it was entered
      event.stopImmediatePropagation();
      send();
    }
  }, true);

  // -- between two pages -----------------------------------------------------------------------

  // A scanner is kept for the page that comes; what a hand types into a field goes where it went.
  function keep(event, gap) {
    const inBurst = gap < FAST;
    const isField = document.body && takesText(event.target) && event.target !== scanBox();
    if (!isField || inBurst || event.key === "Enter") event.preventDefault();
    if (isField && event.target.type === "password") return;
    const goesOn = inBurst || kept.endsWith("\n");
    if (isPlain(event)) kept = goesOn ? kept + event.key : event.key;
    else if (event.key === "Enter" && inBurst && kept) kept += "\n";
    else if (isCommand(event) && inBurst) kept += controlOf(event);
    try { sessionStorage.setItem(KEPT, kept); } catch { /* then it lives as long as this page */ }
  }

  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(stay, LEAVING);
  }

  function stay() {
    clearTimeout(leaving);
    leaving = 0;
    const box = scanBox();
    if (box && box.disabled) {
      box.disabled = false;
      for (const field of box.form.querySelectorAll(".burst")) field.remove();
    }
    feed();
  }

  // What was kept goes into the box as if it came now; too short, it was no scanner.
  function feed() {
    let text = kept;
    try {
      text = text || sessionStorage.getItem(KEPT) || "";
      sessionStorage.removeItem(KEPT);
    } catch { /* nothing was kept elsewhere */ }
    kept = "";
    const own = ownBox();
    const box = own || scanBox();
    const lines = text.split("\n");
    const begun = lines.pop();
    const whole = lines.filter((line) => line.length >= SHORTEST);
    if (!box || (!whole.length && begun.length < 2)) return;
    box.focus();
    if (!own) {
      codes.push(...whole.map((code) => ({ code, how: "scanned" })));
      box.value = begun;
      slowest = 0;
      if (codes.length) timer = setTimeout(send, QUIET);
    } else if (own.tagName === "TEXTAREA") {
      own.value += whole.map((line) => `${line}\n`).join("") + begun;
    } else {
      own.value = whole.length ? whole[0] : begun;
      if (whole.length) own.form.requestSubmit();
    }
  }

  addEventListener("submit", (event) => { if (!event.defaultPrevented) leave(); });
  addEventListener("beforeunload", leave);
  addEventListener("pageshow", stay);
  document.addEventListener("DOMContentLoaded", feed);
})();
