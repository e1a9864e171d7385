/** The k6 that the lab builds or downloads; any from this version on and below 3 on the PATH will do. */
export const k6Version = '2.2.0';

/** An archive of the release and what it must be. */
export interface K6Archive {
  file: string;
  sha256: string;
}

/** SHA-256 as several public package definitions pin them for https://github.com/grafana/k6/releases/tag/v2.2.0 */
const archives: { [platform: string]: K6Archive } = {
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

/** Where the archives are. */
export const k6ReleaseUrl = `https://github.com/grafana/k6/releases/download/v${k6Version}/`;

/** The archive for this machine, or undefined where none is pinned. */
export function k6Archive(): K6Archive | undefined {
  return archives[`${process.platform}-${process.arch}`];
}
