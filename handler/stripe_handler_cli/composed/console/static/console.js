// The console's only script: live fragments, the link to copy, and forms that are sent once.
// Fragments come escaped from the server and are put into the places of their ids; nothing is made here.
"use strict";

(() => {
  const connection = document.getElementById("connection");

  const say = (text) => {
    if (connection && connection.textContent !== text) connection.textContent = text;
  };

  // A part that is open, or has the focus, stays so when its place is filled anew.
  const fill = (place, text) => {
    const open = [...place.querySelectorAll("details")].map((one) => one.open);
    const focused = [...place.querySelectorAll("a, button, summary")].indexOf(document.activeElement);
    place.innerHTML = text;
    place.querySelectorAll("details").forEach((one, number) => {
      one.open = open[number] || false;
    });
    if (focused >= 0) {
      const again = place.querySelectorAll("a, button, summary")[focused];
      if (again) again.focus();
    }
  };

  const follow = (element) => {
    const source = new EventSource(element.dataset.live);
    source.addEventListener("message", (message) => {
      say("");
      for (const [id, text] of Object.entries(JSON.parse(message.data))) {
        const place = document.getElementById(id);
        if (place) fill(place, text);
      }
      document.documentElement.dataset.live = "yes";
    });
    source.addEventListener("end", () => {
      source.close();
      document.documentElement.dataset.live = "ended";
    });
    source.addEventListener("trouble", (message) => {
      source.close();
      say(JSON.parse(message.data));
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) say("The console does not answer just now; trying again.");
      else say("The console has ended, or this page is of an earlier start of it.");
    });
    // A page that nobody sees asks for nothing.
    window.addEventListener("pagehide", () => source.close());
    return source;
  };

  let sources = [];
  const begin = () => {
    sources = [...document.querySelectorAll("[data-live]")]
      .filter((one) => one !== document.documentElement)
      .map(follow);
  };
  const end = () => {
    sources.forEach((one) => one.close());
    sources = [];
  };
  document.addEventListener("visibilitychange", () => {
    if (document.documentElement.dataset.live === "ended") return;
    end();
    if (!document.hidden) begin();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) begin();
  });
  begin();

  document.querySelectorAll("[data-copy]").forEach((button) => {
    const told = button.textContent;
    button.addEventListener("click", async () => {
      const address = new URL(button.dataset.copy, window.location.href).href;
      try {
        await navigator.clipboard.writeText(address);
        button.textContent = "Copied";
      } catch {
        window.prompt("Copy this address:", address);
      }
      window.setTimeout(() => {
        button.textContent = told;
      }, 2000);
    });
  });

  document.querySelectorAll("form[data-once]").forEach((form) => {
    form.addEventListener("submit", () => {
      form.setAttribute("aria-busy", "true");
      window.setTimeout(() => form.querySelectorAll("button").forEach((one) => (one.disabled = true)), 0);
    });
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[aria-busy] button").forEach((one) => (one.disabled = false));
  });

  // "/" leads to the search, as on many pages.
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.getElementById("q");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  });
})();
