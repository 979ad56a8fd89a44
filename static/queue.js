// What a registered device captures without a line, kept in its browser until the server has it on
// record: codes of things and of orders, and nothing else; no name is ever let in (SEC-34). Each
// capture holds the hash of the one before, over a text that the server writes alike (F-12, F-13).
// Nothing is decided here, and nothing verified.
"use strict";

class Queue {
  static MOST = 20; // codes of one handoff
  static #NAME = "coi-queue";
  static #ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static #PRINTED = /^(?:([BWLXCP])-)?([0-9A-HJKMNP-TV-Z]{4})-([0-9A-HJKMNP-TV-Z]{8})-([0-9A-HJKMNP-TV-Z])$/;
  static #SYMBOL = /^(\](?:C0|d1|Q1))?(.+)$/s; // what many scanners send before a code

  // -- a code --------------------------------------------------------------------------------------

  // The code as it is kept, or '' for what is none of ours: free text, a badge, a misread.
  static codeOf(raw) {
    const [, symbol = "", text = ""] = Queue.#SYMBOL.exec(raw.trim()) || [];
    const code = text.trim().toUpperCase();
    const parts = code.split("/");
    const isBag = parts.length === 2 && parts[0].startsWith("B-") && !/^[A-Z]-/.test(parts[1]);
    return (isBag || parts.length === 1) && parts.every(Queue.#isWhole) ? symbol + code : "";
  }

  // ISO 7064 MOD 37,36, as in labels/check_character.py.
  static #isWhole(part) {
    const found = Queue.#PRINTED.exec(part);
    if (!found) return false;
    const [, kind = "", issuer, body, check] = found;
    let product = 36;
    for (const one of kind + issuer + body) product = (((product + Queue.#ALPHABET.indexOf(one)) % 36 || 36) * 2) % 37;
    return Queue.#ALPHABET[(37 - product) % 36] === check;
  }

  // -- what is kept --------------------------------------------------------------------------------

  // How far this device is; what it captured; and the codes of the handoff in hand.
  static #kept = new Kept(Queue.#NAME, { chain: {}, captures: { keyPath: "hash" }, "in-hand": { autoIncrement: true } });
  static #do = (stores, mode, work) => Queue.#kept.do(stores, mode, work);
  static #read = (store, ask) => Queue.#do([store], "readonly", ask);

  static chain = () => Queue.#read("chain", (chain) => chain.get("last"));
  static inHand = () => Queue.#read("in-hand", (inHand) => inHand.getAll());
  static async waiting() {
    const found = await Queue.#read("captures", (captures) => captures.getAll());
    return found.sort((a, b) => a.seq - b.seq);
  }

  // Two tabs of one device never take the same place in its chain, and what is read while a handoff
  // becomes a capture is of the next one: it would be wiped out with the codes of this.
  static #alone = (work) => navigator.locks.request(Queue.#NAME, work);

  // -- what is done with it ------------------------------------------------------------------------

  // A code is kept as soon as it is read; gives what became of it: kept, refused, again or full.
  static async hold(raw, how) {
    const code = Queue.codeOf(raw);
    if (!code) return "refused";
    const one = { raw: code, how: how || "typed", at: new Date().toISOString() };
    let became = "kept";
    await Queue.#alone(() => Queue.#do(["in-hand"], "readwrite", (inHand) => {
      const asked = inHand.getAll();
      asked.onsuccess = () => {
        const isThere = asked.result.some((other) => Queue.#plain(other.raw) === Queue.#plain(code));
        if (isThere) became = "again";
        else if (asked.result.length >= Queue.MOST) became = "full";
        else inHand.add(one);
      };
    }));
    return became;
  }

  // The same code has a symbol before it or none, as it was scanned or typed.
  static #plain = (raw) => Queue.#SYMBOL.exec(raw)[2];

  static drop = () => Queue.#do(["in-hand"], "readwrite", (inHand) => inHand.clear());

  // What is in hand becomes the next capture of this device; without anything in hand none.
  static complete(kind) {
    return Queue.#alone(async () => {
      const [last, codes] = [await Queue.chain(), await Queue.inHand()];
      if (!last || !codes.length) return;
      const capture = { device: last.device, seq: last.seq + 1, kind, at: codes[0].at, codes, previous: last.hash };
      capture.hash = await Queue.#hashOf(capture);
      await Queue.#do(["chain", "captures", "in-hand"], "readwrite", (chain, captures, inHand) => {
        captures.add(capture);
        chain.put({ device: last.device, seq: capture.seq, hash: capture.hash }, "last");
        inHand.clear();
      });
    });
  }

  static async #hashOf({ device, seq, kind, at, codes, previous }) {
    const lines = codes.map((one) => `${one.how} ${one.at} ${one.raw}`);
    const text = ["coi capture 1", device, seq, kind, at, previous, ...lines].join("\n");
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (one) => one.toString(16).padStart(2, "0")).join("");
  }

  // What the server has on record is let go of here; where nothing is left, its chain goes on. An
  // answer to another tab that comes after a newer one sets nothing back.
  static handedIn(device, { seq, hash, kept }) {
    return Queue.#alone(async () => {
      const [last, waiting] = [await Queue.chain(), await Queue.waiting()];
      const isLeft = waiting.some((one) => !kept.includes(one.hash));
      const isOlder = last?.device === device && seq < last.seq;
      await Queue.#do(["chain", "captures"], "readwrite", (chain, captures) => {
        for (const one of kept) captures.delete(one);
        if (!isLeft && !isOlder) chain.put({ device, seq, hash }, "last");
      });
    });
  }
}
