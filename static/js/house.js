// Draws the preview anew while somebody types, as the server sees what is typed. Without JavaScript
// a button does it.
const form = document.querySelector("[data-house]");
const PAUSE = 300;
let waiting = 0;
let asked = 0;

async function redraw() {
  asked += 1;
  const mine = asked;
  const body = new FormData(form);
  body.append("preview", "");
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const drawn = page.querySelector("[data-house-preview]");
  if (drawn) document.querySelector("[data-house-preview]").replaceWith(drawn);
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, PAUSE);
});
