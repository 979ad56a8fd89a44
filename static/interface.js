// Sends the call of this page as it is filled in. The token stays in the page: nothing is stored.
"use strict";

const form = document.querySelector("form.try");
const told = document.querySelector(".tried .status");
const answer = document.querySelector(".tried .answer");
form.hidden = false;

function request() {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const field of form.querySelectorAll("[data-in]")) {
    const text = field.value.trim();
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(text));
    else if (text && field.dataset.in === "query") query.set(field.name, text);
    else if (text) headers[field.name] = text;
  }
  const token = form.elements.token.value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  const sent = { method: form.dataset.method, headers, credentials: "omit", cache: "no-store" };
  if (form.elements.body) {
    headers["Content-Type"] = "application/json";
    sent.body = form.elements.body.value;
  }
  return [query.size ? `${path}?${query}` : path, sent];
}

async function send() {
  if (!form.reportValidity()) return;
  const button = form.querySelector(".send");
  button.disabled = true;
  told.textContent = told.dataset.textSent;
  answer.hidden = true;
  try {
    const response = await fetch(...request());
    const kind = response.headers.get("Content-Type") || "";
    const text = kind.includes("json") ? JSON.stringify(await response.json(), null, 2) : "";
    told.textContent = `${response.status} ${response.statusText}${text ? "" : ` ${kind}`}`;
    answer.textContent = text;
    answer.hidden = !text;
  } catch (error) {
    told.textContent = `${told.dataset.textAway} ${error.message}`;
  }
  button.disabled = false;
}

form.querySelector(".send").addEventListener("click", send);
