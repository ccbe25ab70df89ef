/*
 * pcapng out (draft-ietf-opsawg-pcapng §4), little-endian: the bytes of one block a call, a file is their concatenation.
 */
import type { Instant } from '../time/instant.js';
import { BLOCK } from './pcapng-blocks.js';

const OPTION = { comment: 1, userApplication: 4 } as const;

/** An option's length is a 16-bit number; what does not fit is cut. */
const MAX_OPTION_BYTES = 0xffff;

/** The block a file begins with. `application` names the writer. */
export function sectionHeader(application: string): Uint8Array {
	const fixed = Buffer.alloc(16);
	fixed.writeUInt32LE(0x1a2b_3c4d, 0);
	fixed.writeUInt16LE(1, 4);
	// The length of the section is not known while it is written: -1.
	fixed.writeBigInt64LE(-1n, 8);
	return block(BLOCK.section, [fixed, ...options([[OPTION.userApplication, application]])]);
}

/** An interface of a LINKTYPE_ value, without a snaplen; times are in microseconds, which is what holds without an option. */
export function interfaceDescription(linkType: number): Uint8Array {
	const fixed = Buffer.alloc(8);
	fixed.writeUInt16LE(linkType, 0);
	return block(BLOCK.interface, [fixed]);
}

/** A packet of the interface described as number `interfaceId`, from 0. `originalLength` where the bytes are cut. */
export function enhancedPacket(packet: {
	readonly interfaceId?: number;
	readonly at: Instant;
	readonly bytes: Uint8Array;
	readonly originalLength?: number;
	readonly comments?: readonly string[];
}): Uint8Array {
	const { interfaceId = 0, bytes, originalLength = bytes.length, comments = [] } = packet;
	const at = BigInt(Math.max(0, Math.trunc(packet.at)));
	const fixed = Buffer.alloc(20);
	fixed.writeUInt32LE(interfaceId, 0);
	fixed.writeUInt32LE(Number(at >> 32n), 4);
	fixed.writeUInt32LE(Number(at & 0xffff_ffffn), 8);
	fixed.writeUInt32LE(bytes.length, 12);
	fixed.writeUInt32LE(originalLength, 16);
	const written = options(comments.map((comment) => [OPTION.comment, comment]));
	return block(BLOCK.enhancedPacket, [fixed, padded(bytes), ...written]);
}

function options(list: readonly (readonly [number, string])[]): Buffer[] {
	if (list.length === 0) return [];
	const parts = list.flatMap(([code, text]) => {
		const value = Buffer.from(text, 'utf8').subarray(0, MAX_OPTION_BYTES);
		const head = Buffer.alloc(4);
		head.writeUInt16LE(code, 0);
		head.writeUInt16LE(value.length, 2);
		return [head, padded(value)];
	});
	return [...parts, Buffer.alloc(4)];
}

function padded(bytes: Uint8Array): Buffer {
	return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function block(type: number, parts: readonly Buffer[]): Buffer {
	const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
	const head = Buffer.alloc(8);
	head.writeUInt32LE(type, 0);
	head.writeUInt32LE(length, 4);
	return Buffer.concat([head, ...parts, head.subarray(4)]);
}
