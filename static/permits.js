// The permits that this device was given while it had a line (F-15): codes and times, signed. Each
// ends by the time that it says, by the time that has passed here since it was given, and with a clock that
// was set back. Whatever is not sure is no permit.
"use strict";

class Permits {
  static #kept = new Kept("coi-permits", { permits: { keyPath: "id" }, clock: {} });
  static #BACK = 2000; // milliseconds: clocks that the network sets step a little
  static #LONGEST = 60 * 60000;
  static #FORMAT = "coi permit 1";
  static #OF_A_LOOK_ALIKE = ["coi permit 2", "look-alike"]; // its first line, and its last
  static #began = { at: Date.now(), passed: performance.now() };

  // The server says what this device may hold; all else is forgotten. Gives what ended early.
  static async renew(told) {
    const [before, now] = [await Permits.#all(), Date.now()];
    const anew = told.map(({ text, signature, left }) => ({ id: text.split("\n")[1], text, signature, until: now + left }));
    await Permits.#kept.do(["permits", "clock"], "readwrite", (permits, clock) => {
      permits.clear();
      for (const one of anew) permits.put(one);
      clock.put(now, "seen");
    });
    return before.filter((one) => one.until > now && !anew.some((other) => other.id === one.id));
  }

  static #all = () => Permits.#kept.do(["permits"], "readonly", (permits) => permits.getAll());
  static #seen = () => Permits.#kept.do(["clock"], "readonly", (clock) => clock.get("seen"));

  // Time goes on, and never back: what was seen last is kept. A clock that was set back ends them all.
  static async now() {
    const [now, seen] = [Date.now(), await Permits.#seen() ?? 0];
    const passed = Permits.#began.at + performance.now() - Permits.#began.passed;
    if (now < Math.max(seen, passed) - Permits.#BACK) {
      await Permits.#kept.do(["permits"], "readwrite", (permits) => permits.clear());
      return Infinity;
    }
    await Permits.#kept.do(["clock"], "readwrite", (clock) => clock.put(Math.max(now, seen), "seen"));
    return Math.max(now, seen, passed);
  }

  // The permit of this device by which these three belong together: until when, and whether the patient
  // looks like another; null for none.
  static async of(key, device, { order, wristband, bag }) {
    const now = await Permits.now();
    for (const one of await Permits.#all()) {
      const lines = one.text.split("\n");
      const [format, , of, coi, band, label, issued, expires, mark] = lines;
      const end = Math.min(one.until, Date.parse(expires));
      const [first, last] = Permits.#OF_A_LOOK_ALIKE;
      const looksAlike = format === first && mark === last && lines.length === 9;
      const isOurs = looksAlike || (format === Permits.#FORMAT && lines.length === 8);
      const fits = isOurs && of === device && order === coi && wristband === band && bag === `${label}/${coi}`;
      const isInTime = now < end && Date.parse(expires) - Date.parse(issued) <= Permits.#LONGEST;
      if (fits && isInTime && await Permits.#isSigned(key, one)) return { end, looksAlike };
    }
    return null;
  }

  // A browser that knows no Ed25519 accepts none.
  static async #isSigned(key, { text, signature }) {
    const bytes = (told) => Uint8Array.from(atob(told), (one) => one.charCodeAt(0));
    try {
      const read = await crypto.subtle.importKey("raw", bytes(key), "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", read, bytes(signature), new TextEncoder().encode(text));
    } catch {
      return false;
    }
  }
}
