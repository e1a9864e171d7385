import { join } from 'node:path';
import { propagationDelayOf } from '../analysis/propagation.ts';
import { LabError } from '../support/errors.ts';
import { projectRoot } from '../support/project.ts';
import { readPublishedRun, type Publication, type PublishedRun } from './published.ts';

/** Of the order of what small clusters show; used only where none was measured. */
const assumedMs = 500;
const roundedToMs = 10;

/** The propagation delay that the embedded cluster is given, and where it comes from. */
export interface EmbeddedDelay {
  propagationDelayMs: number;
  delaySource: string;
}

const own: Publication = { project: projectRoot, results: join(projectRoot, 'results') };

/** The median that the published run on kind measured; an assumption where there is none. */
export function embeddedDelay(publication = own): EmbeddedDelay {
  const run = publishedOnKind(publication);
  const measured = run && propagationDelayOf(run.findings)?.measured;
  if (!run || !measured)
    return {
      propagationDelayMs: assumedMs,
      delaySource: 'assumed: no run on kind is published that measured it',
    };
  const { medianMs, terminations } = measured;
  return {
    propagationDelayMs: Math.round(medianMs / roundedToMs) * roundedToMs,
    delaySource: `the median of ${terminations} terminations on kind, run ${run.info.id}`,
  };
}

/** What cannot be read is reported by whoever generates the tables; it need not keep anyone from measuring. */
function publishedOnKind(publication: Publication): PublishedRun | undefined {
  try {
    return readPublishedRun(publication, 'kind');
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
}
