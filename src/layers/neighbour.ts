/** A pair of addresses seen on this very link: views of the frame. */
export interface Neighbour {
	readonly address: Uint8Array;
	readonly mac: Uint8Array;
}
