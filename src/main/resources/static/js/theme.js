// Dark or light as the reader chose, else as the machine says. Runs before the page is drawn.
(function () {
  var root = document.documentElement;
  var stored = null;
  try { stored = localStorage.getItem('theme'); } catch (e) { stored = null; }
  function apply() {
    var dark = stored ? stored === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
    root.setAttribute('data-bs-theme', dark ? 'dark' : 'light');
  }
  apply();
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-theme-toggle]');
    if (!button) { return; }
    stored = root.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('theme', stored); } catch (e) { /* a private window keeps nothing */ }
    apply();
  });
})();
// A table wider than its place can be pushed sideways with the keyboard too; the others are no stop on the way.
(function () {
  function name(box) {
    var caption = box.querySelector('caption');
    var section = box.closest('section');
    var heading = section && section.querySelector('h2');
    return (caption || heading || document.querySelector('h1') || box).textContent.trim();
  }
  function look() {
    document.querySelectorAll('.table-responsive').forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute('role', 'region');
        if (!box.hasAttribute('aria-label')) { box.setAttribute('aria-label', name(box)); }
      } else if (box.tabIndex === 0) {
        box.removeAttribute('tabindex');
      }
    });
  }
  document.addEventListener('DOMContentLoaded', look);
  document.addEventListener('toggle', look, true);
  window.addEventListener('resize', look);
})();
