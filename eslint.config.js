import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typeScriptFiles = ['**/*.ts'];
const testFiles = ['**/*.test.ts', '**/testing/**/*.ts'];
/** What prints for people; everything else reports through an event or an error. */
const printingFiles = [
  'scripts/*.{ts,mjs}',
  'scripts/report/terminal*.ts',
  'scripts/load/k6/**/*.ts',
  'scripts/**/benchmark.ts',
  'scripts/**/testing/**',
];

export default defineConfig(
  globalIgnores(['results/', 'apps/*/bin/']),
  {
    rules: js.configs.recommended.rules,
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        setImmediate: 'readonly',
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  { files: ['**/*.cjs'], languageOptions: { globals: { module: 'writable' } } },
  {
    files: typeScriptFiles,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // A `default` is a decision, as for the many codes of a library of which a few matter.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Numbers read well in messages, and booleans in records; objects and undefined stay errors.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `() => list.push(item)` as a callback hides nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `for (;;)` and `while (true)` are how a loop says that it is left from inside.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['scripts/**/*.ts'],
    // k6 calls the default export of its script.
    ignores: ['scripts/load/k6/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Name what is exported, so that it is called the same everywhere.',
        },
      ],
    },
  },
  {
    files: ['scripts/load/k6/**/*.ts'],
    rules: {
      // The types of k6 declare its options as classes, and everybody writes them as object literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  { files: printingFiles, rules: { 'no-console': 'off' } },
  {
    files: testFiles,
    rules: {
      // A table of cases is long and is still read from top to bottom.
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      // `test.each` hands a row over as positions.
      '@typescript-eslint/max-params': 'off',
      // What a test took care to create is there; if not, the test fails on that line.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
