// Kept free of the characters that XML would want escaped.
(function () {
  "use strict";
  var width = 1200, letter = 6.6;
  var frames = Array.from(document.querySelectorAll("#flames g"));
  var search = document.getElementById("search");
  var found = document.getElementById("found");

  function number(frame, name) {
    return parseFloat(frame.getAttribute("data-" + name));
  }

  function name(frame) {
    return frame.querySelector("title").textContent.replace(/ \([^(]*\)$/, "");
  }

  function label(text, room) {
    var letters = Math.floor((room - 6) / letter);
    if (3 > letters) { return ""; }
    return letters >= text.length ? text : ".." + text.slice(text.length - letters + 2);
  }

  // Shows what lies above or below the span [from, from + span] of the whole, stretched to the full width.
  function show(from, span) {
    var scale = width / span, slack = 0.01;
    frames.forEach(function (frame) {
      var begin = Math.max(number(frame, "x"), from);
      var end = Math.min(number(frame, "x") + number(frame, "w"), from + span);
      var shown = end - begin > slack;
      frame.style.display = shown ? "" : "none";
      if (shown) {
        var x = (begin - from) * scale, w = (end - begin) * scale;
        var rect = frame.querySelector("rect"), text = frame.querySelector("text");
        rect.setAttribute("x", x);
        rect.setAttribute("width", w);
        text.setAttribute("x", x + 3);
        text.textContent = label(name(frame), w);
      }
    });
  }

  // Marks the frames that match; frames within a marked one are not counted again.
  function mark() {
    var pattern = null;
    try {
      pattern = search.value ? new RegExp(search.value, "i") : null;
    } catch (wrong) {
      found.textContent = wrong.message;
      return;
    }
    var spans = [];
    frames.forEach(function (frame) {
      var hit = pattern ? pattern.test(name(frame)) : false;
      frame.classList.toggle("hit", hit);
      if (hit) { spans.push([number(frame, "x"), number(frame, "x") + number(frame, "w")]); }
    });
    spans.sort(function (a, b) { return a[0] - b[0]; });
    var covered = 0, until = 0;
    spans.forEach(function (span) {
      covered += Math.max(0, span[1] - Math.max(span[0], until));
      until = Math.max(until, span[1]);
    });
    found.textContent = pattern ? (100 * covered / width).toFixed(1) + " % of the samples" : "";
  }

  frames.forEach(function (frame) {
    frame.addEventListener("click", function () { show(number(frame, "x"), number(frame, "w")); });
  });
  search.addEventListener("input", mark);
  document.getElementById("tools").addEventListener("submit", function (event) { event.preventDefault(); });
  document.getElementById("reset").addEventListener("click", function () {
    search.value = "";
    mark();
    show(0, width);
  });
})();
