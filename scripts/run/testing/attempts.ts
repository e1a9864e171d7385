/**
 * How often a test runs the lab until the machine was quiet enough for what it looks at: a shared one may stand still
 * for a second every few seconds, for minutes, and the lab then rightly finds its trials invalid.
 */
export const attempts = 5;
