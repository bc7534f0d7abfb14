// One connection for all pages of a browser, which keeps no more than six to one server over HTTP/1.1.
"use strict";
const kinds = ["document.stored", "document.revised", "document.failed", "figure.changed", "dispute.opened",
  "dispute.closed", "story.merged", "record.corrected"];
const pages = new Set();
const source = new EventSource("/api/events");
const tell = (message) => { for (const page of pages) page.postMessage(message); };
source.onopen = () => tell({ state: "open" });
source.onerror = () => tell({ state: "error" });
for (const kind of kinds) {
  source.addEventListener(kind, (event) => tell({ kind, data: event.data, id: event.lastEventId }));
}
self.onconnect = (event) => {
  const page = event.ports[0];
  pages.add(page);
  page.onmessage = (message) => { if (message.data === "bye") pages.delete(page); };
  page.start();
  if (source.readyState === EventSource.OPEN) page.postMessage({ state: "open" });
};
