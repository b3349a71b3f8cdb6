/**
 * The version of what replicas store and send of tasks. Raised by hand when a released version could not read it any
 * more: a field that changed its type or its meaning, or one that must not be missing. A test notices a changed schema.
 */
export const shape = 1;

/** The versions that this one can read. */
export const readableShapes: readonly number[] = [1];
