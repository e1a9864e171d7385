import { parseAllDocuments, type Document } from 'yaml';
import { z } from 'zod';
import type { DeployRequest } from '../cluster.ts';

export interface DocumentsRequest extends Pick<DeployRequest, 'variant' | 'manifest' | 'env'> {
  /** As the nodes know it. */
  image: string;
  namespace: string;
  /** Where nodes have images that they cannot pull. */
  neverPull: boolean;
}

/** What is applied, and what is needed to find it again. */
export interface AppliedDocuments {
  text: string;
  /** Names of the two objects. */
  deployment: string;
  service: string;
  /** Of the Deployment: `app=hello`. */
  labelSelector: string;
}

const container = ['spec', 'template', 'spec', 'containers', 0] as const;
const names = z.object({ metadata: z.looseObject({ name: z.string() }) });
const labels = z.object({
  spec: z.looseObject({ selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }) }),
});

/**
 * The manifest's documents as they were written, but for the name of the Deployment, the namespace, the image and
 * how it is pulled, the command where the variant has one of its own, and the environment. The manifest has been
 * checked by the catalogue.
 */
export function documentsOf(request: DocumentsRequest): AppliedDocuments {
  const documents = parseAllDocuments(request.manifest.text);
  const deployment = ofKind(documents, 'Deployment');
  const service = ofKind(documents, 'Service');
  adapt(deployment, request);
  for (const document of documents) document.setIn(['metadata', 'namespace'], request.namespace);
  const { matchLabels } = labels.parse(deployment.toJS()).spec.selector;
  return {
    text: documents
      .map((document) => document.toString())
      .join('---\n')
      .replaceAll('---\n---\n', '---\n'),
    deployment: names.parse(deployment.toJS()).metadata.name,
    service: names.parse(service.toJS()).metadata.name,
    labelSelector: Object.entries(matchLabels)
      .map(([name, value]) => `${name}=${value}`)
      .join(),
  };
}

function ofKind(documents: readonly Document[], kind: string): Document {
  const found = documents.find((document) => document.get('kind') === kind);
  if (found === undefined) throw new Error(`a checked manifest has no ${kind}`);
  return found;
}

function adapt(deployment: Document, { variant, manifest, env, image, neverPull }: DocumentsRequest): void {
  deployment.setIn(['metadata', 'name'], objectName(variant.id));
  deployment.setIn([...container, 'image'], image);
  if (neverPull) deployment.setIn([...container, 'imagePullPolicy'], 'IfNotPresent');
  const command = variant.image?.command;
  if (command !== undefined) deployment.setIn([...container, 'command'], deployment.createNode(command));
  const port = { PORT: String(manifest.containerPort) };
  const variables = Object.entries({ ...manifest.env, ...port, ...variant.env, ...env });
  const list = variables.map(([name, value]) => ({ name, value }));
  deployment.setIn([...container, 'env'], deployment.createNode(list));
}

/** `express/terminus` as the name of an object, of at most 40 characters: pods' names are longer by 17. */
function objectName(variant: string): string {
  return variant
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/-$/, '');
}
