/*
 * Wireshark display filters, in the syntax of tshark 4.0, that show what a report speaks of. A Call-ID is the sender's
 * to choose, so it is quoted byte by byte: it can never end the string and start a filter of its own.
 */
import type { Finding } from '../diagnosis/finding.js';
import type { Registration } from '../registration/registration.js';
import { isReported } from '../trace/hep-report.js';
import { maskSecrets } from './masking.js';

/** More Call-IDs than this make no filter anybody would paste. */
const MAX_CALL_IDS = 20;

/** The filter for exactly the evidence of a finding in one source; undefined where no frame there is evidence. */
export function evidenceFilter(finding: Finding, source: string): string | undefined {
	return framesFilter(
		finding.evidence.filter((evidence) => evidence.source === source).map(({ frame }) => frame),
	);
}

/** `frame.number in {3, 7..9}`; undefined without a frame. Frame 0 is no frame. */
export function framesFilter(frames: readonly number[]): string | undefined {
	const ranges = toRanges(frames.filter((frame) => Number.isSafeInteger(frame) && frame > 0));
	const [first] = ranges;
	if (first === undefined) return undefined;
	if (ranges.length === 1 && first.from === first.to) return `frame.number == ${first.from}`;
	return `frame.number in {${ranges.map(formatRange).join(', ')}}`;
}

/**
 * The filter for every message of a registration, by Call-ID; undefined where there is none, or too many, or one that
 * holds a secret: with a mask in it the filter would show other messages.
 */
export function registrationFilter({
	callIds,
	messages,
}: Pick<Registration, 'callIds' | 'messages'>): string | undefined {
	const [first] = callIds;
	if (first === undefined || callIds.length > MAX_CALL_IDS) return undefined;
	if (callIds.some((callId) => maskSecrets(callId) !== callId)) return undefined;
	const byCallId =
		callIds.length === 1
			? `sip.Call-ID == ${quoted(first)}`
			: `sip.Call-ID in {${callIds.map(quoted).join(', ')}}`;
	return [byCallId, ...reportFilters(callIds, messages), ...beginningFilters(messages)].join(
		' || ',
	);
}

/** Wireshark reads no HEP: what is known by reports alone is found by the text in them, where it is not compressed. */
function reportFilters(
	callIds: readonly string[],
	messages: Registration['messages'],
): readonly string[] {
	if (!messages.some(({ observed }) => isReported(observed))) return [];
	return callIds.map((callId) => `frame contains ${quoted(callId)}`);
}

/** Of a packet whose fragments are not all there Wireshark reads no Call-ID: the first fragments, of whichever packet. */
function beginningFilters(messages: Registration['messages']): readonly string[] {
	const beginnings = messages.filter(({ observed }) => observed.packet.isBeginning === true);
	const isOver6 = ({ observed }: (typeof beginnings)[number]) => observed.src.address.includes(':');
	if (beginnings.length === 0) return [];
	return [
		...(beginnings.every(isOver6) ? [] : ['ip.flags.mf == 1']),
		...(beginnings.some(isOver6) ? ['ipv6.fraghdr.more == 1'] : []),
	];
}

/** The filter for all that phone and server said to each other; for a registration of which no Call-ID was read. */
export function pathFilter({
	callIds,
	path,
}: Pick<Registration, 'callIds' | 'path'>): string | undefined {
	const [leg] = path;
	if (callIds.length > 0 || leg === undefined) return undefined;
	const addresses = [leg.client.address, leg.server.address].map((address) => {
		return `${address.includes(':') ? 'ipv6' : 'ip'}.addr == ${address}`;
	});
	// Fragments after the first have no port.
	const port = leg.transport === 'udp' ? [] : [`tcp.port == ${leg.server.port}`];
	return [...addresses, ...port].join(' && ');
}

interface FrameRange {
	readonly from: number;
	readonly to: number;
}

function toRanges(frames: readonly number[]): readonly FrameRange[] {
	const ranges: { from: number; to: number }[] = [];
	for (const frame of [...new Set(frames)].sort((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last !== undefined && last.to + 1 === frame) last.to = frame;
		else ranges.push({ from: frame, to: frame });
	}
	return ranges;
}

/** Two neighbours read better as two numbers than as a range. */
function formatRange({ from, to }: FrameRange): string {
	if (from === to) return String(from);
	return to === from + 1 ? `${from}, ${to}` : `${from}..${to}`;
}

/** A string literal of the filter language; wire text is Latin-1, one character a byte. */
function quoted(text: string): string {
	return `"${text.replace(/[^\x20-\x7e]|["\\]/gu, quotedCharacter)}"`;
}

function quotedCharacter(character: string): string {
	if (character === '"' || character === '\\') return `\\${character}`;
	const code = character.charCodeAt(0);
	const bytes = code < 0x100 ? [code] : [...new TextEncoder().encode(character)];
	return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
