// Inserts pasted content into a text editor, or as blocks of the stream that contains its paragraph.
"use strict";

const paste = (window.portalPaste ??= {});

// Draft.js does not know this type. With a type that it knows, it would join the paste with earlier input, and Draftail
// would turn a pasted “1. January” into a list.
const CHANGE = "portal-paste";

const id = () => window.crypto.randomUUID?.() ?? null;
const editorIn = (element) => [...element.querySelectorAll("input")].find((input) => input.draftailEditor)?.draftailEditor;

// The editor around an element, and its stream. `child` is the editor's paragraph in the stream, `outer` the block that
// contains it. Null outside a text editor.
paste.placeOf = (element) => {
  const wrapper = element.closest?.("[data-draftail-editor-wrapper]");
  const editor = wrapper && editorIn(wrapper.parentNode);
  if (!editor) return null;
  const field = wrapper.closest("[data-contentpath]:not([data-contentpath] *)");
  const bound = field && window.wagtail.editHandler?.getPanelByName(field.dataset.contentpath)?.getBoundWidget?.();
  const outer = bound?.children?.find((child) => child.element.contains(wrapper));
  const stream = outer ? bound : null;
  return { wrapper, editor, stream, outer, child: outer?.type === "paragraph" ? outer : null };
};

paste.offers = ({ stream }, type) => Boolean(stream?.blockDef.childBlockDefsByName[type]);

// Lines as Draft.js stores them, with only the styles, lists and links that the editor supports.
function rawOf(lines, { inlineStyles, blockTypes, entityTypes }) {
  const has = (controls, type) => controls.some((control) => control.type === type);
  const entityMap = {};
  const blocks = lines.map((line) => {
    const isOffered = has(blockTypes, line.type);
    const block = { text: "", type: isOffered ? line.type : "unstyled", depth: isOffered ? line.depth : 0, inlineStyleRanges: [], entityRanges: [] };
    for (const { text, styles, link } of line.spans) {
      const range = { offset: block.text.length, length: text.length };
      block.text += text;
      block.inlineStyleRanges.push(...styles.filter((style) => has(inlineStyles, style)).map((style) => ({ ...range, style })));
      if (!link || !has(entityTypes, "LINK")) continue;
      const key = Object.keys(entityMap).length;
      entityMap[key] = { type: "LINK", mutability: "MUTABLE", data: { url: link } };
      block.entityRanges.push({ ...range, key });
    }
    return block;
  });
  return { blocks, entityMap };
}

function withLines(state, lines, editor) {
  const { EditorState, Modifier, convertFromRaw } = window.DraftJS;
  const content = state.getCurrentContent();
  const pasted = convertFromRaw(rawOf(lines, editor.props));
  // Draft.js would give a single list item the type of the empty paragraph.
  if (!content.hasText()) return EditorState.moveFocusToEnd(EditorState.push(state, pasted, CHANGE));
  return EditorState.push(state, Modifier.replaceWithFragment(content, state.getSelection(), pasted.getBlockMap()), CHANGE);
}

function setCaret(editor, isAtStart = false) {
  const { EditorState, SelectionState } = window.DraftJS;
  editor.focus();
  const state = editor.getEditorState();
  const content = state.getCurrentContent();
  const block = isAtStart ? content.getFirstBlock() : content.getLastBlock();
  const offset = isAtStart ? 0 : block.getLength();
  const selection = SelectionState.createEmpty(block.getKey()).merge({ anchorOffset: offset, focusOffset: offset, hasFocus: true });
  editor.onChange(EditorState.forceSelection(state, selection));
}

// Comments of a paragraph that is split.
function moveComments(from, to, isMoved = () => true) {
  const { commentApp } = window.comments ?? {};
  const [here, there] = [from.getContentPath(), to.getContentPath()];
  if (!commentApp || !here || !there) return;
  const comments = commentApp.utils.selectCommentsForContentPathFactory(here)(commentApp.store.getState());
  for (const comment of comments) if (isMoved(comment)) commentApp.updateContentPath(comment.localId, there);
}

// The changes of one paste: `added` are blocks, and `restore` undoes changes in the editor.
function recordOf({ stream, editor, outer }, { added = [], pictures = [], isNative = false, written = editor, restore }) {
  const blocks = () => (outer ? [outer, ...added] : []);
  // The number of undo steps shows each change in an editor.
  const steps = (_name, value) => (value?.getUndoStack ? value.getUndoStack().size : value);
  const print = () => JSON.stringify([editor.getEditorState(), ...added.map((block) => block.getState())], steps);
  let known = print();
  const isUnchanged = () => blocks().every((block) => stream.children.includes(block)) && print() === known;
  return {
    stream,
    pictures,
    isNative,
    isUnchanged,
    // The place where typing continues.
    focus: () => written.focus(),
    takeBack() {
      restore();
      for (const block of added.filter((each) => stream.children.includes(each))) stream.deleteBlock(stream.children.indexOf(block));
      editor.focus();
    },
    addPicture(picture, image) {
      const wasUnchanged = isUnchanged();
      const { children, blockDef } = stream;
      const isThere = (block) => children.includes(block);
      const index = isThere(picture.after) ? picture.after.index + 1 : isThere(picture.before) ? picture.before.index : children.length;
      const value = { ...blockDef.initialChildStates.figure, image, alt: picture.alt || image.default_alt_text || "", caption: picture.caption };
      const figure = stream.insert({ type: "figure", value, id: id() }, index);
      added.push(figure);
      // The next block at the same place goes below this one.
      for (const other of pictures.filter(({ after }) => after && after === picture.after)) other.after = figure;
      if (wasUnchanged) known = print();
    },
  };
}

// Insert into one editor. The editor's own undo reverts this.
function insertLines(place, lines, pictures) {
  const { editor, outer } = place;
  if (lines.length) editor.onChange(withLines(editor.getEditorState(), lines, editor));
  const restore = () => { if (lines.length) editor.onChange(window.DraftJS.EditorState.undo(editor.getEditorState())); };
  return recordOf(place, { pictures: pictures.map((picture) => ({ ...picture, after: outer })), isNative: true, restore });
}

function blockOf(piece, { stream, editor }) {
  if (piece.kind === "text") return { type: "paragraph", value: JSON.stringify(rawOf(piece.lines, editor.props)), id: id() };
  const { kind: type, rows, ...texts } = piece;
  const value = { ...stream.blockDef.initialChildStates[type], ...texts };
  if (rows) {
    const columns = rows[0].map((heading) => ({ type: "text", heading }));
    value.table = { columns, rows: rows.slice(1).map((values) => ({ values })), caption: "" };
  }
  return { type, value, id: id() };
}

// The paragraph with the caret is split. Its own block gets the text before the caret and the first pasted text.
function insertBlocks(place, pieces, notes) {
  const { stream, child, editor } = place;
  const { EditorState, Modifier } = window.DraftJS;
  const before = editor.getEditorState();
  const selection = before.getSelection();
  const cleared = Modifier.removeRange(before.getCurrentContent(), selection, "forward");
  const split = window.draftail.splitState(selection.isCollapsed() ? before : EditorState.push(before, cleared, CHANGE));
  const hasText = (state) => state.getCurrentContent().hasText();
  const slots = pieces.map((piece) => ({ piece }));
  if (hasText(split.stateBefore) && pieces[0].kind !== "text") slots.unshift({ state: split.stateBefore });
  const isTextLast = pieces.filter(({ kind }) => kind !== "picture").at(-1)?.kind === "text";
  // If there is no text after the caret, add an empty paragraph for further typing.
  const rest = { state: split.stateAfter };
  if (hasText(split.stateAfter) || !isTextLast) slots.push(rest);

  const own = slots.findIndex(({ state, piece }) => state || piece.kind === "text");
  const state = slots[own].state ?? withLines(EditorState.moveSelectionToEnd(split.stateBefore), slots[own].piece.lines, editor);
  // Earlier undo steps would restore half the text.
  editor.onChange(EditorState.set(state, { undoStack: state.getUndoStack().clear(), redoStack: state.getRedoStack().clear() }));
  slots[own].block = child;
  const added = [];
  let index = child.index;
  for (const slot of slots) {
    if (!slot.block && slot.piece?.kind !== "picture") {
      slot.block = stream.insert(slot.piece ? blockOf(slot.piece, place) : { type: "paragraph", value: slot.state, id: id() }, index);
      added.push(slot.block);
    }
    if (slot.block) index += 1;
  }
  added.push(...notes.map((piece) => stream.insert(blockOf(piece, place), stream.children.length)));
  const isMoved = rest.block && rest.block !== child;
  if (isMoved) moveComments(child, rest.block, split.shouldMoveCommentFn);

  const pictures = slots.flatMap(({ piece }, number) => piece?.kind === "picture" ? {
    ...piece.picture,
    after: slots.slice(0, number).findLast(({ block }) => block)?.block,
    before: slots.slice(number).find(({ block }) => block)?.block,
  } : []);
  const text = isTextLast ? slots.findLast(({ piece }) => piece?.kind === "text").block : rest.block;
  const written = editorIn(text.element);
  setCaret(written, !isTextLast);
  const restore = () => {
    editor.onChange(EditorState.forceSelection(before, selection));
    if (isMoved) moveComments(rest.block, child);
  };
  return recordOf(place, { added, pictures, written, restore });
}

// Returns the changes of the paste. `found` is the pasted content; `noteTitle` is the heading of its notes.
paste.insert = (place, { pieces, notes }, noteTitle) => {
  const pictures = pieces.flatMap(({ picture }) => picture ?? []);
  const texts = pieces.filter(({ kind }) => kind !== "picture");
  const ending = notes.length ? [{ kind: "heading", text: noteTitle, level: "h2" }, { kind: "text", lines: notes }] : [];
  const isText = texts.every(({ kind }) => kind === "text" || !paste.offers(place, kind));
  if (!place.child || !texts.length || (isText && !notes.length && pieces.length === texts.length)) {
    return insertLines(place, paste.linesOf([...texts, ...ending]), pictures);
  }
  const joined = [];
  for (const piece of pieces) {
    if (piece.kind === "picture" || (piece.kind !== "text" && paste.offers(place, piece.kind))) joined.push(piece);
    else if (joined.at(-1)?.kind === "text") joined.at(-1).lines.push(...paste.linesOf([piece]));
    else joined.push({ kind: "text", lines: [...paste.linesOf([piece])] });
  }
  return insertBlocks(place, joined, ending);
};

// A link replaces its own URL, or surrounds the selected text.
paste.insertLink = ({ editor }, url) => {
  const { EditorState, Modifier, RichUtils } = window.DraftJS;
  const state = editor.getEditorState();
  const selection = state.getSelection();
  const content = state.getCurrentContent().createEntity("LINK", "MUTABLE", { url });
  const entity = content.getLastCreatedEntityKey();
  editor.onChange(selection.isCollapsed()
    ? EditorState.push(state, Modifier.insertText(content, selection, url, null, entity), CHANGE)
    : RichUtils.toggleLink(state, selection, entity));
};

// Scrolls the caret between the bars at the top and bottom of the screen.
paste.showCaret = () => requestAnimationFrame(() => {
  const { focusNode, rangeCount } = document.getSelection();
  if (!rangeCount) return;
  const element = focusNode instanceof Element ? focusNode : focusNode.parentElement;
  const box = document.getSelection().getRangeAt(0).getClientRects()[0] ?? element.getBoundingClientRect();
  const height = window.visualViewport?.height ?? window.innerHeight;
  if (box.top > height * 0.2 && box.bottom < height * 0.7) return;
  let scroller = element;
  while (scroller && !(scroller.scrollHeight > scroller.clientHeight && /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement;
  (scroller ?? document.scrollingElement).scrollBy({ top: box.top - height * 0.45, behavior: "instant" });
});
