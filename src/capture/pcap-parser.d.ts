/** The part of pcap-parser 0.2.1 that pcap.ts uses. The package has no types of its own. */
declare module 'pcap-parser' {
	export interface GlobalHeader {
		magicNumber: number;
		majorVersion: number;
		minorVersion: number;
		gmtOffset: number;
		timestampAccuracy: number;
		snapshotLength: number;
		linkLayerType: number;
	}

	export interface PacketHeader {
		timestampSeconds: number;
		/** Nanoseconds in a file with the nanosecond magic. */
		timestampMicroseconds: number;
		capturedLength: number;
		originalLength: number;
	}

	/** All it asks of a stream; `resume` is called once, on the next tick. */
	export interface PacketSource {
		on(event: 'data' | 'error' | 'end', handler: (argument?: Buffer | Error) => void): void;
		pause(): void;
		resume(): void;
	}

	export interface Parser {
		on(event: 'globalHeader', listener: (header: GlobalHeader) => void): this;
		on(event: 'packetHeader', listener: (header: PacketHeader) => void): this;
		on(event: 'packet', listener: (packet: { header: PacketHeader; data: Buffer }) => void): this;
		on(event: 'error', listener: (error: Error) => void): this;
		on(event: 'end', listener: () => void): this;
		/** Undocumented: what it holds and has not parsed; null before the first chunk. */
		buffer: Buffer | null;
	}

	const pcapParser: { parse(source: PacketSource): Parser };
	export default pcapParser;
}
