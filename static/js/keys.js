// Keys that lead to a control, never press it: nobody approves by a slip of the finger.
const controls = [...document.querySelectorAll("[data-key]")];

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const control = controls.find((one) => one.dataset.key === event.key.toLowerCase());
  if (control) {
    event.preventDefault();
    control.focus();
  }
});
