// How long a page waits for an answer, to its last byte. Not by AbortSignal.timeout: older browsers
// have none, and would send nothing.
"use strict";

class Patience {
  // What ends a request after so many milliseconds, unless it is over by then.
  static of(pause) {
    const ending = new AbortController();
    setTimeout(() => ending.abort(), pause);
    return ending.signal;
  }
}
