const tooBusy = 'too slow|cannot be measured|pre-test failed|.*never becomes ready';

/**
 * The row of a variant for which the machine was too busy, whatever the server: without figures, or with those of a
 * lower rate. That is a result too.
 */
export function tooBusyRow(variant: string): RegExp {
  return new RegExp(`^${variant} +(${tooBusy}|.* at \\d+/s)`, 'm');
}

/** The row of a variant, with figures or with why there are none. */
export function measuredRow(variant: string): RegExp {
  return new RegExp(`^${variant} +(\\d+/\\d+|invalid|${tooBusy})`, 'm');
}
