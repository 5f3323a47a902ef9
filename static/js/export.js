// Shows how far an export has come, and saves the file when it is whole. Without JavaScript, or
// without streams, the form is an ordinary download.
const form = document.querySelector("[data-export]");
const running = form.querySelector(".export-running");
const bar = running.querySelector("progress");
const status = running.querySelector("[role=status]");
const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
const NEWLINE = 10;

function say(text, done, all) {
  status.textContent = text
    .replace("{done}", number.format(done))
    .replace("{all}", number.format(all));
}

function lines(bytes) {
  let found = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) found += 1;
  return found;
}

function save(parts, response) {
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: response.headers.get("Content-Type") }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function receive(response) {
  const all = Number(response.headers.get("X-Export-Rows"));
  const reader = response.body.getReader();
  const parts = [];
  let seen = 0;
  bar.max = Math.max(all, 1);
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    // A line break inside a cell counts too; the bar stops at its end.
    seen += lines(read.value);
    bar.value = Math.min(seen, all);
    say(form.dataset.progress, bar.value, all);
  }
  if (seen < all) throw new Error("cut off");
  bar.value = bar.max;
  say(form.dataset.finished, all, all);
  save(parts, response);
}

async function run(event) {
  event.preventDefault();
  const stop = new AbortController();
  const buttons = form.querySelectorAll("button[name=format]");
  const body = new FormData(form, event.submitter);
  running.querySelector("[data-stop]").onclick = () => stop.abort();
  running.hidden = false;
  bar.removeAttribute("value");
  status.textContent = "";
  for (const button of buttons) button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body, signal: stop.signal });
    if (!response.ok) throw new Error(response.statusText);
    await receive(response);
  } catch {
    bar.value = 0;
    status.textContent = form.dataset.stopped;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

if (window.ReadableStream && "submitter" in SubmitEvent.prototype) {
  form.addEventListener("submit", run);
}
