// Jest runs the compiled tests in dist: no transform, so stack traces and coverage point at the .ts files through source maps.
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  rootDir: 'dist',
  testEnvironment: 'node',
  transform: {},
  testMatch,
  ...extra,
});

const withPostgres = {
  globalSetup: '<rootDir>/test/support/postgres-setup.js',
  globalTeardown: '<rootDir>/test/support/postgres-teardown.js',
};

export default {
  projects: [
    project('pure', ['<rootDir>/{libs,apps,test,bench}/**/*.spec.js'], {
      testPathIgnorePatterns: ['\\.(integration|e2e)\\.spec\\.js$'],
    }),
    project('integration', ['<rootDir>/{libs,apps,test}/**/*.integration.spec.js'], withPostgres),
    project('e2e', ['<rootDir>/{libs,apps,test}/**/*.e2e.spec.js'], withPostgres),
  ],
  testTimeout: 120_000,
};
