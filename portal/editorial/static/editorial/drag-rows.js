// A removed row of a stream or list stays in the form, hidden. When another row is dragged, Wagtail counts hidden rows
// and assigns the wrong order. This script counts visible rows only.
"use strict";

const SHOWN = '[data-streamfield-child]:not([aria-hidden="true"])';

const { StreamBlock, ListBlock } = window.wagtailStreamField?.blocks ?? {};
for (const { prototype } of [StreamBlock, ListBlock].filter(Boolean)) {
  const { initDragNDrop } = prototype;
  prototype.initDragNDrop = function () {
    initDragNDrop.call(this);
    this.sortable.option("draggable", SHOWN);
  };
}
