import type { Providable } from '../support/provide.ts';

/** The k6 that the lab builds or downloads; any from this version on and below 3 on the PATH will do. */
export const k6Version = '2.2.0';

/** The same k6 as an image, for load from inside a cluster. */
export const k6Image = `grafana/k6:${k6Version}`;

/** SHA-256 as several public package definitions pin them for https://github.com/grafana/k6/releases/tag/v2.2.0 */
const files: Providable['release']['files'] = {
  'linux-x64': {
    file: 'k6-v2.2.0-linux-amd64.tar.gz',
    sha256: 'b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d',
  },
  'linux-arm64': {
    file: 'k6-v2.2.0-linux-arm64.tar.gz',
    sha256: '4ecd64cadcc792402d16293836115480419c4447c032858f564852d98f1bf54c',
  },
  'darwin-arm64': {
    file: 'k6-v2.2.0-macos-arm64.zip',
    sha256: '37a028506bf13578de66c906296803775df28cc2504b1a8c5d786b2803e757c7',
  },
};

/** How the lab comes to k6. */
export const k6: Providable = {
  name: 'k6',
  version: k6Version,
  fits: { atLeast: k6Version, below: '3' },
  need: `k6 ${k6Version} (or a newer 2.x) to make load`,
  versionWords: ['version'],
  go: { name: 'k6', module: 'go.k6.io/k6/v2', moduleVersion: k6Version, go: '1.25' },
  release: { url: `https://github.com/grafana/k6/releases/download/v${k6Version}/`, files },
  installUrl: 'https://grafana.com/docs/k6/latest/set-up/install-k6/',
};
