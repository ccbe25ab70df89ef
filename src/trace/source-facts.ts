import type { Oddity } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';

/** What is known of one source once it was read to its end (design §2, `sources[]`; without clock and vantage). */
export interface SourceFacts {
	readonly kind: 'capture' | 'probe';
	readonly name: string;
	/** `pcap`, `pcapng`, or `live` for a probe. */
	readonly format: string;
	/** LINKTYPE_ names, `ethernet`, `linux-cooked`, in order of appearance. */
	readonly linkTypes: readonly string[];
	readonly packets: number;
	readonly bytes: number;
	readonly sipMessages: number;
	readonly registerRequests: number;
	readonly firstPacketAt: Instant | undefined;
	readonly lastPacketAt: Instant | undefined;
	/** The file ends inside a record. */
	readonly truncated: boolean;
	readonly oddities: readonly Oddity[];
}
