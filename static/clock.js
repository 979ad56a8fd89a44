// A time as every page shows it: by the clock of this device, with its offset; the day as it is
// written in the language of the page.
"use strict";

class Clock {
  static #two = (number) => String(number).padStart(2, "0");

  static minute(at) {
    const ahead = -at.getTimezoneOffset();
    const [hours, minutes] = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map(Clock.#two);
    return `${Clock.#two(at.getHours())}:${Clock.#two(at.getMinutes())} ${ahead < 0 ? "-" : "+"}${hours}:${minutes}`;
  }

  static moment(at) {
    const parts = [String(at.getFullYear()).padStart(4, "0"), Clock.#two(at.getMonth() + 1), Clock.#two(at.getDate())];
    const day = document.documentElement.lang === "de" ? parts.reverse().join(".") : parts.join("-");
    return `${day} ${Clock.minute(at)}`;
  }
}
