// Stands between a registered device and the line. While there is a line it changes nothing; where
// there is none it shows the page that says so, in the language of the page that was last open here.
// It keeps that page in each language and its files, and nothing that anybody was ever shown. What it keeps stands in SHELL, which the server writes above this line.
"use strict";

const NAME = `coi-shell-${SHELL.version}`;
const [LANGUAGE, LAST] = ["coi-language", "/offline?last"]; // where the pages note it: device.js
const PATIENCE = 20000; // so long a page may take to come before the line counts as gone
const NO_LINE = [502, 503, 504]; // what stands before a server says, where it reaches none

addEventListener("install", (event) => event.waitUntil(keepShell().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== location.origin) return;
  if (request.mode === "navigate") {
    // A form that another site sends goes its own way: the server is to see where it comes from.
    if (request.method === "GET" || request.referrer.startsWith(`${location.origin}/`)) event.respondWith(pageOf(request));
  } else if (isOfShell(request.url)) event.respondWith(fileOf(request));
});

// All of it is fetched without anybody's cookie: it is the same for everybody.
async function keepShell() {
  const shell = await caches.open(NAME);
  const wanted = [...Object.values(SHELL.pages), ...SHELL.files];
  await shell.addAll(wanted.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
}

async function dropOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("coi-shell-") && name !== NAME);
  await Promise.all(others.map((name) => caches.delete(name)));
}

// A page of the server, or the one that says that there is none. What a form sends is not given up
// before the line is: it may be recorded all the same, and the page says that too.
async function pageOf(request) {
  try {
    const answer = await (request.method === "GET" ? Promise.race([fetch(request), late()]) : fetch(request));
    // The server's own answers say by which policy they are shown; what stands before it does not.
    const isOurs = !NO_LINE.includes(answer.status) || answer.headers.has("Content-Security-Policy");
    return isOurs ? answer : await noLine();
  } catch {
    return noLine();
  }
}

const late = () => new Promise((_, fail) => { setTimeout(() => fail(new Error("no answer")), PATIENCE); });

async function noLine() {
  const last = await (await caches.open(LANGUAGE)).match(LAST);
  const wanted = [last && await last.text(), navigator.language.slice(0, 2)];
  const language = wanted.find((one) => one in SHELL.pages) || Object.keys(SHELL.pages)[0];
  return (await caches.open(NAME)).match(SHELL.pages[language]);
}

const pathOf = (address) => address.slice(location.origin.length);
const isOfShell = (address) => SHELL.files.includes(pathOf(address));

// What the page itself loads is that of its own version, whether there is a line or not.
async function fileOf(request) {
  const kept = await (await caches.open(NAME)).match(request.url);
  if (kept && pathOf(request.url).includes("?shell=")) return kept;
  return fetch(request).catch(() => kept || Response.error());
}
