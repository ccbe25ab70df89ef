/** A pair of addresses seen on this very link: views of the frame. */
export interface Neighbour {
	readonly address: Uint8Array;
	readonly mac: Uint8Array;
}

/** Somebody asks who has an address: views of the frame. */
export interface NeighbourQuestion {
	readonly asker: Uint8Array;
	readonly address: Uint8Array;
}
