// Jest runs the compiled tests in dist: no transform, so stack traces and coverage point at the .ts files through source maps.
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  rootDir: 'dist',
  testEnvironment: 'node',
  transform: {},
  testMatch,
  ...extra,
});

export default {
  projects: [
    project('pure', ['<rootDir>/{libs,apps,test}/**/*.spec.js'], {
      testPathIgnorePatterns: ['\\.(integration|e2e)\\.spec\\.js$'],
    }),
    project('integration', ['<rootDir>/{libs,apps,test}/**/*.integration.spec.js']),
    project('e2e', ['<rootDir>/{libs,apps,test}/**/*.e2e.spec.js']),
  ],
  testTimeout: 120_000,
};
