/* Values where they lie in the bytes of a capture: no text is made of them. */

/** In place of a number of a value. */
export const NONE = -1;

/** Bytes with values in them, told by their numbers. */
export interface PlacedValues {
	readonly bytes: Uint8Array;
	/** Offset of a value in the bytes. */
	startOf(value: number): number;
	/** Behind it. */
	endOf(value: number): number;
}
