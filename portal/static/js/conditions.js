// Hides the questions of a form that do not apply to the reader's other answers. The server checks this as well; without
// scripts, the form states the condition of each question.

function isShown(form, field) {
  const source = form.querySelector(`[name="${CSS.escape(field.dataset.shownIf)}"]`)
  const above = source?.closest("[data-shown-if]")
  if (above?.hidden) return false
  const given = new FormData(form).getAll(field.dataset.shownIf)
  return field.dataset.shownValue ? given.includes(field.dataset.shownValue) : given.some((value) => value && value !== "False")
}

function update(form) {
  for (const field of form.querySelectorAll("[data-shown-if]")) field.hidden = !isShown(form, field)
}

for (const hint of document.querySelectorAll("[data-condition]")) hint.hidden = true
for (const form of document.querySelectorAll("form:has([data-shown-if])")) {
  update(form)
  form.addEventListener("change", () => update(form))
}
