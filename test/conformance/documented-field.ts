/** A response field that the vendor documents, and the schema field that holds its value. */
export interface DocumentedField {
  /** The vendor's name, with its parents where the name is ambiguous. */
  readonly field: string;
  /** `Type.field`; a refusal's code and message are in MediaTaskProblem. */
  readonly coordinates: readonly [string, ...string[]];
}

export const row = (field: string, ...coordinates: [string, ...string[]]): DocumentedField => ({
  field,
  coordinates,
});
