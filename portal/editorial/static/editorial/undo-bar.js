// Takes the message about a deletion away after its minute, but not from under the pointer or the focus.
for (const form of document.querySelectorAll("[data-undo-seconds]")) {
  const bar = form.closest("li") ?? form;
  const list = bar.parentElement;

  // Screen readers announce what is added to the status region later, not what it had from the start.
  if ("undoNew" in form.dataset) {
    bar.remove();
    setTimeout(() => list.append(bar), 150);
  }

  const leave = () => {
    if (bar.matches(":hover, :focus-within")) {
      setTimeout(leave, 1000);
    } else {
      bar.remove();
    }
  };
  setTimeout(leave, Number(form.dataset.undoSeconds) * 1000);
}
