/** What ends pods. `drain` cordons a node and evicts its pods. */
export const triggers = ['rolling-restart', 'delete-pod', 'scale-down', 'drain'] as const;
export type Trigger = (typeof triggers)[number];
