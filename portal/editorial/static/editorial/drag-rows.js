// A row removed from a stream or list stays hidden in the form. When another row is dragged, Wagtail counts hidden rows
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
