// Rejects a file that is too large before it is sent.

const file = document.querySelector("[data-most-bytes]");
const button = document.querySelector("[data-begin-import]");
const sentence = document.querySelector("[data-upload-error]");

file.addEventListener("change", () => {
  const isTooLarge = (file.files[0]?.size ?? 0) > Number(file.dataset.mostBytes);
  sentence.textContent = isTooLarge ? file.dataset.tooLarge : "";
  sentence.hidden = !isTooLarge;
  button.disabled = isTooLarge;
});
