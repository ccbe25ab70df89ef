/** One captured frame, as pcap or pcapng gave it. */
import type { Instant } from '../time/instant.js';

export interface Frame {
	/** Wireshark's frame number, from 1. */
	readonly number: number;
	readonly at: Instant;
	/** LINKTYPE_ value of the interface (tcpdump.org registry): 1 Ethernet, 113 SLL, 252 exported PDU … */
	readonly linkType: number;
	/** The captured bytes: a view that is valid only until the callback returns. Copy what you keep. */
	readonly bytes: Uint8Array;
	/** Length on the wire; larger than `bytes.length` where the snaplen cut it. */
	readonly originalLength: number;
	readonly interfaceId: number;
	/** From the enhanced packet block's flags, where the capturing host wrote them. */
	readonly direction: 'inbound' | 'outbound' | undefined;
	/** pcapng opt_comment values of this packet. */
	readonly comments: readonly string[];
}

export type CaptureFormat = 'pcap' | 'pcapng';
