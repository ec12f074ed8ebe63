// Reads a table as rows of cells.
"use strict";

const paste = (window.portalPaste ??= {});

const MOST_COLUMNS = 30;
const PARTS = "table, h1, h2, h3, h4, blockquote, figure, form";

// Whether a table is only used for layout: its cells are read one after another.
paste.isLayout = (table) => {
  const width = Math.max(0, ...[...table.rows].map((row) => row.cells.length));
  const isNoTable = ["presentation", "none"].includes(table.getAttribute("role"));
  return isNoTable || table.rows.length < 2 || width < 2 || width > MOST_COLUMNS || table.querySelector(PARTS) !== null;
};

// Rows of equal length. A cell across several columns or rows fills the first; the others are empty. `textOf` is called
// once per cell.
paste.rowsOf = (table, textOf) => {
  const rows = [];
  // For each column, the number of rows that the cell above still covers.
  const covered = [];
  for (const row of table.rows) {
    const cells = [];
    const passCovered = () => {
      while (covered[cells.length] > 0) {
        covered[cells.length] -= 1;
        cells.push("");
      }
    };
    for (const cell of row.cells) {
      passCovered();
      const text = textOf(cell);
      for (let step = 0; step < Math.min(cell.colSpan, MOST_COLUMNS); step += 1) {
        covered[cells.length] = cell.rowSpan - 1;
        cells.push(step ? "" : text);
      }
    }
    passCovered();
    if (cells.some(Boolean)) rows.push(cells);
  }
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  return rows.map((cells) => [...cells, ...Array(width - cells.length).fill("")]);
};
