import { z } from 'zod';
import { LabError, messageOf } from '../../support/errors.ts';
import type { Api, ApiAnswer } from './api.ts';

const statusSchema = z.looseObject({ message: z.string() });

/**
 * The object, or the list of objects, at a path of the API. What it is has to be checked by who asks. Throws a
 * LabError `api-failed` when the API server does not answer, or refuses.
 */
export async function readObject(api: Api, path: string): Promise<unknown> {
  let answer: ApiAnswer;
  try {
    answer = await api.get(path);
  } catch (error) {
    const message = `The API server does not answer to GET ${path}: ${messageOf(error)}`;
    throw new LabError('api-failed', message, { cause: error });
  }
  const { status, body } = answer;
  const object = parsed(body);
  if (status === 200 && object !== undefined) return object;
  const { success, data } = statusSchema.safeParse(object);
  const said = success ? data.message : body.slice(0, 200);
  throw new LabError('api-failed', `The API server answers to GET ${path} with status ${status}: ${said}`);
}

/** Undefined for what is no JSON, as the proxy answers when it does not reach the API server. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
