
"use strict";
(function () {
  var rows = Array.from(document.querySelectorAll("#phones tbody tr"));
  if (rows.length === 0) { return; }
  var texts = rows.map(function (row) {
    return Array.from(row.cells, function (cell) { return cell.textContent; }).join("\n").toLowerCase();
  });
  var list = document.getElementById("phones");
  var search = document.createElement("p");
  search.className = "search";
  var label = document.createElement("label");
  label.htmlFor = "search";
  label.textContent = "Search the list";
  var field = document.createElement("input");
  field.type = "search";
  field.id = "search";
  field.autocomplete = "off";
  field.spellcheck = false;
  var found = document.createElement("output");
  found.htmlFor = "search";
  search.append(label, field, found);
  list.before(search);
  field.addEventListener("input", function () {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    var count = 0;
    list.parentNode.classList.toggle("searched", words.length !== 0);
    rows.forEach(function (row, index) {
      var fits = words.every(function (word) { return texts[index].includes(word); });
      row.hidden = !fits;
      if (fits) { count += 1; }
    });
    found.textContent = words.length === 0 ? "" : count + " of " + rows.length;
  });
})();
