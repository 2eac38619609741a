// After signing out the application would show a login of its own; ours is the only one.
window.addEventListener('hashchange', function () {
  if (location.hash.indexOf('#/login') === 0) { location.href = '/login?logout'; }
});

// The way back to the board's own pages stands first in the header, which the application draws late and anew.
new MutationObserver(function () {
  var menu = document.querySelector('[cam-widget-header] nav ul');
  if (!menu || menu.querySelector('.to-the-board')) { return; }
  var item = document.createElement('li');
  item.className = 'to-the-board';
  var link = document.createElement('a');
  link.href = '/';
  link.textContent = 'To the board';
  item.appendChild(link);
  menu.appendChild(item);
}).observe(document.documentElement, { childList: true, subtree: true });
