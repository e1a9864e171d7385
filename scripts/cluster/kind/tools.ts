import {
  provideProgram,
  type Providable,
  type Provided,
  type ProvideOptions,
} from '../../support/provide.ts';

const kindVersion = '0.33.0';
/** The kubectl that the lab builds or downloads for clusters of its minor version. */
const kubectlVersion = '1.34.1';
const pinnedMinor = 34;

/** SHA-256 as several public package definitions pin them for https://github.com/kubernetes-sigs/kind/releases/tag/v0.33.0 */
const kindFiles: Providable['release']['files'] = {
  'linux-x64': {
    file: 'kind-linux-amd64',
    sha256: 'aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d',
  },
  'linux-arm64': {
    file: 'kind-linux-arm64',
    sha256: '20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2',
  },
  'darwin-x64': {
    file: 'kind-darwin-amd64',
    sha256: '5a99f26f57246dc9319dd294803313197a0f34d33c525b3ea8b655db5916ece0',
  },
  'darwin-arm64': {
    file: 'kind-darwin-arm64',
    sha256: '0c8c7dbe5e23594a198b786c4bc13dacc101fa6196b0cb0b23a1ca44e61f4b4f',
  },
};

/** SHA-256 as several public package definitions pin them for https://dl.k8s.io/release/v1.34.1/bin/ */
const kubectlFiles: Providable['release']['files'] = {
  'linux-x64': {
    file: 'linux/amd64/kubectl',
    sha256: '7721f265e18709862655affba5343e85e1980639395d5754473dafaadcaa69e3',
  },
  'linux-arm64': {
    file: 'linux/arm64/kubectl',
    sha256: '420e6110e3ba7ee5a3927b5af868d18df17aae36b720529ffa4e9e945aa95450',
  },
  'darwin-x64': {
    file: 'darwin/amd64/kubectl',
    sha256: 'bb211f2b31f2b3bc60562b44cc1e3b712a16a98e9072968ba255beb04cefcfdf',
  },
  'darwin-arm64': {
    file: 'darwin/arm64/kubectl',
    sha256: 'd80e5fa36f2b14005e5bb35d3a72818acb1aea9a081af05340a000e5fbdb2f76',
  },
};

/** How the lab comes to kind. From 0.30 on its nodes run Kubernetes 1.34. */
export const kind: Providable = {
  name: 'kind',
  version: kindVersion,
  fits: { atLeast: '0.30', below: '1' },
  need: `kind ${kindVersion} (any from 0.30 on will do) to make a cluster`,
  versionWords: ['version'],
  go: { name: 'kind', module: 'sigs.k8s.io/kind', moduleVersion: kindVersion, go: '1.21' },
  release: {
    url: `https://github.com/kubernetes-sigs/kind/releases/download/v${kindVersion}/`,
    files: kindFiles,
  },
  installUrl: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
};

/** kubectl has no main package in the module that can be built alone: this is what the one in Kubernetes does. */
const kubectlMain = `package main

import (
	"os"

	"k8s.io/component-base/cli"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/kubectl/pkg/cmd"
)

func main() {
	os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
}
`;

/** How the lab comes to a kubectl for clusters of this version of Kubernetes: it may differ by one minor version. */
export function kubectlFor(kubernetes: string): Providable {
  const minor = minorOf(kubernetes);
  const version = minor === pinnedMinor ? kubectlVersion : `1.${minor}.0`;
  const base = 'k8s.io/component-base/version';
  return {
    name: 'kubectl',
    version,
    fits: { atLeast: `1.${minor - 1}`, below: `1.${minor + 2}` },
    need: `kubectl ${version} (any from 1.${minor - 1} to 1.${minor + 1} will do) to talk to Kubernetes 1.${minor}`,
    versionWords: ['version', '--client'],
    go: {
      name: 'kubectl',
      module: 'k8s.io/kubectl',
      moduleVersion: version.replace(/^1\./, '0.'),
      go: '1.24',
      main: kubectlMain,
      variables: {
        [`${base}.gitVersion`]: `v${version}`,
        [`${base}.gitMajor`]: '1',
        [`${base}.gitMinor`]: `${minor}`,
      },
    },
    release: {
      url: `https://dl.k8s.io/release/v${version}/bin/`,
      files: minor === pinnedMinor ? kubectlFiles : {},
    },
    installUrl: 'https://kubernetes.io/docs/tasks/tools/#kubectl',
  };
}

/** Of a context, whose version only a kubectl can tell: any will do to ask. */
export function anyKubectl(): Providable {
  const pinned = kubectlFor(kubectlVersion);
  return { ...pinned, fits: { atLeast: '1.20', below: '2' } };
}

/** 34 of `1.34.4`. */
function minorOf(kubernetes: string): number {
  return Number(kubernetes.split('.')[1]);
}

export function provideKind(options: ProvideOptions): Promise<Provided> {
  return provideProgram(kind, options);
}

export function provideKubectl(kubernetes: string, options: ProvideOptions): Promise<Provided> {
  return provideProgram(kubectlFor(kubernetes), options);
}
