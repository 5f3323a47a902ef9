// Asks now and then whether the answer is there, and shows it. Without JavaScript the page reloads.
const EVERY = 3000;
const here = document.querySelector("[data-waiting]");

async function look() {
  // Only the browser itself may follow: the way leads on to the application, with its answer.
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("[data-waiting]");
  const isTyping = document.activeElement.matches("textarea");
  if (answer.ok && there && there.textContent !== here.textContent && !isTyping) {
    location.reload();
  }
}

setInterval(() => {
  if (!document.hidden) {
    look().catch(() => {});
  }
}, EVERY);
