// Forms say moments in UTC, which is what the record keeps; the reader's own time goes before it.
(function () {
  // What is in brackets has been translated, by us or by whoever wrote it.
  var MOMENT = /(^|[^(])(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d) UTC/g;
  var own = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short'
  });

  function inOwnTime(text) {
    return text.replace(MOMENT, function (found, before, year, month, day, hour, minute) {
      var utc = found.slice(before.length);
      return before + own.format(new Date(Date.UTC(year, month - 1, day, hour, minute))) + ' (' + utc + ')';
    });
  }

  function translate(form) {
    var texts = document.createTreeWalker(form, NodeFilter.SHOW_TEXT);
    var found = [];
    while (texts.nextNode()) {
      if (texts.currentNode.data.indexOf(' UTC') > 0) { found.push(texts.currentNode); }
    }
    found.forEach(function (node) {
      var text = inOwnTime(node.data);
      if (text !== node.data) { node.data = text; }
    });
  }

  if (new Date().getTimezoneOffset() === 0) { return; }
  new MutationObserver(function () {
    document.querySelectorAll('.fjs-form').forEach(translate);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
