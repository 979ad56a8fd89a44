// Whether a code came from a scanner: key by key, each of its characters, faster than any hand.
// What was pasted, filled in by the browser, or typed did not. Without this script nobody can tell,
// and nothing counts as scanned. Nothing is decided here: the server takes the claim for one.
"use strict";

class Pace {
  static FAST = 30; // milliseconds from key to key: no hand is so quick for a whole code
  static HAND = 50; // the same on average: a scanner over the air takes its time, a hand takes more
  static PAUSE = 250; // a hiccup of the machine; after a longer pause something else begins
  static SHORTEST = 6; // characters: less is no code, and may be a hand that was quick twice
  static AROUND = "coi.scanner"; // where this device keeps what its scanner adds around each code
  static around = Pace.#kept();
  static last = -Infinity; // when the last key came
  static #of = new WeakMap(); // what each field's present code came at

  #keys = 0;
  #elapsed = 0;
  #slowest = 0;

  static of(field) {
    if (!Pace.#of.has(field)) Pace.#of.set(field, new Pace());
    return Pace.#of.get(field);
  }

  static #kept() {
    try {
      return { before: "", after: "", ...JSON.parse(localStorage.getItem(Pace.AROUND)) };
    } catch {
      return { before: "", after: "" };
    }
  }

  // What a scanner sent, without what it adds; what lacks one of the two was sent otherwise, and stays.
  static bare(text) {
    const { before, after } = Pace.around;
    const isAround = text.length > before.length + after.length && text.startsWith(before) && text.endsWith(after);
    return isAround ? text.slice(before.length, text.length - after.length) : text;
  }

  // A key came, so long after the one before; the first of a code begins anew.
  key(gap, isFirst) {
    if (isFirst) this.begin(1);
    else {
      this.#keys += 1;
      this.#elapsed += gap;
      this.#slowest = Math.max(this.#slowest, gap);
    }
  }

  // So many keys of a scanner were seen elsewhere, and are in the field now.
  begin(keys) {
    [this.#keys, this.#elapsed, this.#slowest] = [keys, 0, 0];
  }

  // A hand corrected something, or it was pasted.
  spoil() {
    this.#slowest = Infinity;
  }

  isScanned(text) {
    return text.length >= Pace.SHORTEST && this.#keys >= text.length &&
      this.#slowest < Pace.PAUSE && this.#elapsed < Pace.HAND * (this.#keys - 1);
  }
}

// -- the fields of a step: one code, or one on each line ----------------------------------------------

(() => {
  const isCodes = (element) => element instanceof Element && element.matches("[data-scan], [data-scans]");

  // The line in which somebody writes.
  const lineOf = (field) => field.value.slice(0, field.selectionStart).split("\n").pop();

  addEventListener("keydown", (event) => {
    const gap = event.timeStamp - Pace.last;
    if (/^(Shift|Control|Alt|AltGraph|Meta|CapsLock|NumLock|Dead)$/.test(event.key)) return;
    Pace.last = event.timeStamp;
    const field = event.target;
    const isCommand = event.metaKey || (event.ctrlKey !== event.altKey && !event.getModifierState("AltGraph"));
    if (!isCodes(field) || isCommand) return;
    if (event.key === "Enter") claimLine(field);
    else if (event.key.length === 1) Pace.of(field).key(gap, lineOf(field) === "");
    else Pace.of(field).spoil();
  }, true);

  addEventListener("input", (event) => {
    const isKey = /^insert(Text|LineBreak)$/.test(event.inputType);
    if (isCodes(event.target) && !isKey) Pace.of(event.target).spoil();
  }, true);

  addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll("[data-scan]")) {
      const isScanned = Pace.of(field).isScanned(field.value);
      event.target.elements.how.value = isScanned ? "scanned" : "typed";
      if (isScanned) field.value = Pace.bare(field.value.trim());
    }
    for (const field of event.target.querySelectorAll("[data-scans]")) claimLine(field);
  }, true);

  // Say beside a field of many lines which of them a scanner wrote.
  function claimLine(field) {
    const line = lineOf(field);
    if (!field.matches("[data-scans]") || !Pace.of(field).isScanned(line)) return;
    const code = Pace.bare(line.trim()), end = field.selectionStart;
    if (code !== line.trim()) field.setRangeText(code, end - line.length, end, "end");
    field.form.elements.scanned.value += `\n${code}`;
    Pace.of(field).begin(0);
  }
})();
