// The boxes inside a scope follow its own: off with it, and while some are left out the scope is
// marked as given in part. Without JavaScript the style sheet hides the boxes of what is not given.
for (const row of document.querySelectorAll(".scope")) {
  const outer = row.querySelector("input[name=scope]");
  const inner = [...row.querySelectorAll("input[name=claim]")];
  const follow = () => {
    for (const box of inner) {
      box.disabled = !outer.checked;
    }
    outer.indeterminate = outer.checked && inner.some((box) => !box.checked);
  };
  if (outer && inner.length > 0) {
    row.addEventListener("change", follow);
    // Also after going back, when the browser has put the ticks where they were.
    window.addEventListener("pageshow", follow);
    follow();
  }
}
