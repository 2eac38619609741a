// After signing out the application would show a login of its own; ours is the only one.
window.addEventListener('hashchange', function () {
  if (location.hash.indexOf('#/login') === 0) { location.href = '/login?logout'; }
});
