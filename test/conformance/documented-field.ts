/** A response field that the vendor documents, and where in the schema its value is found. */
export interface DocumentedField {
  /** The vendor's name, with its parents where the same name comes twice. */
  readonly field: string;
  /** `Type.field`; a refusal's code and words are found in MediaTaskProblem. */
  readonly coordinates: readonly [string, ...string[]];
}

export const row = (field: string, ...coordinates: [string, ...string[]]): DocumentedField => ({
  field,
  coordinates,
});
