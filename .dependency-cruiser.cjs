/**
 * What each folder of scripts/ may import beside itself: a folder, or one file of it where only the types are meant.
 * The arrows follow the flow of data, so that a stage can be read, tested and replaced without its neighbours.
 */
const mayImport = {
  support: [],
  catalogue: ['support/'],
  timeline: ['support/'],
  build: ['catalogue/model.ts', 'support/'],
  cluster: ['catalogue/model.ts', 'timeline/records.ts', 'support/'],
  load: ['timeline/records.ts', 'support/'],
  probe: ['timeline/probe-records.ts', 'support/'],
  analysis: ['timeline/', 'support/'],
  report: ['analysis/', 'catalogue/model.ts', 'timeline/records.ts', 'support/'],
  doctor: ['build/', 'catalogue/', 'cluster/', 'load/', 'support/'],
  run: [
    'analysis/',
    'build/',
    'catalogue/',
    'cluster/',
    'load/',
    'probe/',
    'report/',
    'timeline/',
    'support/',
  ],
};

const folders = Object.keys(mayImport);
/**
 * Tests, what they share in testing/, and benchmarks prepare what they look at with any part they like. No other code
 * may import them.
 */
const tests = '(\\.test\\.ts$|/testing/|/benchmark\\.ts$)';
/** Programs of their own and settings, which nothing imports. */
const standAlone = [tests, '\\.config\\.(ts|js)$', '^scripts/load/k6/', '^[.]'];

const folderRules = folders.map((folder) => ({
  name: `${folder}-imports`,
  comment: `scripts/${folder}/ may import only ${['itself', ...mayImport[folder]].join(', ')} (.dependency-cruiser.cjs).`,
  severity: 'error',
  from: { path: `^scripts/${folder}/`, pathNot: tests },
  to: {
    path: '^scripts/',
    pathNot: [folder + '/', ...mayImport[folder]].map((target) => `^scripts/${target}`),
  },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: 'folder-without-rule',
      comment: 'Say in .dependency-cruiser.cjs what the new folder may import.',
      severity: 'error',
      from: { path: '^scripts/[^/]+/', pathNot: `^scripts/(${folders.join('|')})/` },
      to: {},
    },
    {
      name: 'entries-are-not-imported',
      comment: 'The files at the top of scripts/ are commands; what two of them share belongs in a folder.',
      severity: 'error',
      from: {},
      to: { path: '^scripts/[^/]+$' },
    },
    {
      name: 'analysis-is-pure',
      comment: 'No file, process or socket: `report` must derive the same findings from the same records.',
      severity: 'error',
      from: { path: '^scripts/analysis/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'analysis-runs-nothing',
      comment: 'No file, process or socket: `report` must derive the same findings from the same records.',
      severity: 'error',
      from: { path: '^scripts/analysis/', pathNot: tests },
      to: { path: '(^|/)node_modules/(execa|listr2|zx)/' },
    },
    {
      name: 'no-tests-in-code',
      comment: 'Code does not import from tests.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-circular-imports',
      comment: 'Move what both need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: remove it.',
      severity: 'error',
      from: { orphan: true, pathNot: standAlone },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
