// A link that leads straight to a task is at times drawn before the application has its words, and shows their keys for
// good. Then it is drawn once more.
new MutationObserver(function (changes, observer) {
  if (!document.querySelector('[placeholder="SEARCH_PLACEHOLDER"]')) { return; }
  observer.disconnect();
  var tasklist = window.angular.element(document.body).injector();
  tasklist.get('$translate').onReady(function () { tasklist.get('$route').reload(); });
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['placeholder'] });
