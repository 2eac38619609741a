export default {
  app: { name: 'Tasks', vendor: 'Patchboard' },
  disableWelcomeMessage: true,
  customScripts: ['scripts/sign-out.js', 'scripts/own-time.js', 'scripts/words.js']
};
