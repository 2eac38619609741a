export default {
  app: { name: 'Patchboard', vendor: 'Tasks' },
  disableWelcomeMessage: true,
  customScripts: ['scripts/sign-out.js']
};
