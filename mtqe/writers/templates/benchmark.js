
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const field = (name) => document.querySelector(`[data-show=${name}]`);

  // One score at a time: intervals, who beats whom, by length, by domain.
  const column = field("column");
  if (column) column.addEventListener("change", () => all("[data-column]").forEach((part) => {
    part.hidden = part.dataset.column !== column.value;
  }));

  // Segments of the pair that is chosen, with the issue and the words that are asked for.
  const fields = ["first", "second", "issue", "words"].map(field);
  if (fields.some((one) => !one)) return;
  const [first, second, issue, words] = fields;
  const status = document.getElementById("segments-shown");
  const wanted = (segment) => {
    const found = segment.dataset.issues ? segment.dataset.issues.split(" ") : [];
    const fits = !issue.value || (issue.value === "*" ? found.length > 0 : found.includes(issue.value));
    return fits && segment.textContent.toLowerCase().includes(words.value.trim().toLowerCase());
  };
  const show = () => {
    const pair = [Number(first.value), Number(second.value)].sort((a, b) => a - b).join(" ");
    let [shown, count] = [0, 0];
    all("[data-pair]").forEach((part) => {
      part.hidden = part.dataset.pair !== pair;
      if (part.hidden) return;
      [...part.querySelectorAll(".differ")].forEach((segment) => {
        segment.hidden = !wanted(segment);
        count += 1;
        shown += segment.hidden ? 0 : 1;
      });
    });
    status.textContent = first.value === second.value ? "Choose two systems." : `${shown} of ${count} segments shown`;
  };
  fields.forEach((one) => one.addEventListener("input", show));
  show();
})();
