/* The values of a message that are made anew each time (skeleton.ts), one by one: where each lies and what it is. */
import { behindTokenField, behindValue, tokenValueAt } from './skeleton.js';

export interface FreshValue {
	/** A parameter's name, or `call-id`, `cseq`, `date`, `timestamp`. */
	readonly kind: string;
	/** Offsets in the text, without quotes; of a header field all between colon and line feed. */
	readonly start: number;
	readonly end: number;
	/** What the value ends at. */
	readonly ends: 'quote' | 'line' | 'separator';
}

const LF = 0x0a;
const SPACE = 0x20;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/** In their order. What lies between them is the skeleton of the message. */
export function freshValuesIn(wire: string): readonly FreshValue[] {
	const values: FreshValue[] = [];
	let at = 0;
	while (at < wire.length) {
		const before = wire.charCodeAt(at);
		at += 1;
		// Most characters are none after which a value may begin.
		if (before > SEMICOLON) continue;
		const value = before === LF ? fieldAt(wire, at) : parameterAt(wire, before, at);
		if (value === undefined) continue;
		values.push(value);
		at = value.end;
	}
	return values;
}

function fieldAt(wire: string, at: number): FreshValue | undefined {
	const end = behindTokenField(wire, at);
	if (end === at) return undefined;
	const colon = wire.indexOf(':', at);
	const name = wire.slice(at, colon).toLowerCase();
	return { kind: name === 'i' ? 'call-id' : name, start: colon + 1, end, ends: 'line' };
}

function parameterAt(wire: string, before: number, at: number): FreshValue | undefined {
	if (before !== SEMICOLON && before !== SPACE && before !== COMMA) return undefined;
	const value = tokenValueAt(wire, at);
	if (value === 0) return undefined;
	const isQuoted = wire.charAt(value) === '"';
	return {
		kind: wire.slice(at, value - 1),
		start: isQuoted ? value + 1 : value,
		end: behindValue(wire, value),
		ends: isQuoted ? 'quote' : 'separator',
	};
}
