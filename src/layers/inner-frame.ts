import type { LinkPayload } from './link-payload.js';

/** The frame of another link type that stands behind a header of the one who captured. */
export interface InnerFrame {
	/** Whose header that is. */
	readonly layer: string;
	/** LINKTYPE_ value, and where the header has it. */
	readonly linkType: number;
	readonly linkTypeAt: number;
	readonly bytes: Uint8Array;
	readonly direction: LinkPayload['direction'];
}
