// What a scanner types goes into the box for codes, wherever the focus is, and nothing is lost.
// Loaded before the page is there: a scanner does not wait. Nothing is decided here; without this
// script the box is a form like any other, and whatever is in it counts as typed.
"use strict";

(() => {
  const { FAST, PAUSE, SHORTEST } = Pace;
  const QUIET = 80; // so long after the last key the burst is over
  const LEAVING = 3000; // so long a page may take to go; a download never goes
  const PATIENCE = 10000; // then the browser itself sends the form, and says what is wrong
  const KEPT = "coi.burst";
  const COUNTING = '[data-scan="many"]';
  const NOTHING = { text: "", elapsed: 0, at: -1e15 };
  const EDITING = "acvxzyrpf+-0"; // with Ctrl, what a hand means: copy, paste, reload, print, find

  let kept = stored(); // what a scanner typed when no page was there to take it, and when
  let last = Pace.last = kept.at - performance.timeOrigin; // when the last key came
  let codes = []; // read, and not sent yet
  let timer = 0;
  let asking = false; // an answer is on its way
  let leaving = 0; // the page is on its way out, until this timer says that it is not
  let chosen = null; // a list in which somebody was about to choose, and what was chosen before

  const scanBox = () => document.getElementById("scan-box");
  // A step's own box comes first: the one that is marked so, or the lines of scanned codes. While a
  // dialog that has one is open, it is that: what lies behind takes nothing.
  const ownBox = () => document.querySelector("dialog[open] [data-scan]") ||
    document.querySelector("[data-scan]") || document.getElementById("codes");
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
      count(box, gap);
    } else if (isCommand(event)) {
      if (gap >= FAST && EDITING.includes(event.key.toLowerCase())) return;
      event.preventDefault();
      const character = controlOf(event);
      if (/[\r\n\t]/.test(character)) take(box);
      else if (character) {
        count(box, gap);
        box.value += character;
      }
    } else if (gap < FAST) event.preventDefault(); // keys of a configuration code: Escape, F5, arrows
    else Pace.of(box).spoil(); // a hand corrects what it typed
    if (codes.length) timer = setTimeout(send, QUIET);
  }

  function elsewhere(event, gap) {
    const at = event.target;
    const inBurst = gap < FAST;
    if (isCommand(event)) {
      if (inBurst || event.key === "]") event.preventDefault();
      return;
    }
    if (takesText(at)) return;
    const box = ownBox() || scanBox();
    if (!box) return;
    if (isList(at)) {
      inList(event, inBurst, box);
      return;
    }
    const presses = event.key === " " && at.closest("button, a, summary, input");
    if (isPlain(event) && !presses) {
      count(box, lastLine(box) === "" ? 0 : Infinity);
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
      count(box, 0);
      box.value += chosen.key;
      count(box, 0);
      box.value += event.key;
      box.focus();
      chosen = null;
    } else chosen = { list: event.target, value: event.target.value, key: event.key };
  }

  // -- a code ----------------------------------------------------------------------------------

  const lastLine = (box) => box.value.split("\n").pop();
  const count = (box, gap) => Pace.of(box).key(gap, lastLine(box) === "");

  function take(box) {
    const code = box.value.trim();
    const isScanned = Pace.of(box).isScanned(box.value);
    if (code) codes.push({ code: isScanned ? Pace.bare(code) : code, how: isScanned ? "scanned" : "typed" });
    box.value = "";
  }

  function send() {
    clearTimeout(timer);
    if (asking) return; // it is sent when the answer is there
    take(scanBox());
    if (codes.length) ask(scanBox().form, codes.splice(0));
  }

  // The page stays while it asks, and its keys are heard: what is scanned meanwhile comes next.
  async function ask(form, burst) {
    asking = true;
    try {
      const told = [["csrf_token", form.elements.csrf_token.value]];
      for (const one of burst) told.push(["code", one.code], ["how", one.how]);
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(told),
        redirect: "manual",
        signal: Patience.of(PATIENCE),
      });
      if (answer.type === "opaqueredirect" || !show(await answer.text())) go(form, burst);
    } catch {
      go(form, burst);
    }
    asking = false;
    if (codes.length && !leaving) send();
  }

  function show(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.getElementById("main");
    if (!main) return false;
    document.getElementById("main").replaceWith(document.adoptNode(main));
    document.title = page.title;
    scrollTo(0, 0);
    if (scanBox().value === "") main.focus();
    return true;
  }

  // The answer is another page: the browser goes there, and takes along what waits to be sent.
  function go(form, burst) {
    for (const [n, one] of burst.entries()) {
      for (const name of ["code", "how"]) {
        const field = n || name === "how" ? document.createElement("input") : scanBox();
        if (field !== scanBox()) {
          field.type = "hidden";
          field.name = name;
          field.className = "burst";
          form.append(field);
        }
        field.value = one[name];
      }
    }
    const waiting = codes.splice(0).map((one) => `${one.code}\n`).join("");
    kept = { text: waiting, elapsed: 0, at: performance.timeOrigin + last };
    store();
    leave();
    form.submit();
  }

  addEventListener("input", (event) => {
    if (event.target === scanBox() && event.inputType !== "insertText") Pace.of(scanBox()).spoil(); // pasted
  }, true);

  addEventListener("submit", (event) => {
    if (!scanBox() || event.target !== scanBox().form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send();
  }, true);

  // -- between two pages -----------------------------------------------------------------------

  // A scanner is kept for the page that comes; what a hand types into a field goes where it went.
  function keep(event, gap) {
    const inBurst = gap < PAUSE;
    const isField = document.body && takesText(event.target) && event.target !== scanBox();
    if (!isField || gap < FAST || event.key === "Enter") event.preventDefault();
    if (isField && event.target.type === "password") return;
    const isNext = kept.text.endsWith("\n");
    const at = performance.timeOrigin + event.timeStamp;
    if (isPlain(event) && (inBurst || isNext)) {
      kept = { text: kept.text + event.key, elapsed: kept.elapsed + (isNext ? 0 : gap), at };
    } else if (isPlain(event)) kept = { text: event.key, elapsed: 0, at };
    else if (event.key === "Enter" && inBurst && kept.text) kept.text += "\n";
    else if (isCommand(event) && inBurst) kept.text += controlOf(event);
    store();
  }

  function store() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(kept));
    } catch { /* then it lives as long as this page */ }
  }

  function stored() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) || NOTHING;
    } catch {
      return NOTHING;
    }
  }

  function leave() {
    clearTimeout(leaving);
    leaving = setTimeout(stay, LEAVING);
  }

  function stay() {
    clearTimeout(leaving);
    leaving = 0;
    for (const field of document.querySelectorAll(".burst")) field.remove();
    feed();
  }

  // What was kept goes into the box as if it came now; what a hand typed is left.
  function feed() {
    const { text, elapsed, at } = kept.text ? kept : stored();
    kept = NOTHING;
    try {
      sessionStorage.removeItem(KEPT);
    } catch { /* nothing was kept elsewhere */ }
    // A code that was begun on the page before goes on here.
    if (text) last = Pace.last = Math.max(last, at - performance.timeOrigin);
    const own = ownBox();
    const box = own || scanBox();
    if (!box || text.length < 2 || elapsed >= FAST * text.length) return;
    const lines = text.split("\n");
    const begun = lines.pop();
    const whole = lines.filter((line) => line.length >= SHORTEST).map(Pace.bare);
    box.focus();
    if (!own) {
      codes.push(...whole.map((code) => ({ code, how: "scanned" })));
      box.value = begun;
      Pace.of(box).begin(begun.length);
      if (codes.length) timer = setTimeout(send, QUIET);
    } else if (own.tagName === "TEXTAREA") {
      own.form.elements.scanned.value += whole.map((line) => `\n${line}`).join("");
      own.value += whole.map((line) => `${line}\n`).join("") + begun;
      Pace.of(own).begin(begun.length);
    } else {
      const [first = begun, ...more] = whole;
      own.value = first;
      Pace.of(own).begin(first.length);
      if (!whole.length) return;
      // Where things are counted, the next ones wait for the page that answers this one.
      if (own.matches(COUNTING)) kept = { text: [...more, begun].join("\n"), elapsed: 0, at };
      store();
      own.form.requestSubmit();
    }
  }

  // What a camera reads comes as from a scanner: whole, and at once.
  document.addEventListener("read", ({ detail }) => {
    kept = { text: `${kept.text}${detail}\n`, elapsed: 0, at: performance.timeOrigin + performance.now() };
    if (leaving) store();
    else feed();
  });

  // -- what is counted ---------------------------------------------------------------------------

  // Between two pages a browser may drop keys, and nobody hears of it: so the page stays, and asks.
  const counted = []; // forms that are not answered yet
  let isCounting = false;

  addEventListener("submit", (event) => {
    const box = event.target.querySelector(COUNTING);
    if (!box || event.defaultPrevented) return;
    event.preventDefault();
    if (box.value.trim()) counted.push([...new FormData(event.target)]);
    box.value = "";
    if (!isCounting) countAll(event.target.action);
  });

  async function countAll(action) {
    isCounting = true;
    try {
      while (counted.length) {
        const answer = await fetch(action, {
          method: "POST",
          body: new URLSearchParams(counted[0]),
          signal: Patience.of(PATIENCE),
        });
        if (!answer.ok || !showCounted(await answer.text())) throw new Error("not counted");
        counted.shift();
      }
    } catch {
      sendCounted();
    }
    isCounting = false;
  }

  // The field stays as it is: somebody may be scanning into it.
  function showCounted(text) {
    const main = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    const next = main && main.querySelector(COUNTING);
    if (!next) return false;
    const box = document.querySelector(COUNTING);
    document.getElementById("main").replaceWith(document.adoptNode(main));
    next.replaceWith(box);
    box.focus();
    scrollTo(0, 0);
    document.dispatchEvent(new Event("told"));
    return true;
  }

  // No answer, or another page: the browser itself sends the code, and says what is wrong.
  function sendCounted() {
    const [first, ...more] = counted.splice(0).map((fields) => Object.fromEntries(fields));
    const box = document.querySelector(COUNTING);
    box.value = first.code;
    box.form.elements.how.value = first.how;
    kept = { text: more.map((one) => `${one.code}\n`).join(""), elapsed: 0, at: performance.timeOrigin + last };
    store();
    leave();
    box.form.submit();
  }

  addEventListener("submit", (event) => { if (!event.defaultPrevented) leave(); });
  addEventListener("beforeunload", leave);
  document.addEventListener("sends", leave); // a filled form is about to go, or stays after all
  document.addEventListener("stays", stay);
  addEventListener("pageshow", stay);
  document.addEventListener("DOMContentLoaded", feed);
})();
