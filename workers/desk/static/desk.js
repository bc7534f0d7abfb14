// What the desk does beside showing pages: one stream of events for all tabs, keys, and spans selected in a text.
// Everything here is a convenience: without it every page is read and every form sent all the same.
"use strict";
(() => {
  const version = document.body.dataset.version;
  const live = document.getElementById("live");

  function state(name) {
    live.hidden = name !== "open";
  }

  // Stands in for an EventSource; its events come from the worker that all tabs share.
  class SharedSource {
    constructor(url) {
      this.url = url;
      this.readyState = 0;
      this.story = new URL(url, location.href).searchParams.get("story");
      this.listeners = new Map();
      this.port = new SharedWorker("/static/events-worker.js?" + version).port;
      this.port.onmessage = (message) => this.take(message.data);
      this.port.start();
      addEventListener("pagehide", () => this.port.postMessage("bye"));
    }
    take(message) {
      if (message.state) {
        this.readyState = message.state === "open" ? 1 : 0;
        state(message.state);
        if (message.state === "open" && this.onopen) this.onopen(new Event("open"));
        return;
      }
      if (this.story && JSON.parse(message.data).story_id !== this.story) return;
      const event = new MessageEvent(message.kind, { data: message.data, lastEventId: message.id });
      for (const listener of this.listeners.get(message.kind) || []) listener(event);
    }
    addEventListener(kind, listener) {
      if (!this.listeners.has(kind)) this.listeners.set(kind, new Set());
      this.listeners.get(kind).add(listener);
    }
    removeEventListener(kind, listener) {
      this.listeners.get(kind)?.delete(listener);
    }
    close() {
      this.readyState = 2;
      this.port.postMessage("bye");
    }
  }

  if (window.htmx) {
    htmx.createEventSource = (url) => {
      if (window.SharedWorker) return new SharedSource(url);
      const source = new EventSource(url);
      source.addEventListener("open", () => state("open"));
      source.addEventListener("error", () => state("error"));
      return source;
    };
  }

  // j and k go from row to row, o opens one, / searches.
  function rows() {
    return [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  }
  let current = null;
  function go(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current);
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    current?.classList.remove("current");
    current = next;
    current.classList.add("current");
    const link = current.querySelector("a[href]");
    (link || current).focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o") current?.querySelector("a[href]")?.click();
    else if (event.key === "/") document.getElementById("find").focus();
    else return;
    event.preventDefault();
  });

  // A span selected in the text, in code points as the records count: JavaScript counts UTF-16 units.
  const text = document.getElementById("text");
  const points = (string) => [...string].length;
  function place(node, offset) {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!piece || !text.contains(piece)) return null;
    const range = document.createRange();
    range.selectNodeContents(piece);
    range.setEnd(node, offset);
    return Number(piece.dataset.start) + points(range.toString());
  }
  if (text) {
    document.addEventListener("selectionchange", () => {
      const selection = getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return;
      const range = selection.getRangeAt(0);
      const start = place(range.startContainer, range.startOffset);
      const end = place(range.endContainer, range.endOffset);
      if (start === null || end === null || start >= end) return;
      const values = { start, end, words: range.toString() };
      for (const [name, value] of Object.entries(values)) {
        for (const input of document.querySelectorAll(`[data-selected="${name}"]`)) input.value = value;
      }
    });
    for (const input of document.querySelectorAll('[data-selected="words"]')) {
      input.addEventListener("input", () => {
        for (const other of input.form.querySelectorAll('[data-selected="start"], [data-selected="end"]')) other.value = "";
      });
    }
    text.addEventListener("click", (event) => {
      const figure = event.target.closest("[data-claim]");
      if (figure && getSelection().isCollapsed) location.hash = "claim-" + figure.dataset.claim;
    });
  }
})();
