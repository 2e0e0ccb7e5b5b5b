import tseslint from 'typescript-eslint';

/** Functions of Math that every engine computes to the last bit alike. */
const EXACT_MATH = [
  'abs',
  'min',
  'max',
  'floor',
  'ceil',
  'trunc',
  'round',
  'sign',
  'sqrt',
  'imul',
  'clz32',
  'fround',
];
const PURE = ['numeric', 'canonical', 'market', 'dlcm', 'governance', 'protocol'];
const EDGES = ['compute', 'persistence', 'chain', 'sources', 'queue', 'signer', 'platform'];

/** At most three positional parameters; constructors of error classes, which only store their arguments, are left free. */
const FEW_PARAMETERS = [
  'FunctionDeclaration[params.length>3]',
  'ArrowFunctionExpression[params.length>3]',
  'MethodDefinition[kind!="constructor"] > FunctionExpression[params.length>3]',
].map((selector) => ({ selector, message: 'More than three positional parameters: pass one object.' }));

/** Libraries that a layer may not import; test/architecture.spec.ts checks the same over the whole import graph. */
const CLOSED_TO = {
  'libs/numeric': [...PURE, 'application', ...EDGES],
  'libs/canonical': ['market', 'dlcm', 'governance', 'protocol', 'application', ...EDGES],
  'libs/market': ['dlcm', 'governance', 'protocol', 'application', ...EDGES],
  'libs/dlcm': ['canonical', 'governance', 'protocol', 'application', ...EDGES],
  'libs/governance': ['market', 'dlcm', 'protocol', 'application', ...EDGES],
  'libs/protocol': ['numeric', 'market', 'dlcm', 'application', ...EDGES],
  'libs/application': EDGES,
  'apps/api': ['signer'],
  'apps/worker': ['signer'],
  'apps/relayer': ['dlcm'],
  'apps/cosigner': ['persistence', 'queue'],
  'apps/cli': ['signer', 'persistence', 'queue'],
};

const layerRules = Object.entries(CLOSED_TO).map(([folder, closed]) => ({
  files: [`${folder}/**/*.ts`],
  ignores: ['**/*.spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^#libs/(${closed.join('|')})(/|$)`,
            message: 'The layer table in test/support/layer-table.ts forbids this import.',
          },
          {
            regex: '^#libs/[a-z-]+/(?!index$)',
            message: 'Enter a library through its door, #libs/<name>/index.',
          },
          { regex: '^#local/', message: 'Only the local world imports the local world.' },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '**/generated/**',
      '.cache/**',
      '.local/**',
      'coverage/**',
      'out/**',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['{libs,apps,test,bench}/**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-constant-condition': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-var': 'error',
      'no-restricted-syntax': ['error', ...FEW_PARAMETERS],
      'prefer-const': 'error',
    },
  },
  {
    // A describe block is a list, not a function to be kept short.
    files: ['**/*.spec.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: PURE.map((name) => `libs/${name}/**/*.ts`),
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'process',
        'console',
        'fetch',
        'setTimeout',
        'setInterval',
        'performance',
        'Promise',
        'Buffer',
        'globalThis',
      ],
      'no-restricted-syntax': [
        'error',
        ...FEW_PARAMETERS,
        {
          selector: `MemberExpression[object.name="Math"]:not([property.name=/^(${EXACT_MATH.join('|')})$/])`,
          message: 'Engines differ in the last bit of this function: use libs/numeric.',
        },
        {
          selector: 'BinaryExpression[operator="**"]:not([left.bigint])',
          message: 'Engines differ in the last bit of **: use pow of libs/numeric.',
        },
        { selector: ':function[async=true]', message: 'Pure libraries are synchronous.' },
        { selector: 'AwaitExpression', message: 'Pure libraries are synchronous.' },
      ],
    },
  },
  ...layerRules,
);
