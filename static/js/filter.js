// Narrows a long consent screen to what is looked for. Without JavaScript the field stays hidden,
// and every scope is in reach as it is.
const filter = document.querySelector("[data-filter]");
const field = filter.querySelector("input");
const status = filter.querySelector("[role=status]");
const rows = [...document.querySelectorAll(".scope")];
const groups = [...document.querySelectorAll(".scope-group")];
const template = status.dataset.text;

function ticked() {
  return rows.filter((row) => row.querySelector("input[name=scope]:checked")).length;
}

function say() {
  const shown = rows.filter((row) => !row.hidden).length;
  status.textContent = template
    .replace("{shown}", shown)
    .replace("{all}", rows.length)
    .replace("{ticked}", ticked());
}

function narrow() {
  const wanted = field.value.trim().toLowerCase();
  for (const row of rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
  }
  for (const group of groups) {
    const found = group.querySelector(".scope:not([hidden])");
    group.hidden = !found;
    group.open = group.open || (wanted !== "" && Boolean(found));
  }
  say();
}

field.addEventListener("input", narrow);
document.addEventListener("change", say);
filter.hidden = false;
narrow();
