// What a page keeps in its browser: a few named stores, each change whole or not at all.
"use strict";

class Kept {
  #name;
  #stores;

  constructor(name, stores) {
    [this.#name, this.#stores] = [name, stores];
  }

  #open() {
    return new Promise((tell, fail) => {
      const asked = indexedDB.open(this.#name, 1);
      asked.onupgradeneeded = () => {
        for (const [store, how] of Object.entries(this.#stores)) asked.result.createObjectStore(store, how);
      };
      asked.onsuccess = () => tell(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }

  // Gives what the request gave that `work` returns, once all of it is written for good.
  async do(stores, mode, work) {
    const kept = await this.#open();
    try {
      return await new Promise((tell, fail) => {
        const all = kept.transaction(stores, mode, { durability: "strict" });
        const asked = work(...stores.map((name) => all.objectStore(name)));
        all.oncomplete = () => tell(asked && asked.result);
        all.onabort = () => fail(all.error);
      });
    } finally {
      kept.close();
    }
  }
}
